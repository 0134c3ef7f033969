-- name: keep
INSERT INTO commons.held_grants (id, uri, repository, holder, role, until)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (uri) DO NOTHING

-- name: revoke
UPDATE commons.held_grants SET revoked_at = now() WHERE uri = $1 AND repository = $2 AND revoked_at IS NULL

-- name: of
SELECT * FROM commons.held_grants
WHERE holder = $1 AND repository = $2 AND revoked_at IS NULL AND (until IS NULL OR until > now())
ORDER BY role = 'maintainer' DESC, id DESC
LIMIT 1

-- name: mine
SELECT * FROM commons.held_grants
WHERE holder = $1 AND revoked_at IS NULL AND (until IS NULL OR until > now())
ORDER BY id DESC
LIMIT 1000

-- name: leave
UPDATE commons.held_grants SET revoked_at = now() WHERE holder = $1 AND repository = $2 AND revoked_at IS NULL
