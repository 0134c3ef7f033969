-- name: insert
INSERT INTO identity.operator_acts (kind, subject, reason) VALUES ($1, $2, $3) RETURNING id

-- name: listing
SELECT id, at, kind, subject, reason
FROM identity.operator_acts
WHERE $1::bigint IS NULL OR id < $1
ORDER BY id DESC
LIMIT $2

-- name: by_id
SELECT id, at, kind, subject, reason FROM identity.operator_acts WHERE id = $1
