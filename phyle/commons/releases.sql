-- name: publish
INSERT INTO commons.releases (id, repository, tag, oid, title, source, author, missing)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (repository, tag) DO NOTHING
RETURNING *

-- name: get
SELECT * FROM commons.releases WHERE id = $1

-- name: tagged
SELECT * FROM commons.releases WHERE repository = $1 AND tag = $2

-- name: of
SELECT * FROM commons.releases WHERE repository = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3

-- name: set_post
UPDATE commons.releases SET post = $2 WHERE id = $1 RETURNING *

-- name: edit
UPDATE commons.releases SET title = $2, source = $3 WHERE id = $1 RETURNING *
