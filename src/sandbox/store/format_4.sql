-- The newest requests to the API, with which the request log begins after a restart. One that concerns
-- both environments stands in both.
CREATE TABLE requests (
    position INTEGER PRIMARY KEY,
    environment TEXT NOT NULL,
    -- JSON
    line TEXT NOT NULL
) STRICT;

CREATE INDEX requests_in_order ON requests (environment, position);
