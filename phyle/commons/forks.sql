-- name: of
SELECT uri, name, clone, told_at, verified_at FROM commons.forks WHERE repository = $1 ORDER BY told_at, uri

-- name: tell
INSERT INTO commons.forks (repository, uri, name, clone, verified_at)
VALUES ($1, $2, $3, $4, CASE WHEN $5 THEN now() END)
ON CONFLICT (repository, uri) DO UPDATE
SET name = excluded.name, clone = excluded.clone, verified_at = coalesce(excluded.verified_at, commons.forks.verified_at)
RETURNING xmax = 0 AS fresh

-- name: stars
SELECT count(*) FROM commons.stars WHERE repository = $1

-- name: star
INSERT INTO commons.stars (repository, actor, uri) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING

-- name: unstar
DELETE FROM commons.stars WHERE actor = $1 AND ($2::bigint IS NULL OR repository = $2) AND ($3::text IS NULL OR uri = $3)

-- name: wait
INSERT INTO commons.copies (repository, origin, clone, state, said)
VALUES ($1, $2, $3, 'waiting', 'It waits to be fetched.')
ON CONFLICT (repository) DO UPDATE
SET origin = excluded.origin, clone = excluded.clone, state = 'waiting', said = excluded.said, finished_at = NULL, told_at = now()

-- name: copy
SELECT * FROM commons.copies WHERE repository = $1

-- name: report
UPDATE commons.copies
SET state = $2, said = $3, bytes = greatest($4, bytes), tries = coalesce($5, tries), told_at = now(),
    finished_at = CASE WHEN $2 IN ('done', 'failed') THEN now() END
WHERE repository = $1

-- name: note_told
UPDATE commons.copies SET told = true WHERE repository = $1

-- name: note_news
UPDATE commons.copies c SET news_at = now()
FROM commons.repositories r
WHERE r.origin = $1 AND c.repository = r.id

-- name: note_base
UPDATE commons.copies SET base = $2 WHERE repository = $1

-- name: counts
SELECT r.id,
    (SELECT count(*) FROM commons.stars s WHERE s.repository = r.id) AS stars,
    (SELECT count(*) FROM commons.forks f WHERE f.repository = r.id) AS forks
FROM unnest($1::bigint[]) AS r (id)
