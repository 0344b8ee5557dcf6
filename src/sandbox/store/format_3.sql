-- The endpoints that events are delivered to. Numbers are never used again: an attempt that is under way
-- when its webhook is deleted must not be written to another's account.
CREATE TABLE webhooks (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    environment TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    -- a JSON array of types and patterns
    events TEXT NOT NULL,
    active INTEGER NOT NULL,
    flat INTEGER NOT NULL,
    -- attempts in a row that failed
    failures INTEGER NOT NULL DEFAULT 0,
    -- Unix milliseconds, as every time here
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX webhooks_in_order ON webhooks (environment, seq);

-- What deliveries are signed with: the newest, and until it expires the one before.
CREATE TABLE webhook_secrets (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook INTEGER NOT NULL,
    secret TEXT NOT NULL,
    expires_at INTEGER
) STRICT;

CREATE INDEX webhook_secrets_by_webhook ON webhook_secrets (webhook, seq);

-- One event for one endpoint, written with the event.
CREATE TABLE deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE,
    event_id TEXT NOT NULL,
    type TEXT NOT NULL,
    resource TEXT NOT NULL,
    request_id TEXT NOT NULL,
    body BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    -- pending, succeeded or failed
    status TEXT NOT NULL,
    -- how many attempts were made
    attempts INTEGER NOT NULL DEFAULT 0,
    -- and how many of them by themselves
    scheduled INTEGER NOT NULL DEFAULT 0,
    -- when the next attempt is to be made by itself
    due INTEGER
) STRICT;

CREATE INDEX deliveries_due ON deliveries (webhook, due, seq) WHERE due IS NOT NULL;
CREATE INDEX deliveries_in_order ON deliveries (webhook, seq);
CREATE INDEX deliveries_by_status ON deliveries (webhook, status, seq);
CREATE INDEX deliveries_by_event ON deliveries (event_id);

CREATE TABLE attempts (
    delivery INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    milliseconds INTEGER NOT NULL,
    -- HTTP status of the answer
    status INTEGER,
    -- why there is none
    error TEXT,
    -- JSON arrays of name and value
    request_headers TEXT NOT NULL,
    response_headers TEXT NOT NULL,
    response_body BLOB NOT NULL,
    truncated INTEGER NOT NULL,
    PRIMARY KEY (delivery, number)
) STRICT, WITHOUT ROWID;
