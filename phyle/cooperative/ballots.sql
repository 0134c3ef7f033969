-- name: own_reason
SELECT value
FROM cooperative.openings
WHERE about = $1 AND name = 'reason' AND by = $2 AND seq IS NOT NULL
ORDER BY seq DESC
LIMIT 1
