-- name: insert
INSERT INTO identity.tokens (id, token_hash, application, actor, scopes)
VALUES ($1, $2, $3, $4, $5)
RETURNING created_at

-- name: by_hash
SELECT id, application, actor, revoked_at FROM identity.tokens WHERE token_hash = $1

-- name: revoke
UPDATE identity.tokens SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING actor
