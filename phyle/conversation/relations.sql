-- name: block
INSERT INTO conversation.blocks (id, blocker, blocked, uri) VALUES ($1, $2, $3, $4)
ON CONFLICT (blocker, blocked) DO NOTHING
RETURNING id

-- name: unblock
DELETE FROM conversation.blocks WHERE blocker = $1 AND blocked = $2 RETURNING uri

-- name: find_block
SELECT blocked FROM conversation.blocks WHERE uri = $1 AND blocker = $2

-- name: blocks
SELECT id, blocked FROM conversation.blocks WHERE blocker = $4 AND id < $1 AND id > $2 ORDER BY id DESC LIMIT $3

-- name: mute
INSERT INTO conversation.mutes (id, muter, muted, notifications, expires_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (muter, muted) DO UPDATE SET notifications = excluded.notifications, expires_at = excluded.expires_at

-- name: unmute
DELETE FROM conversation.mutes WHERE muter = $1 AND muted = $2

-- name: mutes
SELECT id, muted, expires_at
FROM conversation.mutes
WHERE muter = $4 AND id < $1 AND id > $2 AND (expires_at IS NULL OR expires_at > now())
ORDER BY id DESC
LIMIT $3

-- name: forget_mutes
DELETE FROM conversation.mutes WHERE expires_at < now()

-- name: mute_thread
INSERT INTO conversation.muted_threads (member, thread) VALUES ($1, $2) ON CONFLICT DO NOTHING

-- name: unmute_thread
DELETE FROM conversation.muted_threads WHERE member = $1 AND thread = $2

-- name: note
INSERT INTO conversation.account_notes (member, subject, comment) VALUES ($1, $2, $3)
ON CONFLICT (member, subject) DO UPDATE SET comment = excluded.comment

-- name: forget_note
DELETE FROM conversation.account_notes WHERE member = $1 AND subject = $2
