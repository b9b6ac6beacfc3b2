-- What flows were made of: a session that waits goes on with the version it began with, after a change and a restart.
-- A version's files are numbered from 0, which is the flow's own; the others are those that it names.
CREATE TABLE flow_versions (
    flow     TEXT    NOT NULL,
    version  TEXT    NOT NULL,
    first_ms INTEGER NOT NULL,
    last_ms  INTEGER NOT NULL, -- when it was last the present one
    PRIMARY KEY (flow, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE flow_files (
    flow    TEXT    NOT NULL,
    version TEXT    NOT NULL,
    place   INTEGER NOT NULL,
    path    TEXT    NOT NULL,
    bytes   BLOB    NOT NULL,
    PRIMARY KEY (flow, version, place)
) STRICT;
