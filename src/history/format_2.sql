-- Format 2. The attempt that delivered an event at once stands in the delivery's own row: it has no row in
-- `attempts`. Its number is 1, its outcome `delivered`.
ALTER TABLE deliveries ADD COLUMN attempted_at INTEGER;
ALTER TABLE deliveries ADD COLUMN duration_us INTEGER;
ALTER TABLE deliveries ADD COLUMN status INTEGER;
ALTER TABLE deliveries ADD COLUMN response_headers TEXT;
ALTER TABLE deliveries ADD COLUMN response_body BLOB;
ALTER TABLE deliveries ADD COLUMN truncated INTEGER;

-- Both kinds together, for people who look into the file.
CREATE VIEW every_attempt AS
SELECT event, target, attempt, started_at, duration_us, status, outcome, reason, repeats,
    request_headers, response_headers, response_body, truncated FROM attempts
UNION ALL
SELECT event, target, 1, attempted_at, duration_us, status, 'delivered', NULL, 1,
    NULL, response_headers, response_body, truncated FROM deliveries WHERE attempted_at IS NOT NULL;
