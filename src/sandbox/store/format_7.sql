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

-- The order in which deliveries changed, for those who wait for one. A number is never used again.
ALTER TABLE deliveries ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;
UPDATE deliveries SET changed = seq;
CREATE INDEX deliveries_by_change ON deliveries (changed);

CREATE TABLE delivery_changes (
    -- distinguishes the numbers of this state from those of another
    tag TEXT NOT NULL,
    newest INTEGER NOT NULL,
    -- the newest change of a delivery that is gone
    gone INTEGER NOT NULL
) STRICT;

INSERT INTO delivery_changes
    SELECT lower(hex(randomblob(6))), ifnull(max(seq), 0), 0 FROM deliveries;

CREATE TRIGGER delivery_came AFTER INSERT ON deliveries BEGIN
    UPDATE delivery_changes SET newest = newest + 1;
    UPDATE deliveries SET changed = (SELECT newest FROM delivery_changes) WHERE seq = new.seq;
END;

CREATE TRIGGER delivery_changed AFTER UPDATE OF status, attempts ON deliveries BEGIN
    UPDATE delivery_changes SET newest = newest + 1;
    UPDATE deliveries SET changed = (SELECT newest FROM delivery_changes) WHERE seq = new.seq;
END;

CREATE TRIGGER delivery_gone AFTER DELETE ON deliveries BEGIN
    UPDATE delivery_changes SET gone = max(gone, old.changed);
END;
