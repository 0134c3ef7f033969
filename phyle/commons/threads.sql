-- name: add_remark
INSERT INTO commons.remarks (id, ticket, author, source) VALUES ($1, $2, $3, $4) RETURNING *

-- name: remarks
SELECT * FROM commons.remarks WHERE ticket = $1 ORDER BY id LIMIT $2
