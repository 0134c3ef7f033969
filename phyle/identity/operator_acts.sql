-- name: insert
INSERT INTO identity.operator_acts (kind, subject, reason) VALUES ($1, $2, $3)

-- name: listing
SELECT id, at, kind, subject, reason
FROM identity.operator_acts
WHERE $1::bigint IS NULL OR id < $1
ORDER BY id DESC
LIMIT $2
