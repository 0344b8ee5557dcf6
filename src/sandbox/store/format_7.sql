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

-- Tickets are in a group for each of their tags, tickets and customers in one for the day of their creation: the index
-- is written again from the objects at the next start.
DELETE FROM groups;
DELETE FROM members;
DELETE FROM ranks;
DELETE FROM search;
