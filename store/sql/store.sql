-- The writer's transactions, the applied migrations, the figures at start.

-- name: begin
BEGIN IMMEDIATE

-- name: snapshot_begin
BEGIN

-- name: commit
COMMIT

-- name: rollback
ROLLBACK

-- name: savepoint
SAVEPOINT job

-- name: savepoint_release
RELEASE job

-- name: savepoint_rollback
ROLLBACK TO job

-- name: migrations_applied
SELECT name, hash FROM migrations ORDER BY name

-- name: migrations_version
PRAGMA user_version

-- name: migrations_add
INSERT INTO migrations (name, hash, applied_ms) VALUES (:name, :hash, :now_ms)

-- name: figures_inbox
SELECT (SELECT count(*) FROM inbox WHERE (state = 1 OR state = 6) AND state = 1)
           + (SELECT count(*) FROM inbox WHERE (state = 2 OR state = 6))
           + (SELECT count(*) FROM inbox WHERE (state = 0 OR state = 4 OR state = 5) AND state = 0),
       (SELECT count(*) FROM inbox WHERE (state = 0 OR state = 4 OR state = 5) AND state = 4)

-- name: figures_outbox
SELECT (SELECT count(*) FROM outbox WHERE (state = 1 OR state = 6) AND state = 1)
           + (SELECT count(*) FROM outbox WHERE (state = 2 OR state = 6))
           + (SELECT count(*) FROM outbox WHERE (state = 0 OR state = 4 OR state = 5 OR state = 7) AND (state = 0 OR state = 7)),
       (SELECT count(*) FROM outbox WHERE (state = 0 OR state = 4 OR state = 5 OR state = 7) AND state = 4)
