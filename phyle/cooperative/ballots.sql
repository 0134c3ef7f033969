-- name: own_reason
SELECT value
FROM cooperative.openings
WHERE about = $1 AND name = 'reason' AND by = $2 AND seq IS NOT NULL
ORDER BY seq DESC
LIMIT 1

-- name: asked
SELECT p.value
FROM cooperative.slices b
CROSS JOIN LATERAL (
    SELECT value FROM cooperative.slices WHERE kind = 'proposal' AND id = b.value ->> 'proposal') AS p
WHERE b.kind = 'ballot' AND b.id = $1
