-- Events, replies, conversations, sessions, the log of what was said, figures of surveys.
-- States and lanes are the numbers of the enums in store/*.h.  Times are Unix milliseconds, 0 where there is none.
-- Bodies and payloads live beside their rows: a row changes its state several times, its bytes never.

CREATE TABLE inbox (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    event_key      TEXT    NOT NULL UNIQUE,
    platform       TEXT    NOT NULL,
    conversation   TEXT    NOT NULL,
    kind           TEXT    NOT NULL,
    type           TEXT    NOT NULL,
    request_id     TEXT    NOT NULL,
    state          INTEGER NOT NULL,
    lane           INTEGER NOT NULL DEFAULT 0,
    attempts       INTEGER NOT NULL DEFAULT 0,
    claims         INTEGER NOT NULL DEFAULT 0,
    fetched        INTEGER NOT NULL DEFAULT 0,
    due_ms         INTEGER NOT NULL,
    lease_until_ms INTEGER NOT NULL DEFAULT 0,
    received_ms    INTEGER NOT NULL,
    finished_ms    INTEGER NOT NULL DEFAULT 0,
    has_body       INTEGER NOT NULL DEFAULT 1,
    error          TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE inbox_bodies (
    id    INTEGER PRIMARY KEY,
    body  BLOB NOT NULL,
    extra TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX        inbox_ready    ON inbox (lane, due_ms, id)       WHERE state = 1;
CREATE UNIQUE INDEX inbox_active   ON inbox (conversation)           WHERE state IN (1, 2);
CREATE INDEX        inbox_waiting  ON inbox (conversation, id)       WHERE state = 0;
CREATE INDEX        inbox_open     ON inbox (state)                  WHERE state <> 3;
CREATE INDEX        inbox_finished ON inbox (has_body, finished_ms)  WHERE state >= 3;

CREATE TABLE outbox (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    idempotency_key   TEXT    NOT NULL UNIQUE,
    conversation      TEXT    NOT NULL,
    platform          TEXT    NOT NULL,
    pace_key          TEXT    NOT NULL,
    request_id        TEXT    NOT NULL,
    session_id        INTEGER NOT NULL,
    inbox_id          INTEGER NOT NULL,
    message_id        INTEGER NOT NULL,
    state             INTEGER NOT NULL,
    attempts          INTEGER NOT NULL DEFAULT 0,
    claims            INTEGER NOT NULL DEFAULT 0,
    pause_ms          INTEGER NOT NULL,
    due_ms            INTEGER NOT NULL,
    event_received_ms INTEGER NOT NULL,
    created_ms        INTEGER NOT NULL,
    finished_ms       INTEGER NOT NULL DEFAULT 0,
    has_payload       INTEGER NOT NULL DEFAULT 1,
    receipt           TEXT    NOT NULL DEFAULT '',
    error             TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE outbox_payloads (
    id      INTEGER PRIMARY KEY,
    payload TEXT NOT NULL
) STRICT;

CREATE INDEX        outbox_ready    ON outbox (platform, due_ms, id)      WHERE state = 1;
CREATE UNIQUE INDEX outbox_active   ON outbox (conversation)              WHERE state IN (1, 2);
CREATE INDEX        outbox_waiting  ON outbox (conversation, id)          WHERE state = 0;
CREATE INDEX        outbox_open     ON outbox (state)                     WHERE state <> 3;
CREATE INDEX        outbox_finished ON outbox (has_payload, finished_ms)  WHERE state >= 3;

CREATE TABLE conversations (
    id              TEXT    NOT NULL PRIMARY KEY,
    platform        TEXT    NOT NULL,
    workspace       TEXT    NOT NULL,
    user            TEXT    NOT NULL,
    bots            TEXT    NOT NULL, -- JSON array of strings
    bots_known      INTEGER NOT NULL,
    address         TEXT    NOT NULL, -- JSON object
    opening         TEXT    NOT NULL,
    taken_over      INTEGER NOT NULL,
    silent_until_ms INTEGER NOT NULL,
    updated_ms      INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT    NOT NULL,
    opening      TEXT    NOT NULL,
    platform     TEXT    NOT NULL,
    user         TEXT    NOT NULL,
    flow         TEXT    NOT NULL,
    flow_version TEXT    NOT NULL,
    locale       TEXT    NOT NULL,
    profile      TEXT    NOT NULL, -- JSON object
    data         TEXT    NOT NULL, -- JSON, the flow's own
    state        INTEGER NOT NULL,
    started_ms   INTEGER NOT NULL,
    updated_ms   INTEGER NOT NULL,
    expires_ms   INTEGER NOT NULL,
    UNIQUE (conversation, opening)
) STRICT;

CREATE UNIQUE INDEX sessions_waiting  ON sessions (conversation)                      WHERE state = 1;
CREATE INDEX        sessions_expiring ON sessions (expires_ms)                        WHERE state = 1 AND expires_ms > 0;
CREATE INDEX        sessions_done     ON sessions (user, platform, flow, updated_ms)  WHERE state = 2;

CREATE TABLE messages (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT    NOT NULL,
    session_id   INTEGER NOT NULL,
    direction    INTEGER NOT NULL,
    author       TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    payload      TEXT    NOT NULL,
    event_key    TEXT    NOT NULL,
    at_ms        INTEGER NOT NULL,
    sent_ms      INTEGER NOT NULL
) STRICT;

CREATE INDEX messages_of_conversation ON messages (conversation, id);

CREATE TABLE survey_answers (
    session_id INTEGER NOT NULL,
    variable   TEXT    NOT NULL,
    flow       TEXT    NOT NULL,
    value      TEXT    NOT NULL, -- JSON
    text       TEXT    NOT NULL,
    at_ms      INTEGER NOT NULL,
    PRIMARY KEY (session_id, variable)
) STRICT, WITHOUT ROWID;

CREATE TABLE survey_recommendations (
    id         INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL,
    flow       TEXT    NOT NULL,
    step       TEXT    NOT NULL,
    item       TEXT    NOT NULL,
    value      TEXT    NOT NULL, -- JSON
    why        TEXT    NOT NULL, -- JSON
    at_ms      INTEGER NOT NULL
) STRICT;

CREATE TABLE survey_handovers (
    id         INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL,
    flow       TEXT    NOT NULL,
    step       TEXT    NOT NULL,
    recipient  TEXT    NOT NULL,
    at_ms      INTEGER NOT NULL
) STRICT;

CREATE TABLE survey_steps (
    flow    TEXT    NOT NULL,
    day     INTEGER NOT NULL,
    step    TEXT    NOT NULL,
    outcome TEXT    NOT NULL,
    n       INTEGER NOT NULL,
    PRIMARY KEY (flow, day, step, outcome)
) STRICT, WITHOUT ROWID;
