-- Replies.  0 waiting, 1 ready, 2 running, 3 sent, 4 dead, 5 dropped; see inbox.sql for why they are literals.

-- name: outbox_add
INSERT INTO outbox (idempotency_key, conversation, platform, pace_key, request_id, session_id, inbox_id, message_id,
                    pause_ms, event_received_ms, created_ms, state, due_ms)
SELECT :idempotency_key, :conversation, :platform, :pace_key, :request_id, :session_id, :inbox_id, :message_id,
       :pause_ms, :event_received_ms, :now_ms, first, :now_ms + CASE WHEN first THEN :pause_ms ELSE 0 END
FROM (SELECT NOT EXISTS (SELECT 1 FROM outbox WHERE conversation = :conversation AND state IN (1, 2)) AS first)

-- name: outbox_add_payload
INSERT INTO outbox_payloads (id, payload) VALUES (:id, :payload)

-- name: outbox_claimable
SELECT o.id, o.claims, o.attempts, o.conversation, o.platform, o.idempotency_key, o.pace_key, o.request_id, o.pause_ms,
       o.session_id, o.inbox_id, o.message_id, o.event_received_ms, p.payload
FROM outbox AS o LEFT JOIN outbox_payloads AS p ON p.id = o.id
WHERE o.state = 1 AND o.platform = :platform AND o.due_ms <= :now_ms
ORDER BY o.due_ms, o.id LIMIT :limit

-- name: outbox_claim
UPDATE outbox SET state = 2, claims = claims + 1, attempts = attempts + 1 WHERE id = :id

-- name: outbox_end
UPDATE outbox SET state = :state, finished_ms = :now_ms, receipt = :receipt, error = :error
WHERE id = :id AND claims = :claim AND state = 2
RETURNING conversation, message_id

-- name: outbox_next
UPDATE outbox SET state = 1, due_ms = max(due_ms, :now_ms + pause_ms)
WHERE id = (SELECT id FROM outbox WHERE conversation = :conversation AND state = 0 ORDER BY id LIMIT 1)
  AND NOT EXISTS (SELECT 1 FROM outbox WHERE conversation = :conversation AND state IN (1, 2))

-- name: outbox_later
UPDATE outbox SET state = 1, due_ms = :due_ms, error = :error, attempts = attempts - :free
WHERE id = :id AND claims = :claim AND state = 2

-- name: outbox_recover
UPDATE outbox SET state = 1, due_ms = min(due_ms, :now_ms) WHERE state = 2 AND state <> 3

-- name: outbox_set_back
UPDATE outbox SET due_ms = due_ms - :by_ms WHERE state < 3 AND state <> 3 AND due_ms > :now_ms

-- name: outbox_next_due
SELECT due_ms FROM outbox WHERE state = 1 AND platform = :platform ORDER BY due_ms, id LIMIT 1

-- name: outbox_list
SELECT id, conversation, platform, idempotency_key, pace_key, request_id, pause_ms, session_id, inbox_id, message_id,
       event_received_ms, state, attempts, created_ms, due_ms, finished_ms, receipt, error
FROM outbox INDEXED BY outbox_open WHERE state = :state AND state <> 3 AND id > :after_id ORDER BY id LIMIT :limit

-- name: outbox_list_sent
SELECT id, conversation, platform, idempotency_key, pace_key, request_id, pause_ms, session_id, inbox_id, message_id,
       event_received_ms, state, attempts, created_ms, due_ms, finished_ms, receipt, error
FROM outbox WHERE state = 3 AND id > :after_id ORDER BY id LIMIT :limit

-- name: outbox_show
SELECT o.id, o.conversation, o.platform, o.idempotency_key, o.pace_key, o.request_id, o.pause_ms, o.session_id,
       o.inbox_id, o.message_id, o.event_received_ms, o.state, o.attempts, o.created_ms, o.due_ms, o.finished_ms,
       o.receipt, o.error, p.payload
FROM outbox AS o LEFT JOIN outbox_payloads AS p ON p.id = o.id WHERE o.id = :id

-- name: outbox_state
SELECT state, conversation, has_payload FROM outbox WHERE id = :id

-- name: outbox_retry
UPDATE outbox
SET attempts = 0, due_ms = :now_ms, finished_ms = 0, error = '',
    state = NOT EXISTS (SELECT 1 FROM outbox AS other
                        WHERE other.conversation = outbox.conversation AND other.state IN (1, 2))
WHERE id = :id AND state = 4

-- name: outbox_drop
UPDATE outbox SET state = 5, finished_ms = :now_ms WHERE id = :id

-- name: outbox_sweep_payloads
DELETE FROM outbox_payloads
WHERE id IN (SELECT id FROM outbox WHERE state >= 3 AND has_payload = 1 AND finished_ms < :before_ms
             ORDER BY finished_ms, id LIMIT :limit)

-- name: outbox_sweep_marks
UPDATE outbox SET has_payload = 0
WHERE id IN (SELECT id FROM outbox WHERE state >= 3 AND has_payload = 1 AND finished_ms < :before_ms
             ORDER BY finished_ms, id LIMIT :limit)

-- name: outbox_sweep_rows
DELETE FROM outbox
WHERE id IN (SELECT id FROM outbox WHERE state >= 3 AND has_payload = 0 AND finished_ms < :before_ms
             ORDER BY finished_ms, id LIMIT :limit)
RETURNING state
