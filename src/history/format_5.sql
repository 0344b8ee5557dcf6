-- Format 5. What `listen --chaos` did to an attempt: names, separated by commas. NULL: nothing. An attempt with this has
-- a row here, also if it delivered an event at once.
ALTER TABLE attempts ADD COLUMN chaos TEXT;

DROP VIEW every_attempt;
CREATE VIEW every_attempt AS
SELECT event, target, attempt, started_at, duration_us, status, outcome, reason, repeats,
    request_headers, response_headers, response_body, truncated, chaos FROM attempts
UNION ALL
SELECT event, target, 1, attempted_at, duration_us, status, 'delivered', NULL, 1,
    NULL, response_headers, response_body, truncated, NULL FROM deliveries WHERE attempted_at IS NOT NULL;
