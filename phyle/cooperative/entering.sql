-- name: wish
-- What somebody has asked for already stays as it is, but for where they want to go.
INSERT INTO cooperative.entrances (actor, next, expires_at) VALUES ($1, $2, now() + $3::interval)
ON CONFLICT (actor) DO UPDATE
SET next = excluded.next,
    expires_at = CASE WHEN entrances.request IS NULL THEN excluded.expires_at ELSE entrances.expires_at END

-- name: confirm
INSERT INTO cooperative.entrances (actor, request, expires_at) VALUES ($1, $2, now() + $3::interval)
ON CONFLICT (actor) DO UPDATE
SET next = CASE WHEN entrances.expires_at > now() THEN entrances.next ELSE '' END,
    request = excluded.request, token_hash = NULL, expires_at = excluded.expires_at

-- name: asked_by
SELECT request FROM cooperative.entrances WHERE actor = $1 AND expires_at > now()

-- name: link
UPDATE cooperative.entrances SET token_hash = $2 WHERE actor = $1 AND request IS NOT NULL AND expires_at > now()

-- name: entrance
SELECT actor, next FROM cooperative.entrances WHERE token_hash = $1 AND expires_at > now()

-- name: use
DELETE FROM cooperative.entrances WHERE token_hash = $1 AND expires_at > now() RETURNING actor, next, request

-- name: keep_key
INSERT INTO cooperative.session_keys (public, member, secret, until) VALUES ($1, $2, $3, $4)

-- name: key
SELECT secret FROM cooperative.session_keys WHERE public = $1 AND member = $2

-- name: forget_key
DELETE FROM cooperative.session_keys WHERE public = $1

-- name: forget_entrances
DELETE FROM cooperative.entrances WHERE expires_at < now()

-- name: forget_keys
DELETE FROM cooperative.session_keys WHERE until < $1
