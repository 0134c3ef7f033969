-- name: favourite
INSERT INTO conversation.favourites (id, post, actor, uri) VALUES ($1, $2, $3, $4) ON CONFLICT (post, actor) DO NOTHING RETURNING id

-- name: unfavourite
DELETE FROM conversation.favourites WHERE post = $1 AND actor = $2 RETURNING uri

-- name: find_favourite
SELECT post FROM conversation.favourites WHERE uri = $1 AND actor = $2

-- name: count_favourites
UPDATE conversation.posts SET favourites_count = greatest(favourites_count + $2::integer, 0) WHERE id = $1

-- name: boost
INSERT INTO conversation.posts (id, uri, author, local, kind, boost_of, thread, visibility, published_at)
VALUES ($1, $2, $3, $4, 'Announce', $5, $1, $6, $7)
ON CONFLICT DO NOTHING
RETURNING *

-- name: own_boost
SELECT * FROM conversation.posts WHERE boost_of = $1 AND author = $2

-- name: count_boosts
UPDATE conversation.posts SET boosts_count = boosts_count + 1 WHERE id = $1

-- name: count_author
UPDATE identity.actors SET posts_count = posts_count + 1, last_post_at = greatest(last_post_at, $2) WHERE id = $1

-- name: bookmark
INSERT INTO conversation.bookmarks (id, post, actor) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING

-- name: unbookmark
DELETE FROM conversation.bookmarks WHERE post = $1 AND actor = $2

-- name: favourited_by
-- The fences (MATERIALIZED, OFFSET 0) keep every plan from walking all favourites, and from asking of more actors than fit.
WITH likes AS MATERIALIZED (SELECT f.id, f.actor FROM conversation.favourites f WHERE f.post = $4)
SELECT f.id, f.actor
FROM (SELECT * FROM likes WHERE id < $1 AND id > $2 ORDER BY id DESC OFFSET 0) f
JOIN LATERAL (SELECT FROM identity.actors a WHERE a.id = f.actor AND a.suspended_at IS NULL AND a.deleted_at IS NULL OFFSET 0) a ON true
WHERE NOT conversation.unwanted($5::bigint, f.actor)
ORDER BY f.id DESC
LIMIT $3

-- name: boosted_by
WITH boosts AS MATERIALIZED (SELECT p.id, p.author, p.visibility FROM conversation.posts p WHERE p.boost_of = $4)
SELECT p.id, p.author
FROM (SELECT * FROM boosts WHERE id < $1 AND id > $2 ORDER BY id DESC OFFSET 0) p
WHERE conversation.visible($5::bigint, p.id, p.author, p.visibility) AND NOT conversation.unwanted($5::bigint, p.author)
ORDER BY p.id DESC
LIMIT $3

-- name: favourites
SELECT f.id, f.post
FROM conversation.favourites f
JOIN conversation.posts p ON p.id = f.post
WHERE f.actor = $4 AND f.id < $1 AND f.id > $2 AND conversation.visible($4::bigint, p.id, p.author, p.visibility)
ORDER BY f.id DESC
LIMIT $3

-- name: bookmarks
SELECT k.id, k.post
FROM conversation.bookmarks k
JOIN conversation.posts p ON p.id = k.post
WHERE k.actor = $4 AND k.id < $1 AND k.id > $2 AND conversation.visible($4::bigint, p.id, p.author, p.visibility)
ORDER BY k.id DESC
LIMIT $3
