-- Sessions are reminded of; one that ended in a hand-over is completed like one that was done.
ALTER TABLE sessions ADD COLUMN remind_ms INTEGER NOT NULL DEFAULT 0;

CREATE INDEX sessions_reminded ON sessions (remind_ms) WHERE state = 1 AND remind_ms > 0;

DROP INDEX sessions_done;
CREATE INDEX sessions_completed ON sessions (user, platform, flow, updated_ms) WHERE (state = 2 OR state = 4);
