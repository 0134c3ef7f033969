-- name: create
INSERT INTO commons.repositories (id, circle, name, folded_name, kind, visibility, description, origin, chain, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT DO NOTHING
RETURNING *

-- name: change
UPDATE commons.repositories SET
    description = coalesce($2, description),
    visibility = coalesce($3, visibility),
    default_branch = coalesce($4, default_branch),
    protected = coalesce($5::text[], protected),
    rule = coalesce($6, rule),
    archived_at = CASE WHEN $7::boolean IS NULL THEN archived_at WHEN $7 THEN coalesce(archived_at, now()) END
WHERE id = $1 AND deleted_at IS NULL
RETURNING *

-- name: delete
UPDATE commons.repositories
SET deleted_at = now(), archived_at = coalesce(archived_at, now()), description = ''
WHERE id = $1 AND deleted_at IS NULL

-- name: by_ids
SELECT * FROM commons.repositories WHERE id = ANY($1::bigint[]) AND deleted_at IS NULL

-- name: get
SELECT * FROM commons.repositories WHERE id = $1 AND deleted_at IS NULL

-- name: named
SELECT * FROM commons.repositories WHERE folded_name = $1 AND deleted_at IS NULL

-- name: of_circle
SELECT * FROM commons.repositories WHERE circle = $1 AND deleted_at IS NULL

-- name: listing
SELECT * FROM commons.repositories WHERE ($1::bigint IS NULL OR id < $1) AND deleted_at IS NULL ORDER BY id DESC LIMIT $2

-- name: circle_of
SELECT circle FROM commons.repositories WHERE id = $1

-- name: held_far
SELECT true FROM commons.grants g JOIN identity.actors a ON a.id = g.holder AND NOT a.local
WHERE g.repository = $1 AND g.revoked_at IS NULL AND (g.until IS NULL OR g.until > now())
LIMIT 1

-- name: page_of
SELECT * FROM commons.repositories
WHERE id < $1 AND id > $2 AND ($3 = '' OR kind = $3) AND deleted_at IS NULL
ORDER BY id DESC
LIMIT $4

-- name: made_by
SELECT * FROM commons.repositories WHERE created_by = $1 AND deleted_at IS NULL ORDER BY id DESC LIMIT 200
