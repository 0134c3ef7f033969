-- name: make
INSERT INTO commons.errands (id, actor, uri, deed, ticket, until, method, words)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *

-- name: get
SELECT * FROM commons.errands WHERE id = $1

-- name: by_uri
SELECT * FROM commons.errands WHERE uri = $1

-- name: of
SELECT * FROM commons.errands WHERE actor = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3

-- name: found
UPDATE commons.errands SET target = $2, title = $3 WHERE id = $1 AND state = 'sent' RETURNING *

-- name: settle
UPDATE commons.errands SET state = $2, reason = $3 WHERE id = $1 AND state = 'sent' RETURNING *
