-- name: link
INSERT INTO cooperative.people (member, actor) VALUES ($1, $2)
ON CONFLICT (member) DO UPDATE SET actor = excluded.actor

-- name: unlink
DELETE FROM cooperative.people WHERE member = $1

-- name: member_of
SELECT member FROM cooperative.people WHERE actor = $1 ORDER BY since DESC LIMIT 1

-- name: actor_of
SELECT actor FROM cooperative.people WHERE member = $1

-- name: actors_of
SELECT member, actor FROM cooperative.people WHERE member = ANY($1::text[])

-- name: standing
SELECT value ->> 'standing' FROM cooperative.slices WHERE kind = 'member' AND id = $1
