-- The API keys that were made here, in the order of their making. Of a key only its SHA-256 is kept.
CREATE TABLE api_keys (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    hash BLOB NOT NULL,
    type TEXT NOT NULL,
    environment TEXT NOT NULL,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    -- Unix milliseconds
    created_at INTEGER NOT NULL
) STRICT;
