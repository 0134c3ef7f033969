-- name: remember
-- The address is asked for only of ours; of others, who may send as many as they like, the key is enough.
INSERT INTO federation.tombstones (key, uri, former, local)
VALUES ($1, CASE WHEN $4 THEN $2 ELSE '' END, $3, $4)
ON CONFLICT DO NOTHING

-- name: any_of
SELECT true FROM federation.tombstones
WHERE key = ANY($1::bytea[]) AND ($2::interval IS NULL OR deleted_at > now() - $2)
LIMIT 1

-- name: of_ours
SELECT former, deleted_at FROM federation.tombstones WHERE uri = $1 AND local
