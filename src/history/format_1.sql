-- Format 1. Times are milliseconds since 1970, in UTC.

-- One row per run of `listen`. A run without an end is alive while its lock file is held.
CREATE TABLE runs (
    run INTEGER PRIMARY KEY AUTOINCREMENT,
    base_url TEXT NOT NULL,
    team_id TEXT,
    environment TEXT,
    targets TEXT NOT NULL, -- one per line
    pid INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    cursor TEXT -- the id after which its stream began
) STRICT;

-- What was received, in that order. `run` is the one that received it.
CREATE TABLE events (
    event INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    id TEXT,
    type TEXT,
    request_id TEXT,
    webhook_id TEXT,
    received_at INTEGER NOT NULL,
    skipped TEXT, -- why it goes nowhere
    body BLOB -- exactly as received
) STRICT;
CREATE INDEX events_received_at ON events (received_at);

-- One row per event and target. The key is the event's times 256, plus the place among its targets.
-- `run` is the one that delivers it: not the one that received it, once it has been taken over.
CREATE TABLE deliveries (
    delivery INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    target TEXT NOT NULL,
    state TEXT NOT NULL, -- waiting, delivered, failed
    ended_at INTEGER,
    event INTEGER GENERATED ALWAYS AS (delivery >> 8) VIRTUAL
) STRICT;

-- Attempts in order. The key is the event's times 1024, plus a count over all its targets.
CREATE TABLE attempts (
    slot INTEGER PRIMARY KEY,
    target TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    duration_us INTEGER NOT NULL,
    status INTEGER,
    outcome TEXT NOT NULL, -- delivered, retry, failed, refused
    reason TEXT,
    repeats INTEGER NOT NULL, -- how often a refused connection was tried again, from 1
    request_headers TEXT, -- one per line
    response_headers TEXT,
    response_body BLOB,
    truncated INTEGER NOT NULL,
    event INTEGER GENERATED ALWAYS AS (slot >> 10) VIRTUAL
) STRICT;

-- What happened to the connection.
CREATE TABLE notes (
    note INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL, -- gap, disconnected
    reason TEXT NOT NULL,
    after TEXT,
    since INTEGER,
    retry_in_ms INTEGER
) STRICT;
