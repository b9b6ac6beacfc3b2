-- Events.  0 waiting, 1 ready, 2 running, 3 done, 4 dead, 5 dropped: the states stand here as literals, because a partial
-- index is only used where its condition is repeated word for word.

-- name: inbox_record
INSERT INTO inbox (event_key, platform, conversation, kind, type, request_id, state, due_ms, received_ms)
VALUES (:event_key, :platform, :conversation, :kind, :type, :request_id,
        NOT EXISTS (SELECT 1 FROM inbox WHERE conversation = :conversation AND state IN (1, 2)), :received_ms, :received_ms)
ON CONFLICT (event_key) DO NOTHING

-- name: inbox_record_body
INSERT INTO inbox_bodies (id, body) VALUES (:id, :body)

-- name: inbox_claimable
SELECT i.id, i.claims, i.attempts, i.fetched, i.event_key, i.conversation, i.kind, i.received_ms, i.platform, i.type,
       i.request_id, b.body, b.extra
FROM inbox AS i LEFT JOIN inbox_bodies AS b ON b.id = i.id
WHERE i.state = 1 AND i.lane = :lane AND i.due_ms <= :now_ms
ORDER BY i.due_ms, i.id LIMIT :limit

-- name: inbox_claim
UPDATE inbox SET state = 2, claims = claims + 1, attempts = attempts + 1, lease_until_ms = :lease_until_ms WHERE id = :id

-- name: inbox_end
UPDATE inbox SET state = :state, finished_ms = :now_ms, error = :error
WHERE id = :id AND claims = :claim AND state = 2
RETURNING conversation

-- name: inbox_next
UPDATE inbox SET state = 1
WHERE id = (SELECT id FROM inbox WHERE conversation = :conversation AND state = 0 ORDER BY id LIMIT 1)
  AND NOT EXISTS (SELECT 1 FROM inbox WHERE conversation = :conversation AND state IN (1, 2))

-- name: inbox_later
UPDATE inbox SET state = 1, due_ms = :due_ms, error = :error WHERE id = :id AND claims = :claim AND state = 2

-- name: inbox_park
UPDATE inbox SET state = 1, lane = 1, attempts = 0, due_ms = :now_ms WHERE id = :id AND claims = :claim AND state = 2

-- name: inbox_unpark
UPDATE inbox
SET lane = 0, attempts = 0, due_ms = :now_ms, fetched = fetched | :asked,
    conversation = CASE WHEN :conversation = '' THEN conversation ELSE :conversation END,
    state = NOT EXISTS (SELECT 1 FROM inbox AS other
                        WHERE other.conversation = :conversation AND other.state IN (1, 2) AND other.id <> :id)
WHERE id = :id AND claims = :claim AND state = 2

-- name: inbox_set_extra
UPDATE inbox_bodies SET extra = :extra WHERE id = :id

-- name: inbox_recover
UPDATE inbox SET state = 1, due_ms = min(due_ms, :now_ms) WHERE state = 2 AND state <> 3

-- name: inbox_set_back
UPDATE inbox SET due_ms = due_ms - :by_ms WHERE state < 3 AND state <> 3 AND due_ms > :now_ms

-- name: inbox_requeue_expired
UPDATE inbox SET state = 1
WHERE id IN (SELECT id FROM inbox WHERE state = 2 AND state <> 3 AND lease_until_ms <= :now_ms ORDER BY id LIMIT :limit)

-- name: inbox_next_due
SELECT due_ms FROM inbox WHERE state = 1 AND lane = :lane ORDER BY due_ms, id LIMIT 1

-- name: inbox_next_expiry
SELECT coalesce(min(lease_until_ms), 9223372036854775807) FROM inbox WHERE state = 2 AND state <> 3

-- name: inbox_list
SELECT id, event_key, platform, conversation, kind, type, request_id, error, state, lane, attempts, received_ms, due_ms,
       finished_ms
FROM inbox INDEXED BY inbox_open WHERE state = :state AND state <> 3 AND id > :after_id ORDER BY id LIMIT :limit

-- name: inbox_list_done
SELECT id, event_key, platform, conversation, kind, type, request_id, error, state, lane, attempts, received_ms, due_ms,
       finished_ms
FROM inbox WHERE state = 3 AND id > :after_id ORDER BY id LIMIT :limit

-- name: inbox_show
SELECT i.id, i.event_key, i.platform, i.conversation, i.kind, i.type, i.request_id, i.error, i.state, i.lane, i.attempts,
       i.received_ms, i.due_ms, i.finished_ms, b.body, b.extra
FROM inbox AS i LEFT JOIN inbox_bodies AS b ON b.id = i.id WHERE i.id = :id

-- name: inbox_state
SELECT state, conversation, has_body FROM inbox WHERE id = :id

-- name: inbox_retry
UPDATE inbox
SET lane = 0, attempts = 0, due_ms = :now_ms, finished_ms = 0, error = '',
    state = NOT EXISTS (SELECT 1 FROM inbox AS other
                        WHERE other.conversation = inbox.conversation AND other.state IN (1, 2))
WHERE id = :id AND state = 4

-- name: inbox_drop
UPDATE inbox SET state = 5, finished_ms = :now_ms WHERE id = :id

-- name: inbox_sweep_bodies
DELETE FROM inbox_bodies
WHERE id IN (SELECT id FROM inbox WHERE state >= 3 AND has_body = 1 AND finished_ms < :before_ms
             ORDER BY finished_ms, id LIMIT :limit)

-- name: inbox_sweep_marks
UPDATE inbox SET has_body = 0
WHERE id IN (SELECT id FROM inbox WHERE state >= 3 AND has_body = 1 AND finished_ms < :before_ms
             ORDER BY finished_ms, id LIMIT :limit)

-- name: inbox_sweep_keys
DELETE FROM inbox
WHERE id IN (SELECT id FROM inbox WHERE state >= 3 AND has_body = 0 AND finished_ms < :before_ms
             ORDER BY finished_ms, id LIMIT :limit)
RETURNING state
