-- name: create
INSERT INTO conversation.groups (actor, posting) VALUES ($1, $2)

-- name: get
SELECT actor, posting, moderators, properties FROM conversation.groups WHERE actor = $1

-- name: settle
UPDATE conversation.groups
SET posting = coalesce($2, posting), moderators = coalesce($3::bigint[], moderators), properties = coalesce($4::jsonb, properties)
WHERE actor = $1

-- name: may_post
SELECT (g.posting = 'anyone'
        OR g.posting = 'followers' AND EXISTS (
            SELECT FROM conversation.follows f WHERE f.follower = $2 AND f.followed = $1 AND f.state = 'accepted'))
   AND NOT EXISTS (SELECT FROM conversation.blocks b WHERE b.blocker = $1 AND b.blocked = $2)
FROM conversation.groups g
WHERE g.actor = $1

-- name: drop
UPDATE conversation.posts SET audience = NULL WHERE id = $1 AND audience = $2
