-- name: keep
INSERT INTO conversation.reports (id, reporter, subject, posts, comment, category, forwarded, uri)
SELECT $1, $2, $3::bigint,
       ARRAY(SELECT p.uri FROM conversation.posts p WHERE p.uri = ANY($4::text[]) AND p.author = $3 ORDER BY p.id),
       $5, $6, $7, $8
ON CONFLICT DO NOTHING
RETURNING id, reporter, subject, posts, comment, category, forwarded, uri, created_at, resolved_at

-- name: waiting
SELECT id, reporter, subject, posts, comment, category, forwarded, uri, created_at, resolved_at
FROM conversation.reports
WHERE resolved_at IS NULL
ORDER BY id
LIMIT $1

-- name: resolve
UPDATE conversation.reports SET resolved_at = now() WHERE id = $1 AND resolved_at IS NULL
