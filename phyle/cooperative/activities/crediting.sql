-- name: remember
INSERT INTO cooperative.asked (member, kind, activity) VALUES ($1, $2, $3)
ON CONFLICT (member) DO UPDATE SET kind = excluded.kind, activity = excluded.activity

-- name: asked
SELECT kind, activity FROM cooperative.asked WHERE member = $1
