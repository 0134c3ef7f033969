-- name: read
SELECT timeline, last_read, version, updated_at FROM conversation.markers WHERE member = $1 AND timeline = ANY($2::text[])

-- name: write
INSERT INTO conversation.markers (member, timeline, last_read) VALUES ($1, $2, $3)
ON CONFLICT (member, timeline) DO UPDATE
SET last_read = excluded.last_read, version = conversation.markers.version + 1, updated_at = now()
RETURNING timeline, last_read, version, updated_at
