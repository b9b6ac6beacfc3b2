-- Where an answer is seen while it is being made, so that the answer takes its place even when the process dies in between.
-- A row lives as long as its event is under way.
CREATE TABLE live_messages (
    inbox_id INTEGER PRIMARY KEY,
    handle   TEXT    NOT NULL -- the platform's own
) STRICT;
