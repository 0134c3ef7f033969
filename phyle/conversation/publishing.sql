-- name: insert
-- The author sees it at home at once, if it is somebody ($23).
WITH own AS (INSERT INTO conversation.home (member, post, author) SELECT $3, $1, $3 WHERE $23::boolean)
INSERT INTO conversation.posts (id, uri, author, local, kind, reply_to, reply_to_uri, reply_to_author, thread, visibility,
                                sensitive, spoiler, content, source, language, url, mentions, tags, application, published_at,
                                title, audience, poll)
VALUES ($1, $2, $3, true, $19, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $20, $21, $22)
RETURNING *

-- name: claim_key
-- The post that the key stands for: the earlier one within the hour, else the new one.
INSERT INTO conversation.idempotency_keys AS kept (member, key, post)
VALUES ($1, $2, $3)
ON CONFLICT (member, key) DO UPDATE
SET post = CASE WHEN kept.created_at > now() - interval '1 hour' THEN kept.post ELSE excluded.post END,
    created_at = CASE WHEN kept.created_at > now() - interval '1 hour' THEN kept.created_at ELSE now() END
RETURNING post

-- name: renew_key
UPDATE conversation.idempotency_keys SET post = $3, created_at = now() WHERE member = $1 AND key = $2

-- name: drop_keys
DELETE FROM conversation.idempotency_keys WHERE created_at < now() - interval '1 hour'

-- name: count_parent
UPDATE conversation.posts SET replies_count = replies_count + 1 WHERE id = $1

-- name: count_author
UPDATE identity.actors
SET posts_count = posts_count + $2::boolean::integer,
    last_post_at = CASE WHEN $2 THEN greatest(last_post_at, $3) ELSE last_post_at END
WHERE id = $1

-- name: mention
INSERT INTO conversation.mentions (post, actor)
SELECT $1, unnest($2::bigint[])
ON CONFLICT (post, actor) DO UPDATE SET silent = false

-- name: silence_mentions
-- Whom an edit no longer names, the post was still written to.
UPDATE conversation.mentions SET silent = true WHERE post = $1

-- name: tag
INSERT INTO conversation.tags (tag, post) SELECT unnest($2::text[]), $1 ON CONFLICT DO NOTHING

-- name: forget_tags
DELETE FROM conversation.tags WHERE post = $1

-- name: keep_first
-- The original, before its first edit.
INSERT INTO conversation.edits (post, written_at, spoiler, content, sensitive, emojis, attachments)
SELECT id, published_at, spoiler, content, sensitive, emojis, attachments
FROM conversation.posts
WHERE id = $1 AND NOT EXISTS (SELECT FROM conversation.edits e WHERE e.post = $1)

-- name: edit
UPDATE conversation.posts
SET spoiler = $2, content = $3, source = $4, sensitive = $5, language = $6, mentions = $7, tags = $8,
    edited_at = $9, updated_at = $9, title = $10
WHERE id = $1
RETURNING *

-- name: keep_edit
INSERT INTO conversation.edits (post, written_at, spoiler, content, sensitive, emojis, attachments)
SELECT id, edited_at, spoiler, content, sensitive, emojis, attachments
FROM conversation.posts
WHERE id = $1
ON CONFLICT DO NOTHING

-- name: extend
INSERT INTO conversation.extensions (post, properties) VALUES ($1, $2)
ON CONFLICT (post) DO UPDATE SET properties = excluded.properties
