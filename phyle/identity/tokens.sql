-- name: insert
INSERT INTO identity.tokens (id, token_hash, application, actor, scopes, name)
VALUES ($1, $2, $3, $4, $5, $6)
RETURNING created_at

-- name: by_hash
SELECT id, application, actor, revoked_at FROM identity.tokens WHERE token_hash = $1

-- name: revoke
UPDATE identity.tokens SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING actor

-- name: held
SELECT t.id, coalesce(t.name, a.name) AS name, a.website, t.scopes, t.created_at, t.name IS NOT NULL AS password
FROM identity.tokens t
LEFT JOIN identity.applications a ON a.id = t.application
WHERE t.actor = $1 AND t.revoked_at IS NULL
ORDER BY t.id DESC
LIMIT $2

-- name: is_held
SELECT true FROM identity.tokens WHERE id = $1 AND actor = $2 AND revoked_at IS NULL
