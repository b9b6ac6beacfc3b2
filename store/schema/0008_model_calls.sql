-- Every call of a language model: what it was for, what it took, how it ended.  Figures and names only: no prompt, no
-- question, no answer.  `user` is a pseudonym under this database's own key: it tells one person's calls from another's, and
-- says nothing to whoever has the row but not the key.
CREATE TABLE model_calls (
    id             INTEGER PRIMARY KEY,
    at_ms          INTEGER NOT NULL,
    provider       TEXT    NOT NULL,
    model          TEXT    NOT NULL,
    skill          TEXT    NOT NULL, -- chat, embed, rerank
    purpose        TEXT    NOT NULL,
    prompt         TEXT    NOT NULL, -- name@version
    flow           TEXT    NOT NULL,
    user           TEXT    NOT NULL,
    outcome        TEXT    NOT NULL,
    tokens_in      INTEGER NOT NULL,
    tokens_out     INTEGER NOT NULL,
    cost_microusd  INTEGER NOT NULL,
    latency_ms     INTEGER NOT NULL,
    first_piece_ms INTEGER NOT NULL  -- -1: not streamed
) STRICT;

-- a day's sums are read from here alone when a service starts
CREATE INDEX model_calls_at ON model_calls (at_ms, provider, cost_microusd);

CREATE TABLE model_call_key (key BLOB NOT NULL) STRICT;
INSERT INTO model_call_key (key) VALUES (randomblob(32));
