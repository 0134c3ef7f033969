-- name: make
INSERT INTO commons.invitations (id, uri, what, repository, person, invited_by, role, words)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT DO NOTHING
RETURNING *

-- name: answer
UPDATE commons.invitations SET state = $2, answered_at = now() WHERE id = $1 AND state = 'open' RETURNING *

-- name: get
SELECT * FROM commons.invitations WHERE id = $1

-- name: by_uri
SELECT * FROM commons.invitations WHERE uri = $1

-- name: open_of
SELECT * FROM commons.invitations WHERE repository = $1 AND person = $2 AND state = 'open' ORDER BY id

-- name: of_repository
SELECT * FROM commons.invitations WHERE repository = $1 AND state = 'open' ORDER BY id LIMIT 500

-- name: of_person
SELECT * FROM commons.invitations WHERE person = $1 ORDER BY id DESC LIMIT 200

-- name: last_answered
SELECT uri FROM commons.invitations
WHERE repository = $1 AND person = $2 AND role = $3 AND state = 'accepted'
ORDER BY id DESC
LIMIT 1
