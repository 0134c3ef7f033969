-- name: tell
-- Members here only; the others learn it from their own server.
INSERT INTO conversation.notifications (id, member, kind, actor, post)
SELECT told.id, told.member, $3::text, $4::bigint, $5::bigint
FROM unnest($1::bigint[], $2::bigint[]) AS told (id, member)
JOIN identity.accounts a ON a.actor = told.member
WHERE conversation.may_notify(told.member, $4::bigint, $5::bigint)
ON CONFLICT DO NOTHING

-- name: tell_own
-- Of something that happened to what a member wrote, and that nobody did.
INSERT INTO conversation.notifications (id, member, kind, actor, post)
SELECT $1::bigint, a.actor, $3::text, a.actor, $4::bigint
FROM identity.accounts a
WHERE a.actor = $2
ON CONFLICT DO NOTHING

-- name: voters_here
SELECT v.actor
FROM conversation.poll_votes v
JOIN identity.accounts a ON a.actor = v.actor
WHERE v.post = $1

-- name: boosters_here
SELECT p.author
FROM conversation.posts p
JOIN identity.accounts a ON a.actor = p.author
WHERE p.boost_of = $1

-- name: listing
SELECT n.id, n.kind, n.actor, n.post
FROM conversation.notifications n
WHERE n.member = $1 AND n.id < $2 AND n.id > $3
  AND ($5::text[] IS NULL OR n.kind = ANY($5::text[])) AND n.kind <> ALL($6::text[])
  AND ($7::bigint IS NULL OR n.actor = $7)
  AND (n.actor = n.member OR conversation.may_notify(n.member, n.actor, NULL))
ORDER BY n.id DESC
LIMIT $4

-- name: get
SELECT id, kind, actor, post FROM conversation.notifications WHERE member = $1 AND id = $2

-- name: dismiss
DELETE FROM conversation.notifications WHERE member = $1 AND id = $2

-- name: clear
DELETE FROM conversation.notifications WHERE member = $1

-- name: withdraw
DELETE FROM conversation.notifications
WHERE member = $1 AND kind = $2 AND actor = $3 AND coalesce(post, 0) = coalesce($4::bigint, 0)

-- name: withdraw_all
DELETE FROM conversation.notifications WHERE member = $1 AND actor = $2
