-- name: matching
SELECT id
FROM commons.repositories
WHERE ($1::bigint IS NULL OR id < $1)
    AND ($2::text IS NULL OR kind = $2)
    AND ($3::text IS NULL OR strpos(lower(name), $3) > 0 OR strpos(lower(description), $3) > 0)
    AND (visibility = 'public' OR $4)
ORDER BY id DESC
LIMIT $5
