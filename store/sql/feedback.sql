-- name: asked_add
INSERT INTO asked (session_id, number, at_ms, question, kind, class, answer, why)
VALUES (:session_id, :number, :at_ms, :question, :kind, :class, :answer, :why)
ON CONFLICT (session_id, number) DO NOTHING

-- name: asked_vote
UPDATE asked SET vote = :vote, reason = :reason, voted_ms = :voted_ms
WHERE session_id = :session_id AND number = :number

-- name: asked_voted
SELECT id, session_id, number, at_ms, question, kind, class, answer, why, vote, reason, voted_ms
FROM asked WHERE vote <> 0 AND vote = :vote AND voted_ms >= :since_ms ORDER BY voted_ms DESC LIMIT :limit
