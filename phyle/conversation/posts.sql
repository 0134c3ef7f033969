-- name: by_id
SELECT * FROM conversation.posts WHERE id = $1

-- name: by_ids
SELECT * FROM conversation.posts WHERE id = ANY($1::bigint[])

-- name: by_uri
SELECT * FROM conversation.posts WHERE uri = $1

-- name: by_uris
SELECT * FROM conversation.posts WHERE uri = ANY($1::text[])

-- name: get
SELECT p.*
FROM conversation.posts p
LEFT JOIN conversation.posts b ON b.id = p.boost_of
WHERE p.id = $1 AND conversation.visible($2::bigint, p.id, p.author, p.visibility)
  AND (p.boost_of IS NULL OR conversation.visible($2::bigint, b.id, b.author, b.visibility))

-- name: visible
SELECT p.id
FROM conversation.posts p
LEFT JOIN conversation.posts b ON b.id = p.boost_of
WHERE p.id = ANY($1::bigint[]) AND conversation.visible($2::bigint, p.id, p.author, p.visibility)
  AND (p.boost_of IS NULL OR conversation.visible($2::bigint, b.id, b.author, b.visibility))

-- name: mentioned
SELECT actor FROM conversation.mentions WHERE post = $1 AND ($2 OR NOT silent) ORDER BY actor

-- name: ancestors
-- UNION drops what was met before, so that a circle ends.
WITH RECURSIVE up (id, reply_to) AS (
    SELECT p.id, p.reply_to FROM conversation.posts p WHERE p.id = $1
    UNION
    SELECT p.id, p.reply_to FROM up JOIN conversation.posts p ON p.id = up.reply_to
), bounded AS MATERIALIZED (SELECT id, row_number() OVER () AS place FROM up LIMIT $3)
SELECT p.id
FROM bounded
JOIN conversation.posts p ON p.id = bounded.id
WHERE conversation.visible($2::bigint, p.id, p.author, p.visibility)
ORDER BY bounded.place

-- name: descendants
WITH RECURSIVE down (id, path, depth) AS (
    SELECT $1::bigint, ARRAY[$1::bigint], 0
    UNION ALL
    SELECT p.id, down.path || p.id, down.depth + 1
    FROM down
    JOIN conversation.posts p ON p.reply_to = down.id
    WHERE down.depth < $3 AND p.id <> ALL (down.path)
), bounded AS MATERIALIZED (SELECT id, path FROM down LIMIT $4)
SELECT p.id
FROM bounded
JOIN conversation.posts p ON p.id = bounded.id
WHERE conversation.visible($2::bigint, p.id, p.author, p.visibility) AND NOT conversation.unwanted($2::bigint, p.author)
ORDER BY bounded.path

-- name: extension
SELECT properties FROM conversation.extensions WHERE post = $1

-- name: edits
SELECT *
FROM (
    SELECT written_at, spoiler, content, sensitive, emojis, attachments
    FROM conversation.edits
    WHERE post = $1
    ORDER BY written_at DESC
    LIMIT $2) newest
ORDER BY written_at

-- name: boosts
SELECT id, author FROM conversation.posts WHERE boost_of = $1 ORDER BY author

-- name: recount_parent
-- One fewer boost, or one fewer reply, of what this was about.
UPDATE conversation.posts
SET boosts_count = greatest(boosts_count - $2::boolean::integer, 0),
    replies_count = greatest(replies_count - (NOT $2::boolean)::integer, 0)
WHERE id = $1

-- name: forget_home
DELETE FROM conversation.home WHERE post = ANY($1::bigint[])

-- name: release_replies
-- The answers stay, and know by its address what they answered.
UPDATE conversation.posts SET reply_to = NULL, reply_to_author = NULL WHERE reply_to = $1

-- name: erase
WITH boosts AS (DELETE FROM conversation.posts WHERE boost_of = $1)
DELETE FROM conversation.posts WHERE id = $1

-- name: hold_authors
-- In the order of their ids, so that two of these wait for each other in one direction only. In a statement of its own:
-- one that locks and changes looks at the rows as they were before it waited, and waits for those who wait for it.
SELECT id FROM identity.actors WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE

-- name: recount_authors
UPDATE identity.actors SET posts_count = greatest(posts_count - 1, 0) WHERE id = ANY($1::bigint[])
