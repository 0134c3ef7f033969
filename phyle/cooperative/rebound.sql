-- name: rename
UPDATE cooperative.keys SET member = $3 WHERE origin = $1 AND member = $2 AND retired_at IS NULL
