-- name: matching
SELECT id
FROM commons.repositories
WHERE ($1::bigint IS NULL OR id < $1)
    AND ($2::text IS NULL OR kind = $2)
    AND ($3::text IS NULL OR strpos(folded_name, $3) > 0 OR strpos(lower(description COLLATE "C"), $3) > 0)
    AND (visibility = 'public' OR $4)
ORDER BY id DESC
LIMIT $5
