-- The writer's transactions, the applied migrations, the figures at start.

-- name: begin
BEGIN IMMEDIATE

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
SELECT coalesce(sum(state <= 2), 0), coalesce(sum(state = 4), 0) FROM inbox INDEXED BY inbox_open WHERE state <> 3

-- name: figures_outbox
SELECT coalesce(sum(state <= 2), 0), coalesce(sum(state = 4), 0) FROM outbox INDEXED BY outbox_open WHERE state <> 3
