-- Format 6. The records of a burst, until they become rows of the other tables: `batch_codec` in the source says how they
-- are encoded. cstar expands them before it reads, and when nothing came for 200 ms.
CREATE TABLE record_batches (
    batch INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    records BLOB NOT NULL
) STRICT;

-- The events of a run that had not ended before its first batch. A run has a row here while its records go to batches.
CREATE TABLE open_events (
    run INTEGER PRIMARY KEY,
    events BLOB NOT NULL
) STRICT;
