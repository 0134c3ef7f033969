-- name: forget
DELETE FROM cooperative.draws_asked a
WHERE NOT EXISTS (SELECT FROM cooperative.slices s WHERE s.kind = 'draw' AND s.id = a.draw AND s.phase = 'signing')

-- name: take_up
INSERT INTO cooperative.draws_asked (draw, origin)
SELECT s.id, p.value ->> 'origin'
FROM cooperative.slices s CROSS JOIN LATERAL jsonb_array_elements(s.value -> 'partners') AS p
WHERE s.kind = 'draw' AND s.phase = 'signing' AND s.began IS NOT NULL AND p.value ->> 'signature' IS NULL
ON CONFLICT DO NOTHING

-- name: due
UPDATE cooperative.draws_asked SET next_at = now() + interval '1 minute'
WHERE (draw, origin) IN (
    SELECT draw, origin FROM cooperative.draws_asked WHERE next_at <= now() ORDER BY next_at LIMIT $1
    FOR UPDATE SKIP LOCKED)
RETURNING draw, origin

-- name: pool
SELECT seq, leaf FROM cooperative.entries WHERE kind = 'pool' AND hash = $1 ORDER BY seq DESC LIMIT 1

-- name: failed
UPDATE cooperative.draws_asked
SET failures = failures + 1, last_error = $3,
    next_at = now() + least(interval '30 minutes', interval '5 seconds' * power(2, least(failures, 9)))
WHERE draw = $1 AND origin = $2

-- name: troubles
SELECT origin, last_error FROM cooperative.draws_asked WHERE draw = $1 AND last_error IS NOT NULL
