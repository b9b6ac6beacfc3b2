-- What shows that a replay of a session came out as it did: a digest of all that its turns brought about, 47 bits, so it
-- takes at most six bytes in a row that is written anyway.  0: not kept (it began before this, or was moved to another
-- version of its flow on its way).
-- What a replay needs of the events stands where nothing stood: the `payload` of incoming messages (bot/model/heard.h),
-- and their `sent_ms`, which is now when their turn was run.
ALTER TABLE sessions ADD COLUMN digest INTEGER NOT NULL DEFAULT 0;
