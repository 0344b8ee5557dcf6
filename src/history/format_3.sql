-- Format 3. Events that this program made: `edited` (made from another event) or `trigger`. NULL: received from the
-- stream. `source_id` is the id of the event that an edited one was made from.
ALTER TABLE events ADD COLUMN origin TEXT;
ALTER TABLE events ADD COLUMN source_id TEXT;
