-- "VMCP": tells our file from any other SQLite database.
PRAGMA application_id = 1447904080;

CREATE TABLE vms (
    sequence   INTEGER PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    short_id   TEXT    NOT NULL UNIQUE,
    backend    TEXT    NOT NULL,
    definition TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    state_kind TEXT    GENERATED ALWAYS AS (state ->> 'kind') VIRTUAL,
    intent     TEXT,
    last_exit  TEXT,
    revision   INTEGER NOT NULL,
    created    TEXT    NOT NULL,
    modified   TEXT    NOT NULL
) STRICT;

CREATE TABLE meta (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    last_sequence INTEGER NOT NULL,
    secret        BLOB    NOT NULL CHECK (length(secret) = 32)
) STRICT;
