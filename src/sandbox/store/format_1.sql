-- Whatever the API keeps, one row each. `seq` is the order of creation.
CREATE TABLE objects (
    seq INTEGER PRIMARY KEY,
    environment TEXT NOT NULL,
    kind TEXT NOT NULL,
    uuid BLOB NOT NULL,
    parent INTEGER,
    -- what `search` looks through, in lower case
    search TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX objects_by_uuid ON objects (environment, kind, uuid);
CREATE INDEX objects_in_order ON objects (environment, kind, seq);
CREATE INDEX objects_by_parent ON objects (parent, seq) WHERE parent IS NOT NULL;

-- What objects are found and sorted by: one row for each value of each such member.
CREATE TABLE facets (
    environment TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    value ANY NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (environment, kind, name, value, seq)
) STRICT, WITHOUT ROWID;

-- Every event, written with the change that caused it: what listeners read, and the outbox.
CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    environment TEXT NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    -- events about the same resource stay in order
    resource TEXT NOT NULL,
    request_id TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE INDEX events_in_order ON events (environment, position);

-- The answers to writes with an Idempotency-Key.
CREATE TABLE answers (
    seq INTEGER PRIMARY KEY,
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    print BLOB NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    -- Unix milliseconds
    at INTEGER NOT NULL,
    -- bytes of this body and of all before it
    total INTEGER NOT NULL,
    UNIQUE (scope, key)
) STRICT;

CREATE TABLE counters (
    environment TEXT NOT NULL,
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (environment, name)
) STRICT, WITHOUT ROWID;

-- The id of the event before the oldest one kept; at first a name for the beginning.
CREATE TABLE beginnings (
    environment TEXT PRIMARY KEY,
    event TEXT NOT NULL
) STRICT, WITHOUT ROWID;
