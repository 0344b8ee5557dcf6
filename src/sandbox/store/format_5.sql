-- Lists by groups: what they are found by is written anew from the objects at the next start.
DROP TABLE facets;
DROP INDEX objects_by_uuid;
DROP INDEX objects_in_order;
ALTER TABLE objects DROP COLUMN search;

-- What belongs to another object is found by that one.
CREATE UNIQUE INDEX objects_by_uuid ON objects (environment, kind, uuid) WHERE parent IS NULL;

-- The objects of a kind that have certain values, for each combination that a list may ask for, and how
-- many there are. The group without any value has all of them.
CREATE TABLE groups (
    id INTEGER PRIMARY KEY,
    environment TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    total INTEGER NOT NULL,
    UNIQUE (environment, kind, name)
) STRICT;

CREATE TABLE members (
    in_group INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (in_group, seq)
) STRICT, WITHOUT ROWID;

-- What objects are sorted by, other than their creation.
CREATE TABLE ranks (
    environment TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    value ANY NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (environment, kind, name, value, seq)
) STRICT, WITHOUT ROWID;

-- What `search` looks through, in lower case. The row is the object's `seq`, with the group of its kind
-- in the bits above: one kind is one range.
CREATE VIRTUAL TABLE search USING fts5 (text, tokenize = 'trigram case_sensitive 1');
-- bytes that are gathered in memory during a change before they are written
INSERT INTO search (search, rank) VALUES ('hashsize', 8388608);

-- The request log counts for each environment by itself, and is looked through in memory.
CREATE TABLE requests_5 (
    environment TEXT NOT NULL,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    -- Unix milliseconds
    at INTEGER NOT NULL,
    method TEXT NOT NULL,
    status INTEGER NOT NULL,
    -- without the query
    path TEXT NOT NULL,
    -- the `logs --tail` that made the request
    tail TEXT,
    -- JSON
    line TEXT NOT NULL
) STRICT;

INSERT INTO requests_5
    SELECT environment,
        row_number() OVER (PARTITION BY environment ORDER BY position) - 1,
        json_extract(line, '$.id'),
        json_extract(line, '$.time'),
        json_extract(line, '$.method'),
        json_extract(line, '$.status'),
        substr(json_extract(line, '$.target'), 1, instr(json_extract(line, '$.target') || '?', '?') - 1),
        json_extract(line, '$.tail'),
        line
    FROM requests
    WHERE CASE WHEN json_valid(line)
        THEN json_type(line, '$.id') = 'text' AND json_type(line, '$.time') = 'integer'
            AND json_type(line, '$.method') = 'text' AND json_type(line, '$.status') = 'integer'
            AND json_type(line, '$.target') = 'text'
        END;

DROP TABLE requests;
ALTER TABLE requests_5 RENAME TO requests;

CREATE INDEX requests_by_id ON requests (environment, id);
-- with everything that filters look at
CREATE INDEX requests_in_order ON requests (environment, position, at, method, status, path, tail);
