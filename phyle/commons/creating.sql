-- name: all
SELECT id FROM commons.repositories WHERE deleted_at IS NULL ORDER BY id
