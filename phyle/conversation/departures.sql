-- name: posts_of
SELECT * FROM conversation.posts WHERE author = $1 ORDER BY id LIMIT $2

-- name: recount_followed
UPDATE identity.actors SET followers_count = greatest(0, followers_count - 1)
WHERE id IN (SELECT followed FROM conversation.follows WHERE follower = $1 AND state = 'accepted')

-- name: recount_followers
UPDATE identity.actors SET following_count = greatest(0, following_count - 1)
WHERE id IN (SELECT follower FROM conversation.follows WHERE followed = $1 AND state = 'accepted')

-- name: recount_favourites
UPDATE conversation.posts SET favourites_count = greatest(0, favourites_count - 1)
WHERE id IN (SELECT post FROM conversation.favourites WHERE actor = $1)

-- name: forget_follows
DELETE FROM conversation.follows WHERE follower = $1 OR followed = $1

-- name: forget_favourites
DELETE FROM conversation.favourites WHERE actor = $1

-- name: forget_home
DELETE FROM conversation.home WHERE member = $1

-- name: forget_notifications
DELETE FROM conversation.notifications WHERE actor = $1

-- name: forget_relations
WITH unblocked AS (
    DELETE FROM conversation.blocks WHERE blocker = $1 OR blocked = $1)
DELETE FROM conversation.mutes WHERE muted = $1

-- name: forget_votes
-- What was counted stays counted. A vote in a ballot is its keeper's.
DELETE FROM conversation.poll_votes WHERE actor = $1
