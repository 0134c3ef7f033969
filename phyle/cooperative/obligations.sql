-- name: owed
SELECT id, seq, kind, body FROM cooperative.obligations WHERE id = $1 AND state = 'open' FOR UPDATE

-- name: since
SELECT id FROM cooperative.obligations WHERE state = 'open' AND seq = $1 ORDER BY id

-- name: waiting
UPDATE cooperative.obligations o
SET attempts = attempts + 1, changed_at = now()
FROM (
    SELECT id
    FROM cooperative.obligations
    WHERE state = 'open' AND changed_at < now() - $1::interval
    ORDER BY seq, id
    LIMIT $2) AS late
WHERE o.id = late.id
RETURNING o.id

-- name: tried
UPDATE cooperative.obligations SET attempts = attempts + 1, last_error = $2, changed_at = now() WHERE id = $1
