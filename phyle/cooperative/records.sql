-- name: entries
SELECT seq, leaf
FROM cooperative.entries
WHERE seq < $1 AND seq > $2
ORDER BY seq DESC
LIMIT $3

-- name: at
SELECT at FROM cooperative.entries WHERE seq = $1
