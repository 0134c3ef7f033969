-- name: entries
SELECT leaf FROM cooperative.mirrored_entries WHERE log = $1 AND seq >= $2 AND seq < $3 ORDER BY seq

-- name: hashes
SELECT hash FROM cooperative.mirrored_hashes WHERE log = $1 AND level = $2 AND place >= $3 AND place < $4 ORDER BY place

-- name: advance
UPDATE cooperative.logs SET mirrored = $3, bytes = bytes + $4 WHERE id = $1 AND mirrored = $2

-- name: keep_entries
INSERT INTO cooperative.mirrored_entries (log, seq, leaf)
SELECT $1, $2 + number - 1, leaf FROM unnest($3::bytea[]) WITH ORDINALITY AS given (leaf, number)

-- name: keep_hashes
INSERT INTO cooperative.mirrored_hashes (log, level, place, hash)
SELECT $1, $2, $3 + number - 1, hash FROM unnest($4::bytea[]) WITH ORDINALITY AS given (hash, number)

-- name: blob
SELECT data FROM cooperative.mirrored_blobs WHERE log = $1 AND hash = $2

-- name: sheet
SELECT data FROM cooperative.mirrored_blobs WHERE log = $1 AND ballot = $2 AND ballot IS NOT NULL

-- name: sheets
SELECT hash, data FROM cooperative.mirrored_blobs WHERE log = $1 AND ballot IS NOT NULL

-- name: drop_blob
DELETE FROM cooperative.mirrored_blobs WHERE log = $1 AND hash = $2

-- name: grow
UPDATE cooperative.logs SET bytes = bytes + $2 WHERE id = $1 AND bytes + $2 <= $3

-- name: keep_blob
INSERT INTO cooperative.mirrored_blobs (log, hash, data, seq, ballot) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING

-- name: named_since
SELECT hash AS sha256, seq, length(data) AS length, ballot FROM cooperative.mirrored_blobs
WHERE log = $1 AND seq >= $2 ORDER BY seq FETCH FIRST $3 ROWS WITH TIES

-- name: blobs_kept
UPDATE cooperative.logs SET blobs = $2 WHERE id = $1 AND blobs < $2
