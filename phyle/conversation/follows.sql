-- name: blocked
SELECT true FROM conversation.blocks WHERE (blocker, blocked) IN (($1::bigint, $2::bigint), ($2::bigint, $1::bigint)) LIMIT 1

-- name: hold
SELECT FROM identity.actors WHERE id IN ($1::bigint, $2::bigint) ORDER BY id FOR NO KEY UPDATE

-- name: insert
INSERT INTO conversation.follows (id, follower, followed, state, uri)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (follower, followed) DO NOTHING
RETURNING id

-- name: adjust
UPDATE conversation.follows
SET boosts = coalesce($3, boosts), notify = coalesce($4, notify), languages = coalesce($5::text[], languages)
WHERE follower = $1 AND followed = $2

-- name: readdress
-- The follower's server knows the follow by its latest id.
UPDATE conversation.follows SET uri = $3 WHERE follower = $1 AND followed = $2 RETURNING id, state

-- name: accept
UPDATE conversation.follows SET state = 'accepted'
WHERE follower = $1 AND followed = $2 AND state = 'asked'
RETURNING id, uri

-- name: delete
DELETE FROM conversation.follows WHERE follower = $1 AND followed = $2 RETURNING state, uri

-- name: count
-- Locked in the order of their ids, so that two of these wait for each other in one direction only.
WITH locked AS (SELECT id FROM identity.actors WHERE id IN ($1::bigint, $2::bigint) ORDER BY id FOR NO KEY UPDATE)
UPDATE identity.actors a
SET following_count = CASE WHEN a.id = $1 THEN greatest(a.following_count + $3::integer, 0) ELSE a.following_count END,
    followers_count = CASE WHEN a.id = $2 THEN greatest(a.followers_count + $3::integer, 0) ELSE a.followers_count END
FROM locked
WHERE a.id = locked.id

-- name: relationships
SELECT a.id,
       coalesce(f.state = 'accepted', false) AS following,
       coalesce(f.boosts AND f.state = 'accepted', false) AS showing_reblogs,
       coalesce(f.notify AND f.state = 'accepted', false) AS notifying,
       f.languages,
       coalesce(r.state = 'accepted', false) AS followed_by,
       b.id IS NOT NULL AS blocking,
       by.id IS NOT NULL AS blocked_by,
       m.id IS NOT NULL AS muting,
       coalesce(m.notifications, false) AS muting_notifications,
       coalesce(f.state = 'asked', false) AS requested,
       coalesce(r.state = 'asked', false) AS requested_by,
       false AS domain_blocking,
       false AS endorsed,
       coalesce(n.comment, '') AS note
FROM identity.actors a
LEFT JOIN conversation.follows f ON f.follower = $1 AND f.followed = a.id
LEFT JOIN conversation.follows r ON r.follower = a.id AND r.followed = $1
LEFT JOIN conversation.blocks b ON b.blocker = $1 AND b.blocked = a.id
LEFT JOIN conversation.blocks by ON by.blocker = a.id AND by.blocked = $1
LEFT JOIN conversation.mutes m ON m.muter = $1 AND m.muted = a.id AND (m.expires_at IS NULL OR m.expires_at > now())
LEFT JOIN conversation.account_notes n ON n.member = $1 AND n.subject = a.id
WHERE a.id = ANY($2::bigint[])

-- name: followers
SELECT f.id, f.follower
FROM conversation.follows f
JOIN identity.actors a ON a.id = f.follower
WHERE f.followed = $4 AND f.state = 'accepted' AND f.id < $1 AND f.id > $2
  AND a.suspended_at IS NULL AND a.deleted_at IS NULL
  AND ($5::bigint IS NULL OR (SELECT true FROM conversation.blocks b WHERE b.blocker = f.follower AND b.blocked = $5) IS NULL)
ORDER BY f.id DESC
LIMIT $3

-- name: following
SELECT f.id, f.followed
FROM conversation.follows f
JOIN identity.actors a ON a.id = f.followed
WHERE f.follower = $4 AND f.state = 'accepted' AND f.id < $1 AND f.id > $2
  AND a.suspended_at IS NULL AND a.deleted_at IS NULL
  AND ($5::bigint IS NULL OR (SELECT true FROM conversation.blocks b WHERE b.blocker = f.followed AND b.blocked = $5) IS NULL)
ORDER BY f.id DESC
LIMIT $3

-- name: requests
SELECT f.id, f.follower
FROM conversation.follows f
JOIN identity.actors a ON a.id = f.follower
WHERE f.followed = $4 AND f.state = 'asked' AND f.id < $1 AND f.id > $2
  AND a.suspended_at IS NULL AND a.deleted_at IS NULL
ORDER BY f.id DESC
LIMIT $3

-- name: followers_here
SELECT f.follower
FROM conversation.follows f
JOIN identity.accounts a ON a.actor = f.follower
WHERE f.followed = $1
ORDER BY f.id

-- name: find
SELECT follower, followed FROM conversation.follows WHERE uri = $1 LIMIT 1
