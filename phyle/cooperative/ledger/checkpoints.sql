-- name: alone
SELECT pg_advisory_xact_lock(1347963211)

-- name: behind
SELECT coalesce((SELECT max(seq) + 1 FROM cooperative.entries), 0)
    > coalesce((SELECT max(size) FROM cooperative.checkpoints WHERE origin = $1), 0)

-- name: settled
-- Size and time of the ledger and what is due next, as they are at one moment.
SELECT (c.value ->> 'seq')::bigint AS size, (c.value ->> 'at')::bigint AS at,
    (SELECT (a.value -> 'items' -> 0 ->> 0)::bigint FROM cooperative.slices a WHERE a.kind = 'agenda' AND a.id = '') AS due
FROM cooperative.slices c WHERE c.kind = 'clock' AND c.id = ''

-- name: replaced
SELECT public, secret FROM cooperative.keys
WHERE purpose = 'log' AND retired_at > now() - interval '90 days' ORDER BY retired_at DESC LIMIT 1

-- name: log_keys
SELECT public FROM cooperative.keys WHERE purpose = 'log' ORDER BY id DESC

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
