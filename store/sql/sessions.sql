-- Sessions.  1 waiting, 2 done, 4 handed over, 5 expired, 6 replaced; see inbox.sql for why they are literals.

-- name: session_waiting
SELECT id, conversation, opening, platform, user, flow, flow_version, locale, profile, data, state, started_ms,
       updated_ms, expires_ms, remind_ms, digest, route
FROM sessions WHERE conversation = :conversation AND state = 1

-- name: session_by_opening
SELECT id, conversation, opening, platform, user, flow, flow_version, locale, profile, data, state, started_ms,
       updated_ms, expires_ms, remind_ms, digest, route
FROM sessions WHERE conversation = :conversation AND opening = :opening AND opening <> ''

-- name: session_by_id
SELECT id, conversation, opening, platform, user, flow, flow_version, locale, profile, data, state, started_ms,
       updated_ms, expires_ms, remind_ms, digest, route
FROM sessions WHERE id = :id

-- name: session_last_completed
SELECT id, conversation, opening, platform, user, flow, flow_version, locale, profile, data, state, started_ms,
       updated_ms, expires_ms, remind_ms, digest, route
FROM sessions WHERE user = :user AND platform = :platform AND flow = :flow AND (state = 2 OR state = 4)
ORDER BY updated_ms DESC, id DESC LIMIT 1

-- name: session_waiting_id
SELECT id FROM sessions WHERE conversation = :conversation AND state = 1

-- name: session_replace
UPDATE sessions SET state = 6, updated_ms = :now_ms WHERE id = :id

-- name: session_insert
INSERT INTO sessions (conversation, opening, platform, user, flow, flow_version, locale, profile, data, state,
                      started_ms, updated_ms, expires_ms, remind_ms, digest, route)
VALUES (:conversation, :opening, :platform, :user, :flow, :flow_version, :locale, :profile, :data, :state, :started_ms,
        :updated_ms, :expires_ms, :remind_ms, :digest, :route)

-- name: session_update
UPDATE sessions
SET user = :user, flow_version = :flow_version, locale = :locale, profile = :profile, data = :data, state = :state,
    updated_ms = :updated_ms, expires_ms = :expires_ms, remind_ms = :remind_ms, digest = :digest
WHERE id = :id AND state = 1

-- name: sessions_due
SELECT id, conversation, opening, platform, user, flow, flow_version, locale, '', '', 5, started_ms, :now_ms, expires_ms, 0, 0, ''
FROM sessions WHERE state = 1 AND expires_ms > 0 AND expires_ms <= :now_ms ORDER BY expires_ms LIMIT :limit

-- name: session_expire
UPDATE sessions SET state = 5, updated_ms = :now_ms WHERE id = :id

-- name: sessions_next_expiry
SELECT expires_ms FROM sessions WHERE state = 1 AND expires_ms > 0 ORDER BY expires_ms LIMIT 1

-- name: sessions_to_remind
SELECT id, conversation, opening, platform, user, flow, flow_version, locale, '', '', state, started_ms, updated_ms,
       expires_ms, remind_ms, 0, ''
FROM sessions WHERE state = 1 AND remind_ms > 0 AND remind_ms <= :now_ms ORDER BY remind_ms LIMIT :limit

-- name: session_reminded
UPDATE sessions SET remind_ms = 0 WHERE id = :id

-- name: sessions_next_reminder
SELECT remind_ms FROM sessions WHERE state = 1 AND remind_ms > 0 ORDER BY remind_ms LIMIT 1

-- name: sessions_waiting_of
SELECT id, conversation, opening, platform, user, flow, flow_version, locale, profile, data, state, started_ms,
       updated_ms, expires_ms, remind_ms, digest, route
FROM sessions WHERE state = 1 AND flow = :flow

-- name: session_move
UPDATE sessions SET flow_version = :to, digest = 0
WHERE id = :id AND state = 1 AND flow_version = :from AND updated_ms = :updated_ms

-- The past, for people at the command line: whole tables are read, no index is kept for it.

-- name: sessions_between
SELECT id, conversation, opening, platform, user, flow, flow_version, locale, profile, data, state, started_ms,
       updated_ms, expires_ms, remind_ms, digest
FROM sessions
WHERE id > :after_id AND started_ms >= :since_ms AND started_ms < :until_ms AND (:flow = '' OR flow = :flow)
ORDER BY id LIMIT :limit

-- name: sessions_count_between
SELECT count(*) FROM sessions
WHERE started_ms >= :since_ms AND started_ms < :until_ms AND (:flow = '' OR flow = :flow)

-- name: sessions_newest
SELECT id, conversation, opening, platform, user, flow, flow_version, locale, profile, data, state, started_ms,
       updated_ms, expires_ms, remind_ms, digest
FROM sessions WHERE :name = '' OR conversation = :name OR user = :name ORDER BY id DESC LIMIT :limit

-- name: session_completed_before
SELECT id, conversation, opening, platform, user, flow, flow_version, locale, profile, data, state, started_ms,
       updated_ms, expires_ms, remind_ms, digest
FROM sessions
WHERE user = :user AND platform = :platform AND flow = :flow AND (state = 2 OR state = 4) AND updated_ms <= :before_ms
  AND id <> :id
ORDER BY updated_ms DESC, id DESC LIMIT 1
