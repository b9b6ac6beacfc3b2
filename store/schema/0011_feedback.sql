-- Questions that were answered, and what people thought of the answers.  Kept beside the log of messages: here it is known
-- what kind of answer it was and what it rested on.
CREATE TABLE asked (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id INTEGER NOT NULL,
    number     INTEGER NOT NULL,            -- of the answer in its session, from 1
    at_ms      INTEGER NOT NULL,
    question   TEXT    NOT NULL,
    kind       TEXT    NOT NULL,            -- 'extractive', 'generated', 'not_found' …
    class      TEXT    NOT NULL,            -- 'general', 'basics', 'specific'
    answer     TEXT    NOT NULL,
    why        TEXT    NOT NULL,            -- JSON: sources, confidence, model
    vote       INTEGER NOT NULL DEFAULT 0,  -- 1 helpful, -1 not, 0 nobody said
    reason     TEXT    NOT NULL DEFAULT '', -- 'wrong', 'missing', 'unclear', or the person's own words
    voted_ms   INTEGER NOT NULL DEFAULT 0,
    UNIQUE (session_id, number)
) STRICT;

CREATE INDEX asked_voted ON asked (vote, voted_ms) WHERE vote <> 0;
