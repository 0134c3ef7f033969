-- name: note
INSERT INTO commons.untold_pushes (repository, push) VALUES ($1, $2) ON CONFLICT DO NOTHING

-- name: untold
SELECT push FROM commons.untold_pushes WHERE repository = $1 ORDER BY push LIMIT 100

-- name: told_at
SELECT told_at FROM commons.told_pushes WHERE repository = $1

-- name: take
DELETE FROM commons.untold_pushes WHERE repository = $1 AND push = ANY($2::bigint[])

-- name: tell
INSERT INTO commons.told_pushes (repository) VALUES ($1) ON CONFLICT (repository) DO UPDATE SET told_at = now()
