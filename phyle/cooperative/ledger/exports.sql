-- name: blobs
SELECT hash, data FROM cooperative.blobs WHERE seq >= $1 AND seq < $2 ORDER BY seq, hash

-- name: sheets
SELECT ballot, data FROM cooperative.sheets WHERE seq >= $1 AND seq < $2 AND audience = ANY($3::text[]) ORDER BY seq
