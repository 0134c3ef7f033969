-- name: keep
INSERT INTO cooperative.posts (subject, role, post) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING

-- name: post_of
SELECT post FROM cooperative.posts WHERE subject = $1 AND role = $2

-- name: subject_of
SELECT subject, role FROM cooperative.posts WHERE post = $1
