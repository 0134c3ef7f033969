-- name: here
SELECT t.*, r.name AS called
FROM commons.tickets t
JOIN commons.repositories r ON r.id = t.repository
WHERE t.need IN ('needed', 'claimed', 'stale') AND t.state = 'open' AND ($1::bigint IS NULL OR t.id < $1)
    AND ($2::text IS NULL OR t.kind = $2) AND ($3::text IS NULL OR t.skills @> ARRAY[$3::text])
    AND r.visibility = 'public' AND r.archived_at IS NULL AND r.deleted_at IS NULL
    AND ($4::bigint IS NULL OR t.repository = $4)
ORDER BY t.id DESC
LIMIT $5

-- name: elsewhere
-- Of hosts that are blocked, with their other ports and what lies below them, nothing.
SELECT * FROM commons.foreign_needs n
WHERE ($1::bigint IS NULL OR id < $1) AND ($2::text IS NULL OR kind = $2) AND ($3::text IS NULL OR skills @> ARRAY[$3::text])
    AND NOT EXISTS (
        SELECT FROM federation.blocked_hosts b
        WHERE b.host = n.host OR right('.' || regexp_replace(n.host, ':[0-9]+$', ''), length(b.host) + 1) = '.' || b.host
    )
ORDER BY id DESC
LIMIT $4

-- name: foreign
SELECT * FROM commons.foreign_needs WHERE id = $1

-- name: note
INSERT INTO commons.foreign_needs (id, uri, host, project, called, title, kind, skills, need, until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (uri) DO UPDATE SET
    project = $4, called = $5, title = $6, kind = $7, skills = $8, need = $9, until = $10, seen_at = now()
RETURNING id

-- name: drop
DELETE FROM commons.foreign_needs WHERE uri = $1

-- name: count_of_host
SELECT count(*) FROM (SELECT FROM commons.foreign_needs WHERE host = $1 LIMIT $2) AS kept

-- name: drop_unseen
DELETE FROM commons.foreign_needs WHERE host = $1 AND seen_at < $2

-- name: drop_host
DELETE FROM commons.foreign_needs WHERE host = $1

-- name: expire
DELETE FROM commons.foreign_needs WHERE seen_at < now() - $1::interval

-- name: know
INSERT INTO commons.need_feeds (host, address) VALUES ($1, $2) ON CONFLICT (host) DO NOTHING RETURNING host

-- name: due
SELECT host, address FROM commons.need_feeds WHERE next_at <= now() ORDER BY next_at LIMIT $1 FOR UPDATE SKIP LOCKED

-- name: asked
UPDATE commons.need_feeds SET next_at = now() + $2::interval, failures = $3 WHERE host = $1

-- name: failures
SELECT failures FROM commons.need_feeds WHERE host = $1

-- name: author
SELECT a.uri FROM commons.tickets t JOIN identity.actors a ON a.id = t.author WHERE t.id = $1
