-- name: number
INSERT INTO commons.agreements (id, use, repository) VALUES ($1, $2, $3)
ON CONFLICT (use) DO UPDATE SET use = excluded.use
RETURNING id

-- name: get
SELECT use, repository FROM commons.agreements WHERE id = $1

-- name: told
UPDATE commons.agreements SET told = $2 WHERE use = $1 AND told <> $2 RETURNING id

-- name: declare
INSERT INTO commons.declarations (id, uri, actor, home, origin, act, kind, payload) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: declarations_by_uri
SELECT uri FROM commons.declarations WHERE uri = ANY($1::text[])

-- name: declaration
SELECT * FROM commons.declarations WHERE uri = $1

-- name: own_declaration
SELECT * FROM commons.declarations WHERE id = $1 AND actor = $2

-- name: declarations_of
SELECT * FROM commons.declarations WHERE actor = $1 AND id < $2 AND id > $3 ORDER BY id DESC LIMIT $4

-- name: answered
UPDATE commons.declarations
SET state = $2, reason = $3, agreement = coalesce($4, agreement), receipt = coalesce($5, receipt)
WHERE uri = $1

-- name: keep
INSERT INTO commons.uses_elsewhere (id, uri, repository, home, name, phase, document)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (uri) DO UPDATE
SET name = excluded.name, phase = excluded.phase, document = excluded.document, changed_at = now()
WHERE commons.uses_elsewhere.home = excluded.home

-- name: concerns
SELECT EXISTS (SELECT FROM commons.repositories WHERE chain @> $1::jsonb)
       OR EXISTS (SELECT FROM commons.declarations WHERE agreement = $2)

-- name: elsewhere
SELECT * FROM commons.uses_elsewhere WHERE id < $1 AND id > $2 ORDER BY id DESC LIMIT $3

-- name: elsewhere_of
SELECT * FROM commons.uses_elsewhere WHERE repository = ANY($1::text[]) ORDER BY id DESC LIMIT $2

-- name: elsewhere_by
SELECT * FROM commons.uses_elsewhere WHERE lower(name COLLATE "C") = lower($4::text COLLATE "C") AND id < $1 AND id > $2 ORDER BY id DESC LIMIT $3

-- name: forks_of
SELECT id FROM commons.repositories WHERE origin = $1 AND deleted_at IS NULL ORDER BY id
