-- Events.  0 waiting, 1 ready, 2 running, 3 done, 4 dead, 5 dropped, 6 held: the states stand here as literals, because a
-- partial index is only used where its condition is repeated word for word.

-- name: inbox_record
INSERT INTO inbox (event_key, platform, conversation, kind, type, request_id, state, due_ms, received_ms, body)
VALUES (:event_key, :platform, :conversation, :kind, :type, :request_id,
        NOT EXISTS (SELECT 1 FROM inbox WHERE conversation = :conversation AND (state = 2 OR state = 6)), 0, :received_ms, :body)
ON CONFLICT (event_key) DO NOTHING

-- name: inbox_held
SELECT id, claims, attempts, fetched, event_key, conversation, kind, received_ms, platform, type, request_id, body, extra
FROM inbox WHERE (state = 1 OR state = 6) AND lane = :lane AND due_ms > 0 AND due_ms <= :now_ms ORDER BY due_ms, id LIMIT :limit

-- name: inbox_ready
SELECT id, claims, attempts, fetched, event_key, conversation, kind, received_ms, platform, type, request_id, body, extra
FROM inbox WHERE (state = 1 OR state = 6) AND lane = 0 AND due_ms = 0 ORDER BY id LIMIT :limit

-- name: inbox_claim
UPDATE OR IGNORE inbox SET state = 2, claims = claims + 1, attempts = attempts + 1, lease_until_ms = :lease_until_ms
WHERE id = :id

-- name: inbox_wait
UPDATE inbox SET state = 0 WHERE id = :id

-- name: inbox_end
UPDATE inbox SET state = :state, finished_ms = :now_ms, error = :error
WHERE id = :id AND claims = :claim AND state = 2

-- name: inbox_next
SELECT id FROM inbox WHERE conversation = :conversation AND (state = 0 OR state = 4 OR state = 5) AND state = 0 ORDER BY id LIMIT 1

-- name: inbox_make_ready
UPDATE inbox SET state = 1, due_ms = 0 WHERE id = :id

-- name: inbox_later
UPDATE inbox SET state = 6, due_ms = :due_ms, error = :error WHERE id = :id AND claims = :claim AND state = 2

-- name: inbox_park
UPDATE inbox SET state = 6, lane = 1, attempts = 0, due_ms = :now_ms WHERE id = :id AND claims = :claim AND state = 2

-- name: inbox_unpark
UPDATE inbox
SET lane = 0, attempts = 0, fetched = fetched | :asked,
    extra = CASE WHEN :extra = '' THEN extra ELSE :extra END,
    conversation = CASE WHEN :conversation = '' THEN conversation ELSE :conversation END,
    due_ms = CASE WHEN :conversation IN ('', conversation) THEN :now_ms ELSE 0 END,
    state = CASE WHEN :conversation IN ('', conversation) THEN 6 ELSE 1 END
WHERE id = :id AND claims = :claim AND state = 2

-- name: inbox_recover
UPDATE inbox SET state = 6, due_ms = :now_ms WHERE (state = 2 OR state = 6) AND state = 2

-- name: inbox_recover_waiting
UPDATE inbox SET state = 1, due_ms = 0 WHERE (state = 0 OR state = 4 OR state = 5) AND state = 0

-- name: inbox_set_back
UPDATE inbox SET due_ms = due_ms - :by_ms WHERE (state = 1 OR state = 6) AND lane IN (0, 1) AND due_ms > :now_ms

-- name: inbox_requeue_expired
UPDATE inbox SET state = 6, due_ms = :now_ms
WHERE id IN (SELECT id FROM inbox WHERE (state = 2 OR state = 6) AND state = 2 AND lease_until_ms <= :now_ms LIMIT :limit)

-- name: inbox_next_due
SELECT due_ms FROM inbox WHERE (state = 1 OR state = 6) AND lane = :lane AND due_ms > 0 ORDER BY due_ms, id LIMIT 1

-- name: inbox_next_expiry
SELECT coalesce(min(lease_until_ms), 9223372036854775807) FROM inbox WHERE (state = 2 OR state = 6) AND state = 2

-- name: inbox_list
SELECT id, event_key, platform, conversation, kind, type, request_id, error, state, lane, attempts, received_ms, due_ms,
       finished_ms
FROM inbox
WHERE id IN (SELECT id FROM inbox WHERE (state = 1 OR state = 6) UNION SELECT id FROM inbox WHERE (state = 2 OR state = 6)
             UNION SELECT id FROM inbox WHERE (state = 0 OR state = 4 OR state = 5))
  AND state = :state AND id > :after_id
ORDER BY id LIMIT :limit

-- name: inbox_list_done
SELECT id, event_key, platform, conversation, kind, type, request_id, error, state, lane, attempts, received_ms, due_ms,
       finished_ms
FROM inbox WHERE state = 3 AND id > :after_id ORDER BY id LIMIT :limit

-- name: inbox_show
SELECT id, event_key, platform, conversation, kind, type, request_id, error, state, lane, attempts, received_ms, due_ms,
       finished_ms, body, extra
FROM inbox WHERE id = :id

-- name: inbox_state
SELECT state, conversation, body IS NOT NULL FROM inbox WHERE id = :id

-- name: inbox_retry
UPDATE inbox SET state = 1, lane = 0, attempts = 0, due_ms = 0, finished_ms = 0, error = '' WHERE id = :id

-- name: inbox_drop
UPDATE inbox SET state = 5, finished_ms = :now_ms WHERE id = :id

-- The oldest few are looked at, and go if they ended long enough ago: no index is kept for what happens once a month.

-- name: inbox_sweep_bodies
UPDATE inbox SET body = NULL, extra = ''
WHERE id IN (SELECT id FROM inbox
             WHERE id > coalesce((SELECT id FROM inbox WHERE body IS NULL ORDER BY id DESC LIMIT 1), 0)
             ORDER BY id LIMIT :limit)
  AND (state = 3 OR state = 4 OR state = 5) AND finished_ms < :before_ms

-- name: inbox_sweep_rows
DELETE FROM inbox
WHERE id IN (SELECT id FROM inbox ORDER BY id LIMIT :limit) AND id < (SELECT max(id) FROM inbox)
  AND (state = 3 OR state = 4 OR state = 5) AND finished_ms < :before_ms AND +body IS NULL
RETURNING state
