-- name: begin
INSERT INTO identity.guests (id, token_hash, actor, expires_at) VALUES ($1, $2, $3, now() + $4::interval)
ON CONFLICT (actor) DO UPDATE
SET id = excluded.id, token_hash = excluded.token_hash, created_at = now(), expires_at = excluded.expires_at

-- name: end
DELETE FROM identity.guests WHERE token_hash = $1

-- name: end_session
DELETE FROM identity.sessions WHERE token_hash = $1

-- name: leave
DELETE FROM identity.guests WHERE actor = $1

-- name: by_secret
SELECT a.*, g.id AS session
FROM identity.guests g
JOIN identity.actors a ON a.id = g.actor
WHERE g.token_hash = $1 AND g.expires_at > now() AND a.suspended_at IS NULL AND a.deleted_at IS NULL
