-- Replies.  0 waiting, 1 ready, 2 running, 3 sent, 4 dead, 5 dropped, 6 held, 7 following; see inbox.sql for why they are
-- literals.

-- name: outbox_add
INSERT INTO outbox (idempotency_key, conversation, platform, pace_key, request_id, session_id, inbox_id, message_id,
                    pause_ms, event_received_ms, created_ms, state, due_ms, payload)
VALUES (:idempotency_key, :conversation, :platform, :pace_key, :request_id, :session_id, :inbox_id, :message_id,
        :pause_ms, :event_received_ms, :now_ms,
        NOT EXISTS (SELECT 1 FROM outbox WHERE conversation = :conversation AND (state = 2 OR state = 6)), 0, :payload)

-- name: outbox_held
SELECT id, claims, attempts, conversation, platform, idempotency_key, pace_key, request_id, pause_ms, session_id, inbox_id,
       message_id, event_received_ms, payload, slot_ms
FROM outbox WHERE (state = 1 OR state = 6) AND platform = :platform AND due_ms > 0 AND due_ms <= :now_ms
ORDER BY due_ms, id LIMIT :limit

-- name: outbox_ready
SELECT id, claims, attempts, conversation, platform, idempotency_key, pace_key, request_id, pause_ms, session_id, inbox_id,
       message_id, event_received_ms, payload, slot_ms
FROM outbox WHERE (state = 1 OR state = 6) AND platform = :platform AND due_ms = 0 ORDER BY id LIMIT :limit

-- name: outbox_followers
SELECT id, claims, attempts, conversation, platform, idempotency_key, pace_key, request_id, pause_ms, session_id, inbox_id,
       message_id, event_received_ms, payload, slot_ms
FROM outbox
WHERE id > :id AND id <= :id + :limit AND (state = 0 OR state = 1) AND conversation = :conversation AND pause_ms = 0 ORDER BY id

-- name: outbox_claim
UPDATE OR IGNORE outbox SET state = 2, claims = claims + 1, attempts = attempts + 1 WHERE id = :id

-- name: outbox_follow
UPDATE outbox SET state = 7, claims = claims + 1, attempts = attempts + 1 WHERE id = :id

-- name: outbox_pause
UPDATE OR IGNORE outbox SET state = 6, due_ms = :now_ms + pause_ms WHERE id = :id

-- name: outbox_wait
UPDATE outbox SET state = 0 WHERE id = :id

-- name: outbox_end
UPDATE outbox SET state = :state, finished_ms = :now_ms, receipt = :receipt, error = :error
WHERE id = :id AND claims = :claim AND (state = 2 OR state = 7)

-- name: outbox_next
SELECT id FROM outbox
WHERE id = (SELECT id FROM outbox
            WHERE conversation = :conversation AND (state = 0 OR state = 4 OR state = 5 OR state = 7) AND (state = 0 OR state = 7) ORDER BY id LIMIT 1)
  AND state = 0 AND NOT EXISTS (SELECT 1 FROM outbox WHERE conversation = :conversation AND (state = 2 OR state = 6))

-- name: outbox_make_ready
UPDATE outbox SET state = 1, due_ms = 0 WHERE id = :id

-- name: outbox_later
UPDATE outbox SET state = 6, due_ms = :due_ms, slot_ms = :slot_ms, error = :error, attempts = attempts - :free
WHERE id = :id AND claims = :claim AND (state = 2 OR state = 7)

-- name: outbox_give_back
UPDATE outbox SET state = 0, attempts = attempts - 1 WHERE id = :id AND claims = :claim AND state = 7

-- name: outbox_recover
UPDATE outbox SET state = 6, due_ms = :now_ms WHERE (state = 2 OR state = 6) AND state = 2

-- name: outbox_recover_waiting
UPDATE outbox SET state = 1, due_ms = 0 WHERE (state = 0 OR state = 4 OR state = 5 OR state = 7) AND (state = 0 OR state = 7)

-- name: outbox_set_back
UPDATE outbox SET due_ms = due_ms - :by_ms WHERE (state = 2 OR state = 6) AND state = 6 AND due_ms > :now_ms

-- name: outbox_next_due
SELECT due_ms FROM outbox WHERE (state = 1 OR state = 6) AND platform = :platform AND due_ms > 0 ORDER BY due_ms, id LIMIT 1

-- name: outbox_list
SELECT id, conversation, platform, idempotency_key, pace_key, request_id, pause_ms, session_id, inbox_id, message_id,
       event_received_ms, state, attempts, created_ms, due_ms, finished_ms, receipt, error
FROM outbox
WHERE id IN (SELECT id FROM outbox WHERE (state = 1 OR state = 6) UNION SELECT id FROM outbox WHERE (state = 2 OR state = 6)
             UNION SELECT id FROM outbox WHERE (state = 0 OR state = 4 OR state = 5 OR state = 7))
  AND CASE state WHEN 7 THEN 2 ELSE state END = :state AND id > :after_id
ORDER BY id LIMIT :limit

-- name: outbox_list_sent
SELECT id, conversation, platform, idempotency_key, pace_key, request_id, pause_ms, session_id, inbox_id, message_id,
       event_received_ms, state, attempts, created_ms, due_ms, finished_ms, receipt, error
FROM outbox WHERE state = 3 AND id > :after_id ORDER BY id LIMIT :limit

-- name: outbox_show
SELECT id, conversation, platform, idempotency_key, pace_key, request_id, pause_ms, session_id, inbox_id, message_id,
       event_received_ms, state, attempts, created_ms, due_ms, finished_ms, receipt, error, payload
FROM outbox WHERE id = :id

-- name: outbox_state
SELECT state, conversation, payload IS NOT NULL FROM outbox WHERE id = :id

-- name: outbox_retry
UPDATE outbox SET state = 1, attempts = 0, due_ms = 0, pause_ms = 0, finished_ms = 0, error = '' WHERE id = :id

-- name: outbox_drop
UPDATE outbox SET state = 5, finished_ms = :now_ms WHERE id = :id

-- name: outbox_sweep_bodies
UPDATE outbox SET payload = NULL
WHERE id IN (SELECT id FROM outbox
             WHERE id > coalesce((SELECT id FROM outbox WHERE payload IS NULL ORDER BY id DESC LIMIT 1), 0)
             ORDER BY id LIMIT :limit)
  AND (state = 3 OR state = 4 OR state = 5) AND finished_ms < :before_ms

-- name: outbox_sweep_rows
DELETE FROM outbox
WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT :limit) AND id < (SELECT max(id) FROM outbox)
  AND (state = 3 OR state = 4 OR state = 5) AND finished_ms < :before_ms AND +payload IS NULL
RETURNING state
