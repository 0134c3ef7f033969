-- name: alone
SELECT pg_advisory_xact_lock(1347963211)

-- name: behind
SELECT coalesce((SELECT max(seq) + 1 FROM cooperative.entries), 0)
    > coalesce((SELECT max(c.size) FROM cooperative.checkpoints c WHERE c.origin = k.origin), 0)
FROM cooperative.keys k WHERE k.purpose = 'log' AND k.retired_at IS NULL

-- name: publish
INSERT INTO cooperative.checkpoints (origin, size, root, note) VALUES ($1, $2, $3, $4)

-- name: newest
SELECT origin, size, note FROM cooperative.checkpoints WHERE origin = $1 ORDER BY size DESC LIMIT 1

-- name: cosigned
SELECT origin, size, note FROM cooperative.checkpoints c WHERE origin = $1
    AND size = (SELECT max(s.size) FROM cooperative.cosignatures s WHERE s.origin = $1)

-- name: covering
SELECT origin, size, note FROM cooperative.checkpoints WHERE origin = $1 AND size >= $2 ORDER BY size LIMIT 1

-- name: cosignatures
SELECT name, key_id, data FROM cooperative.cosignatures WHERE origin = $1 AND size = $2 ORDER BY seconds, name

-- name: keep_cosignature
INSERT INTO cooperative.cosignatures (origin, size, name, key_id, data, seconds) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING
