-- name: conversation_get
SELECT id, platform, workspace, user, bots, bots_known, address, opening, taken_over, silent_until_ms, updated_ms
FROM conversations WHERE id = :id

-- name: conversation_put
INSERT OR REPLACE INTO conversations (id, platform, workspace, user, bots, bots_known, address, opening, taken_over,
                                      silent_until_ms, updated_ms)
VALUES (:id, :platform, :workspace, :user, :bots, :bots_known, :address, :opening, :taken_over, :silent_until_ms,
        :updated_ms)
