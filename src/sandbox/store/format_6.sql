-- The bodies of deliveries, each kept once for all the deliveries of an event that send the same bytes.
CREATE TABLE bodies (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;

CREATE INDEX bodies_by_event ON bodies (event_id);

INSERT INTO bodies (event_id, body) SELECT DISTINCT event_id, body FROM deliveries;
ALTER TABLE deliveries ADD COLUMN body_seq INTEGER NOT NULL DEFAULT 0;
UPDATE deliveries SET body_seq = (SELECT bodies.seq FROM bodies
    WHERE bodies.event_id = deliveries.event_id AND bodies.body = deliveries.body);
ALTER TABLE deliveries DROP COLUMN body;
CREATE INDEX deliveries_by_body ON deliveries (body_seq);

-- Bytes that deliveries take: bodies, and what is kept of attempts.
CREATE TABLE delivery_bytes (
    bytes INTEGER NOT NULL
) STRICT;

INSERT INTO delivery_bytes SELECT
    (SELECT ifnull(sum(length(body)), 0) FROM bodies)
    + (SELECT ifnull(sum(octet_length(request_headers) + octet_length(response_headers) + length(response_body)), 0)
        FROM attempts);

CREATE TRIGGER body_came AFTER INSERT ON bodies BEGIN
    UPDATE delivery_bytes SET bytes = bytes + length(new.body);
END;

CREATE TRIGGER body_went AFTER DELETE ON bodies BEGIN
    UPDATE delivery_bytes SET bytes = bytes - length(old.body);
END;

CREATE TRIGGER attempt_came AFTER INSERT ON attempts BEGIN
    UPDATE delivery_bytes SET bytes = bytes + octet_length(new.request_headers)
        + octet_length(new.response_headers) + length(new.response_body);
END;

CREATE TRIGGER attempt_went AFTER DELETE ON attempts BEGIN
    UPDATE delivery_bytes SET bytes = bytes - octet_length(old.request_headers)
        - octet_length(old.response_headers) - length(old.response_body);
END;

-- A delivery takes its attempts along, and the last one its body.
CREATE TRIGGER delivery_went AFTER DELETE ON deliveries BEGIN
    DELETE FROM attempts WHERE delivery = old.seq;
    DELETE FROM bodies WHERE seq = old.body_seq
        AND NOT EXISTS (SELECT 1 FROM deliveries WHERE body_seq = old.body_seq);
END;
