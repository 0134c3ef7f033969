-- name: create
INSERT INTO commons.repositories (id, circle, name, folded_name, kind, visibility, description, origin, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
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
WHERE id = $1
RETURNING *

-- name: get
SELECT * FROM commons.repositories WHERE id = $1

-- name: named
SELECT * FROM commons.repositories WHERE folded_name = $1

-- name: of_circle
SELECT * FROM commons.repositories WHERE circle = $1

-- name: listing
SELECT * FROM commons.repositories WHERE $1::bigint IS NULL OR id < $1 ORDER BY id DESC LIMIT $2
