-- Which route a session came by, in the words of gilbot.yaml ("slack /health"), or the name that it has there: so figures can
-- be told apart by it.  A text in the row itself, some ten to thirty bytes of several hundred that are written anyway: it
-- outlives a change of the configuration, and needs neither a table of routes nor a write when the service starts.
-- Empty: it began before this.  No index: only `gilbot flow stats` and `flow graph` look at it, and they read every session.
ALTER TABLE sessions ADD COLUMN route TEXT NOT NULL DEFAULT '';

-- Steps were counted per day of the event, whatever session it belonged to: nobody could tell them apart by route or variant,
-- nor lay them beside sessions, which count by the day they began.  What they said is said by the sessions themselves now,
-- and a turn writes two or three rows less.
DROP TABLE survey_steps;
