-- name: message_add
INSERT INTO messages (conversation, session_id, direction, author, text, payload, event_key, at_ms, sent_ms)
VALUES (:conversation, :session_id, :direction, :author, :text, :payload, :event_key, :at_ms, :sent_ms)

-- name: message_sent
UPDATE messages SET sent_ms = :now_ms WHERE id = :id

-- name: messages_of
SELECT id, conversation, session_id, direction, author, text, payload, event_key, at_ms, sent_ms
FROM messages WHERE conversation = :conversation AND sent_ms >= :sent_from_ms
ORDER BY id DESC LIMIT :limit

-- name: messages_of_session
SELECT id, conversation, session_id, direction, author, text, payload, event_key, at_ms, sent_ms
FROM messages WHERE conversation = :conversation AND session_id = :session_id ORDER BY id
