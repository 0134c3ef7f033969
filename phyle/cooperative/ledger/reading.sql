-- name: slices
SELECT s.kind, s.id, s.value
FROM unnest($1::text[], $2::text[]) AS a (kind, id)
CROSS JOIN LATERAL (
    SELECT kind, id, value FROM cooperative.slices WHERE kind = a.kind AND id = a.id) AS s

-- name: slice
SELECT value FROM cooperative.slices WHERE kind = $1 AND id = $2

-- name: group
-- A zero is the character after the slash.
SELECT id, value FROM cooperative.slices WHERE kind = $1 AND id >= $2::text || '/' AND id < $2::text || '0' ORDER BY id

-- name: ungrouped
SELECT id, value FROM cooperative.slices WHERE kind = $1 AND position('/' IN id) = 0 ORDER BY id

-- name: everything
SELECT kind, id, value FROM cooperative.slices ORDER BY kind, id

-- name: size
SELECT coalesce((SELECT seq + 1 FROM cooperative.entries ORDER BY seq DESC LIMIT 1), 0)

-- name: entry
SELECT leaf FROM cooperative.entries WHERE seq = $1

-- name: entries
SELECT leaf FROM cooperative.entries WHERE seq >= $1 AND seq < $2 ORDER BY seq

-- name: leaves
SELECT hash FROM cooperative.entries WHERE seq >= $1 AND seq < $2 ORDER BY seq

-- name: hashes
SELECT hash FROM cooperative.hashes WHERE level = $1 AND number >= $2 AND number < $3 ORDER BY number
