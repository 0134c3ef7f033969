-- name: entries
SELECT seq, hash, leaf FROM cooperative.entries WHERE seq >= $1 AND seq < $2 ORDER BY seq

-- name: alone
SELECT pg_advisory_xact_lock($1)
