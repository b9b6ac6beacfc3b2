-- Previews of answers.

-- name: live_message_put
INSERT INTO live_messages (inbox_id, handle) VALUES (:inbox_id, :handle)
ON CONFLICT (inbox_id) DO UPDATE SET handle = excluded.handle

-- name: live_message_get
SELECT handle FROM live_messages WHERE inbox_id = :inbox_id

-- name: live_message_remove
DELETE FROM live_messages WHERE inbox_id = :inbox_id
