-- name: newest
SELECT id, value
FROM cooperative.slices
WHERE kind = 'contribution' AND (value ->> 'entry')::bigint < $1 AND (value ->> 'entry')::bigint > $2
ORDER BY (value ->> 'entry')::bigint DESC
LIMIT $3

-- name: by
SELECT id, value
FROM cooperative.slices
WHERE kind = 'contribution' AND value ->> 'by' = $4
      AND (value ->> 'entry')::bigint < $1 AND (value ->> 'entry')::bigint > $2
ORDER BY (value ->> 'entry')::bigint DESC
LIMIT $3
