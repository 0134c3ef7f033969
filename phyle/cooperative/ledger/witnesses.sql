-- name: watch
INSERT INTO cooperative.logs (origin, hash, host, vkeys) VALUES ($1, $2, $3, $4)
ON CONFLICT (origin) DO NOTHING

-- name: by_origin
SELECT id, origin, hash, host, vkeys, size, root, note, mirrored, blobs, bytes AS volume FROM cooperative.logs WHERE origin = $1

-- name: by_hash
SELECT id, origin, hash, host, vkeys, size, root, note, mirrored, blobs, bytes AS volume FROM cooperative.logs WHERE hash = $1

-- name: locked
SELECT id, origin, hash, host, vkeys, size, root, note, mirrored, blobs, bytes AS volume FROM cooperative.logs WHERE origin = $1 FOR UPDATE

-- name: every
SELECT id, origin, hash, host, vkeys, size, root, note, mirrored, blobs, bytes AS volume FROM cooperative.logs ORDER BY origin

-- name: add_key
UPDATE cooperative.logs SET vkeys = vkeys || $2::text WHERE id = $1 AND NOT $2::text = ANY (vkeys)

-- name: cosigned
UPDATE cooperative.logs
SET size = $3, root = $4, note = $5, cosigned_at = now(), next_at = now(), failures = 0, last_error = NULL
WHERE id = $1 AND size = $2

-- name: see
INSERT INTO cooperative.heads_seen (log, size, root, note)
SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM cooperative.heads_seen WHERE log = $1) < 100
ON CONFLICT DO NOTHING

-- name: seen
SELECT note FROM cooperative.heads_seen WHERE log = $1 ORDER BY size, root

-- name: settle
DELETE FROM cooperative.heads_seen WHERE log = $1 AND size = $2 AND root = $3

-- name: forget_seen
DELETE FROM cooperative.heads_seen h USING cooperative.logs l
WHERE h.log = $1 AND h.size = $2 AND l.id = h.log AND l.root = h.root

-- name: convict
INSERT INTO cooperative.equivocations (log, hash, document) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING

-- name: equivocations
SELECT l.origin, e.document, e.found_at FROM cooperative.equivocations e JOIN cooperative.logs l ON l.id = e.log
ORDER BY e.found_at DESC LIMIT 1000

-- name: known_here
SELECT EXISTS (SELECT FROM cooperative.keys WHERE purpose = 'member' AND retired_at IS NULL AND origin = $1)
    OR EXISTS (SELECT FROM cooperative.slices WHERE kind = 'partner' AND value ->> 'origin' = $1)
