-- The audit log: one row for each event of a change, written with it.
CREATE TABLE audit (
    position INTEGER PRIMARY KEY,
    environment TEXT NOT NULL,
    id TEXT NOT NULL,
    -- the event type
    action TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    resource_id TEXT,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    -- JSON
    details TEXT NOT NULL,
    -- Unix milliseconds
    created_at INTEGER NOT NULL
) STRICT;

-- with everything that filters look at
CREATE INDEX audit_in_order ON audit (environment, position, action, resource_type, actor_id, created_at);

-- The tickets of each tag, unless all groups are missing and are built at the next start.
INSERT INTO groups (environment, kind, name, total)
    SELECT o.environment, o.kind, 'tags:' || octet_length(tag.value) || ':' || tag.value || ';', count(DISTINCT o.seq)
    FROM objects o, json_each(o.body, '$.tags') tag
    WHERE o.kind = 'ticket' AND o.parent IS NULL AND tag.type = 'text' AND EXISTS (SELECT 1 FROM groups)
    GROUP BY 1, 2, 3;

INSERT OR IGNORE INTO members (in_group, seq)
    SELECT g.id, o.seq
    FROM objects o, json_each(o.body, '$.tags') tag, groups g
    WHERE o.kind = 'ticket' AND o.parent IS NULL AND tag.type = 'text'
        AND g.environment = o.environment AND g.kind = o.kind
        AND g.name = 'tags:' || octet_length(tag.value) || ':' || tag.value || ';';
