-- name: forks_of
SELECT id FROM commons.repositories WHERE origin = $1 AND deleted_at IS NULL ORDER BY id DESC LIMIT 200
