-- name: due
-- What was pushed since it was last put in order; the one that waits longest first.
SELECT r.id, u.packed_at IS NULL OR u.packed_at < now() - $2::interval AS wholly
FROM commons.repositories r
LEFT JOIN commons.upkeep u ON u.repository = r.id
WHERE r.pushed_at IS NOT NULL AND r.deleted_at IS NULL AND (u.tended_at IS NULL OR u.tended_at < r.pushed_at)
ORDER BY r.pushed_at
LIMIT $1

-- name: tended
INSERT INTO commons.upkeep AS u (repository, tended_at, packed_at) VALUES ($1, now(), CASE WHEN $2 THEN now() END)
ON CONFLICT (repository) DO UPDATE SET tended_at = now(), packed_at = coalesce(excluded.packed_at, u.packed_at)

-- name: sized
UPDATE commons.repositories SET bytes = $2 WHERE id = $1

-- name: all
SELECT id, name FROM commons.repositories WHERE id > $1 AND deleted_at IS NULL ORDER BY id LIMIT 100

-- name: visible
SELECT r.visibility, s.visibility AS before
FROM commons.repositories r
LEFT JOIN commons.shown s ON s.repository = r.id
WHERE r.id = $1 AND r.deleted_at IS NULL

-- name: show
INSERT INTO commons.shown (repository, visibility) VALUES ($1, $2)
ON CONFLICT (repository) DO UPDATE SET visibility = excluded.visibility
