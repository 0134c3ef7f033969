-- name: unnoticed_proposals
SELECT id FROM cooperative.slices
WHERE kind = 'proposal' AND value ->> 'phase' = 'deliberation' AND value -> 'noticed' IS NULL
ORDER BY id

-- name: unnoticed_assemblies
SELECT id FROM cooperative.slices
WHERE kind = 'assembly' AND coalesce(value ->> 'phase', 'called') = 'called' AND value -> 'noticed' IS NULL
ORDER BY id

-- name: waiting_draws
SELECT id FROM cooperative.slices
WHERE kind = 'draw' AND phase IN ('committing', 'revealing') AND began IS NOT NULL
ORDER BY id

-- name: told
SELECT post FROM cooperative.posts WHERE role = 'notice' AND subject >= $1 AND subject < $2 ORDER BY post

-- name: keep
INSERT INTO cooperative.posts (subject, role, post) VALUES ($1, 'notice', $2)

-- name: waiting
SELECT DISTINCT d.host FROM federation.sent_activities AS a
JOIN federation.deliveries AS d ON d.activity = a.id
WHERE a.uri = ANY($1::text[])

-- name: addressed
SELECT actor FROM conversation.mentions WHERE post = ANY($1::bigint[])
