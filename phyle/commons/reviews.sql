-- name: give
INSERT INTO commons.reviews (id, ticket, version, reviewer, verdict, source) VALUES ($1, $2, $3, $4, $5, $6) RETURNING *

-- name: of
SELECT * FROM commons.reviews WHERE ticket = $1 ORDER BY id

-- name: mark
UPDATE commons.reviews SET decided = true WHERE id = ANY($1::bigint[])

-- name: get
SELECT * FROM commons.reviews WHERE id = $1
