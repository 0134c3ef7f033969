-- name: of_followers
SELECT DISTINCT a.inbox_host, coalesce(a.shared_inbox, a.inbox) AS inbox
FROM conversation.follows f
JOIN identity.actors a ON a.id = f.follower
WHERE f.followed = $1 AND f.state = 'accepted' AND NOT a.local AND a.suspended_at IS NULL AND a.deleted_at IS NULL

-- name: of_actors
SELECT DISTINCT a.inbox_host, coalesce(a.shared_inbox, a.inbox) AS inbox
FROM identity.actors a
WHERE a.id = ANY($1::bigint[]) AND NOT a.local AND a.deleted_at IS NULL

-- name: of_acquaintances
-- Everyone elsewhere who may hold something of this actor: followers, followed, whom it ever wrote to, who boosted,
-- favourited or answered what it wrote, and who follows a group of ours in which it wrote.
SELECT DISTINCT a.inbox_host, coalesce(a.shared_inbox, a.inbox) AS inbox
FROM identity.actors a
WHERE NOT a.local AND a.deleted_at IS NULL AND a.id IN (
    SELECT follower FROM conversation.follows WHERE followed = $1
    UNION SELECT followed FROM conversation.follows WHERE follower = $1
    UNION SELECT m.actor FROM conversation.mentions m JOIN conversation.posts p ON p.id = m.post WHERE p.author = $1
    UNION SELECT b.author FROM conversation.posts b JOIN conversation.posts p ON p.id = b.boost_of WHERE p.author = $1
    UNION SELECT f.actor FROM conversation.favourites f JOIN conversation.posts p ON p.id = f.post WHERE p.author = $1
    UNION SELECT r.author FROM conversation.posts r JOIN conversation.posts p ON p.id = r.reply_to WHERE p.author = $1
    UNION SELECT f.follower FROM conversation.follows f WHERE f.followed IN (
        SELECT g.id FROM conversation.posts p JOIN identity.actors g ON g.uri = p.audience WHERE p.author = $1 AND g.local))
