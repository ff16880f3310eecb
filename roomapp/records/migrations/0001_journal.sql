-- The chain: what happened, in order, for ever. AUTOINCREMENT: a number once given is never given again.
CREATE TABLE rows (
    seq  INTEGER PRIMARY KEY AUTOINCREMENT,
    at   TEXT NOT NULL,  -- UTC, ISO 8601, microseconds
    kind TEXT NOT NULL,
    body TEXT NOT NULL,  -- canonical JSON; persons by their id only
    prev TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;

CREATE TRIGGER rows_never_change BEFORE UPDATE ON rows
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER rows_never_go BEFORE DELETE ON rows
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER rows_come_last BEFORE INSERT ON rows WHEN NEW.seq <= (SELECT max(seq) FROM rows)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Names and phones stand outside the chain, so that a person can be erased and the chain still holds.
CREATE TABLE people (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    name  TEXT NOT NULL,
    phone TEXT NOT NULL
) STRICT;

-- What is being typed and the page that is open: nothing is lost by a power cut. Not part of the chain.
CREATE TABLE drafts (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
