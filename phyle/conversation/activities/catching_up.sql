-- name: missed
SELECT * FROM (
    SELECT p.*
    FROM conversation.posts p
    WHERE p.local AND p.id > $2 AND p.visibility <> 'direct'
      AND EXISTS (
          SELECT FROM conversation.follows f
          JOIN identity.actors a ON a.id = f.follower
          WHERE f.followed = p.author AND f.state = 'accepted' AND a.inbox_host = $1)
    ORDER BY p.id DESC
    LIMIT $3) newest
ORDER BY id

-- name: inboxes
SELECT DISTINCT a.inbox_host, coalesce(a.shared_inbox, a.inbox) AS inbox
FROM conversation.follows f
JOIN identity.actors a ON a.id = f.follower
WHERE f.followed = $1 AND f.state = 'accepted' AND a.inbox_host = $2 AND a.deleted_at IS NULL
