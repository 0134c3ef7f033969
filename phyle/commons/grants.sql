-- name: give
INSERT INTO commons.grants (id, repository, holder, role, given_by, until)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING
RETURNING *

-- name: expire
UPDATE commons.grants SET revoked_at = until
WHERE repository = $1 AND holder = $2 AND revoked_at IS NULL AND until <= now()

-- name: revoke
UPDATE commons.grants SET revoked_at = now(), revoked_by = $2, reason = $3
WHERE id = $1 AND revoked_at IS NULL
RETURNING *

-- name: get
SELECT * FROM commons.grants WHERE id = $1

-- name: of
SELECT * FROM commons.grants
WHERE repository = $1 AND revoked_at IS NULL AND (until IS NULL OR until > now())
ORDER BY id

-- name: role
SELECT role FROM commons.grants
WHERE holder = $2 AND repository = $1 AND revoked_at IS NULL AND (until IS NULL OR until > now())
ORDER BY role = 'maintainer' DESC
LIMIT 1

-- name: held
SELECT * FROM commons.grants
WHERE holder = $2 AND repository = $1 AND revoked_at IS NULL AND (until IS NULL OR until > now())
ORDER BY role = 'maintainer' DESC
LIMIT 1

-- name: by_holder
SELECT g.* FROM commons.grants g
JOIN commons.repositories r ON r.id = g.repository AND r.deleted_at IS NULL
WHERE g.holder = $1 AND g.revoked_at IS NULL AND (g.until IS NULL OR g.until > now())
ORDER BY g.id DESC
LIMIT 1000

-- name: hold
SELECT id FROM commons.repositories WHERE id = $1 FOR UPDATE

-- name: maintainers
SELECT count(*) FROM commons.grants g
JOIN identity.actors a ON a.id = g.holder AND a.deleted_at IS NULL
WHERE g.repository = $1 AND g.role = 'maintainer' AND g.revoked_at IS NULL AND (g.until IS NULL OR g.until > now())

-- name: maintained
SELECT true FROM commons.grants WHERE repository = $1 AND holder = $2 AND role = 'maintainer' LIMIT 1
