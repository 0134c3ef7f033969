-- name: keep
INSERT INTO cooperative.blobs (hash, data)
SELECT hash, data FROM unnest($1::text[], $2::bytea[]) AS b (hash, data)
ORDER BY hash
ON CONFLICT DO NOTHING

-- name: blob
SELECT data FROM cooperative.blobs WHERE hash = $1 AND (seq IS NOT NULL OR NOT $2::boolean)

-- name: fetch
SELECT hash, data FROM cooperative.blobs WHERE hash = ANY($1::text[])

-- name: drafts
SELECT hash FROM cooperative.blobs WHERE seq IS NULL

-- name: named
UPDATE cooperative.blobs AS b
SET seq = n.seq
FROM unnest($1::text[], $2::bigint[]) AS n (hash, seq)
WHERE b.hash = n.hash AND b.seq IS NULL

-- name: forget_drafts
DELETE FROM cooperative.blobs WHERE seq IS NULL AND kept_at < now() - $1::interval
