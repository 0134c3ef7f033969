-- name: kinds
SELECT uri, CASE WHEN boost_of IS NULL THEN 'note' ELSE 'boost' END AS kind
FROM conversation.posts
WHERE uri = ANY($1::text[])
UNION ALL
SELECT uri, 'like' FROM conversation.favourites WHERE uri = ANY($1::text[])
UNION ALL
SELECT uri, 'block' FROM conversation.blocks WHERE uri = ANY($1::text[])

-- name: concerns
SELECT EXISTS (
    SELECT FROM conversation.follows f
    JOIN identity.accounts follower ON follower.actor = f.follower
    WHERE f.followed = $1 AND f.state = 'accepted')
OR EXISTS (SELECT FROM conversation.posts WHERE uri = $2)

-- name: holders
SELECT author AS actor FROM conversation.posts WHERE boost_of = $1
UNION
SELECT actor FROM conversation.favourites WHERE post = $1

-- name: addressed
SELECT m.actor
FROM conversation.mentions m
WHERE m.post = $1 AND NOT EXISTS (SELECT FROM conversation.blocks b WHERE b.blocker = $2 AND b.blocked = m.actor)
ORDER BY m.actor
