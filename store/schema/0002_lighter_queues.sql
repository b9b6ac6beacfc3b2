-- Queues that write less: a row that comes in, runs and ends touches few pages, and each change of its state few indexes.
--   …_due   what may be claimed: rows nobody looked at yet (due_ms 0, in the order of their ids), and what was put off
--   …_busy  what holds its conversation: what is under way, and what was put off
--   …_idle  what waits for its conversation, and what was given up
--   …_swept rows whose bytes are gone already: where the next sweep begins
-- Bytes stand in their row again: a second table costs a statement and a page for each.
-- No AUTOINCREMENT, whose counter is one more page in every commit: sweeps leave the newest row, so ids stay unique.

ALTER TABLE inbox RENAME TO inbox_before;
ALTER TABLE outbox RENAME TO outbox_before;
ALTER TABLE sessions RENAME TO sessions_before;
ALTER TABLE messages RENAME TO messages_before;

CREATE TABLE inbox (
    id             INTEGER PRIMARY KEY,
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
    error          TEXT    NOT NULL DEFAULT '',
    body           BLOB,                        -- NULL: swept
    extra          TEXT    NOT NULL DEFAULT ''
) STRICT;

INSERT INTO inbox
SELECT i.id, event_key, platform, conversation, kind, type, request_id, CASE state WHEN 1 THEN 6 ELSE state END, lane,
       attempts, claims, fetched, max(due_ms, 1), lease_until_ms, received_ms, finished_ms, error, b.body,
       coalesce(b.extra, '')
FROM inbox_before AS i LEFT JOIN inbox_bodies AS b ON b.id = i.id;
DROP TABLE inbox_before;
DROP TABLE inbox_bodies;

CREATE INDEX        inbox_due   ON inbox (lane, due_ms, id)         WHERE (state = 1 OR state = 6);
CREATE UNIQUE INDEX inbox_busy  ON inbox (conversation)             WHERE (state = 2 OR state = 6);
CREATE INDEX        inbox_idle  ON inbox (conversation, id)         WHERE (state = 0 OR state = 4 OR state = 5);
CREATE INDEX        inbox_swept ON inbox (body)                     WHERE body IS NULL;

CREATE TABLE outbox (
    id                INTEGER PRIMARY KEY,
    idempotency_key   TEXT    NOT NULL,
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
    slot_ms           INTEGER NOT NULL DEFAULT 0,  -- the place in the pace that was kept for it
    event_received_ms INTEGER NOT NULL,
    created_ms        INTEGER NOT NULL,
    finished_ms       INTEGER NOT NULL DEFAULT 0,
    receipt           TEXT    NOT NULL DEFAULT '',
    error             TEXT    NOT NULL DEFAULT '',
    payload           TEXT                         -- NULL: swept
) STRICT;

INSERT INTO outbox
SELECT o.id, idempotency_key, conversation, platform, pace_key, request_id, session_id, inbox_id, message_id,
       CASE state WHEN 1 THEN 6 ELSE state END, attempts, claims, pause_ms, max(due_ms, 1), 0, event_received_ms, created_ms,
       finished_ms, receipt, error, p.payload
FROM outbox_before AS o LEFT JOIN outbox_payloads AS p ON p.id = o.id;
DROP TABLE outbox_before;
DROP TABLE outbox_payloads;

CREATE INDEX        outbox_due   ON outbox (platform, due_ms, id)     WHERE (state = 1 OR state = 6);
CREATE UNIQUE INDEX outbox_busy  ON outbox (conversation)             WHERE (state = 2 OR state = 6);
CREATE INDEX        outbox_idle  ON outbox (conversation, id)         WHERE (state = 0 OR state = 4 OR state = 5 OR state = 7);
CREATE INDEX        outbox_swept ON outbox (payload)                  WHERE payload IS NULL;

CREATE TABLE sessions (
    id           INTEGER PRIMARY KEY,
    conversation TEXT    NOT NULL,
    opening      TEXT    NOT NULL, -- empty: it was not opened by the platform, but by what somebody said
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
    expires_ms   INTEGER NOT NULL
) STRICT;

INSERT INTO sessions
SELECT id, conversation, opening, platform, user, flow, flow_version, locale, profile, data, state, started_ms, updated_ms,
       expires_ms
FROM sessions_before;
DROP TABLE sessions_before;

CREATE UNIQUE INDEX sessions_opened   ON sessions (conversation, opening)             WHERE opening <> '';
CREATE UNIQUE INDEX sessions_waiting  ON sessions (conversation)                      WHERE state = 1;
CREATE INDEX        sessions_expiring ON sessions (expires_ms)                        WHERE state = 1 AND expires_ms > 0;
CREATE INDEX        sessions_done     ON sessions (user, platform, flow, updated_ms)  WHERE state = 2;

CREATE TABLE messages (
    id           INTEGER PRIMARY KEY,
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

INSERT INTO messages
SELECT id, conversation, session_id, direction, author, text, payload, event_key, at_ms, sent_ms FROM messages_before;
DROP TABLE messages_before;

CREATE INDEX messages_of_conversation ON messages (conversation, id);
