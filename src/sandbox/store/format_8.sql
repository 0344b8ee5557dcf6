-- How many texts have each sequence of one or two characters (`store::letters`), for the texts of a kind up to an
-- object. Only faster than the texts themselves: whoever writes the groups again removes these rows.
CREATE TABLE letters (
    -- the group of the kind
    in_group INTEGER PRIMARY KEY,
    until INTEGER NOT NULL,
    counts BLOB NOT NULL
) STRICT;

-- The texts among them that changed since, as they were counted. The rows are those of `search`.
CREATE TABLE letters_changed (
    row INTEGER PRIMARY KEY,
    text TEXT NOT NULL
) STRICT;
