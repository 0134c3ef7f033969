-- name: newest
SELECT id, value
FROM cooperative.slices
WHERE kind = 'use' AND (value ->> 'entry')::bigint < $1 AND (value ->> 'entry')::bigint > $2
ORDER BY (value ->> 'entry')::bigint DESC
LIMIT $3

-- name: by
SELECT id, value
FROM cooperative.slices
WHERE kind = 'use' AND value ->> 'by' = $4
      AND (value ->> 'entry')::bigint < $1 AND (value ->> 'entry')::bigint > $2
ORDER BY (value ->> 'entry')::bigint DESC
LIMIT $3

-- name: named
SELECT id, value
FROM cooperative.slices
WHERE kind = 'use' AND lower((value ->> 'name') COLLATE "C") = lower($4::text COLLATE "C")
      AND (value ->> 'entry')::bigint < $1 AND (value ->> 'entry')::bigint > $2
ORDER BY (value ->> 'entry')::bigint DESC
LIMIT $3
