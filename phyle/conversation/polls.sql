-- name: begin
INSERT INTO conversation.polls (post, multiple, hidden, ballot, ends_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING

-- name: lock
SELECT true FROM conversation.posts WHERE id = $1 AND poll IS NOT NULL FOR NO KEY UPDATE

-- name: held
-- A statement of its own, so that it sees what those did who had the lock before, and has a later time.
SELECT h.id, h.author, h.local, h.poll, p.multiple, p.hidden, p.ballot, p.ends_at, p.closed_at, v.choices, clock_timestamp() AS at
FROM conversation.posts h
LEFT JOIN conversation.polls p ON p.post = h.id
LEFT JOIN conversation.poll_votes v ON v.post = h.id AND v.actor = $2::bigint
WHERE h.id = $1

-- name: vote
INSERT INTO conversation.poll_votes (post, actor, choices) VALUES ($1, $2, $3)
ON CONFLICT (post, actor) DO UPDATE SET choices = excluded.choices

-- name: keep
INSERT INTO conversation.kept_votes (id, post, actor, choices, received_at, evidence) VALUES ($1, $2, $3, $4, $5, $6)

-- name: kept_vote
SELECT id, post, actor, choices, received_at, evidence FROM conversation.kept_votes WHERE id = $1

-- name: kept_votes
SELECT id, post, actor, choices, received_at, evidence FROM conversation.kept_votes WHERE post = $1 ORDER BY id

-- name: taken
DELETE FROM conversation.kept_votes WHERE id = $1

-- name: show
UPDATE conversation.posts SET poll = $2 WHERE id = $1

-- name: close
UPDATE conversation.polls SET closed_at = now() WHERE post = $1 AND closed_at IS NULL

-- name: over
SELECT post FROM conversation.polls WHERE closed_at IS NULL AND ends_at <= now() AND NOT ballot ORDER BY ends_at LIMIT $1

-- name: recount
SELECT choice::integer AS choice, count(*) AS votes
FROM conversation.poll_votes v
CROSS JOIN LATERAL unnest(v.choices) AS choice
WHERE v.post = $1
GROUP BY choice

-- name: tell_soon
UPDATE conversation.polls SET telling = true WHERE post = $1 AND NOT telling

-- name: told
UPDATE conversation.polls SET telling = false WHERE post = $1

-- name: voters
SELECT actor FROM conversation.poll_votes WHERE post = $1
