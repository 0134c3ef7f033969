-- name: insert
INSERT INTO conversation.posts (id, uri, author, local, kind, reply_to, reply_to_uri, reply_to_author, thread, visibility, sensitive,
                                title, spoiler, content, language, url, audience, quote_uri, mentions, tags, emojis, attachments,
                                poll, published_at, updated_at)
VALUES ($1, $2, $3, false, $4, $5, $6, $7, $8, $9, $10,
        $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
        $22, $23, $24)
ON CONFLICT DO NOTHING
RETURNING *, (SELECT true FROM conversation.posts w WHERE w.reply_to IS NULL AND w.reply_to_uri = $2 LIMIT 1) AS awaited

-- name: mention
INSERT INTO conversation.mentions (post, actor, silent)
SELECT $1, addressed.actor, addressed.silent
FROM unnest($2::bigint[], $3::boolean[]) AS addressed (actor, silent)
ON CONFLICT (post, actor) DO UPDATE SET silent = excluded.silent

-- name: silence_mentions
UPDATE conversation.mentions SET silent = true WHERE post = $1 AND NOT silent

-- name: tag
INSERT INTO conversation.tags (tag, post) SELECT unnest($2::text[]), $1 ON CONFLICT DO NOTHING

-- name: forget_tags
DELETE FROM conversation.tags WHERE post = $1

-- name: count_parent
UPDATE conversation.posts SET replies_count = replies_count + 1 WHERE id = $1

-- name: count_author
UPDATE identity.actors
SET posts_count = posts_count + $2::boolean::integer,
    last_post_at = CASE WHEN $2 THEN greatest(last_post_at, $3) ELSE last_post_at END
WHERE id = $1

-- name: link_waiting
UPDATE conversation.posts
SET reply_to = $2, reply_to_author = $3, thread = $4
WHERE reply_to_uri = $1 AND reply_to IS NULL AND id <> $2
RETURNING id

-- name: count_replies
UPDATE conversation.posts SET replies_count = replies_count + $2 WHERE id = $1

-- name: join_thread
-- The answers below; UNION ends circles.
WITH RECURSIVE down (id) AS (
    SELECT unnest($1::bigint[])
    UNION
    SELECT p.id FROM down JOIN conversation.posts p ON p.reply_to = down.id
), bounded AS MATERIALIZED (SELECT id FROM down LIMIT $3)
UPDATE conversation.posts p
SET thread = $2
FROM bounded
WHERE p.id = bounded.id AND p.thread <> $2

-- name: revise
-- Many servers write whole seconds only: an edit in the second of what it changes is still an edit, and two edits of one
-- second are told apart by what they say. Before its first edit the original is kept.
WITH present AS (
    SELECT p.*
    FROM conversation.posts p
    WHERE p.id = $1 AND (coalesce(p.updated_at, date_trunc('second', p.published_at) - interval '1 microsecond') < $2
                         OR (p.updated_at = $2 AND p.content <> $6))
    FOR NO KEY UPDATE
), original AS (
    INSERT INTO conversation.edits (post, written_at, spoiler, content, sensitive, emojis, attachments)
    SELECT id, published_at, spoiler, content, sensitive, emojis, attachments
    FROM present
    WHERE NOT EXISTS (SELECT FROM conversation.edits e WHERE e.post = $1)
)
UPDATE conversation.posts p
SET updated_at = $2, edited_at = greatest($2, p.published_at + interval '1 microsecond'),
    sensitive = $3, title = $4, spoiler = $5, content = $6, language = $7, url = $8,
    mentions = $9, tags = $10, emojis = $11, attachments = $12, poll = $13
FROM present
WHERE p.id = present.id
RETURNING p.*

-- name: keep_edit
INSERT INTO conversation.edits (post, written_at, spoiler, content, sensitive, emojis, attachments)
SELECT id, edited_at, spoiler, content, sensitive, emojis, attachments
FROM conversation.posts
WHERE id = $1
ON CONFLICT (post, written_at) DO UPDATE
SET spoiler = excluded.spoiler, content = excluded.content, sensitive = excluded.sensitive, emojis = excluded.emojis,
    attachments = excluded.attachments

-- name: recount_poll
UPDATE conversation.posts SET poll = $2 WHERE id = $1 RETURNING *

-- name: forget_votes
-- What is asked now is something else.
WITH poll AS (DELETE FROM conversation.polls WHERE post = $1)
DELETE FROM conversation.poll_votes WHERE post = $1
