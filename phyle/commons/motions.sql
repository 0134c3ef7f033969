-- name: move
INSERT INTO commons.motions (id, repository, what, holder, role, rule, moved_by, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT DO NOTHING
RETURNING id

-- name: open_one
SELECT id FROM commons.motions
WHERE repository = $1 AND what = $2 AND coalesce(holder, 0) = coalesce($3::bigint, 0) AND coalesce(role, rule) = coalesce($4::text, $5::text)
  AND state = 'open'

-- name: vote
INSERT INTO commons.motion_votes (motion, voter) VALUES ($1, $2) ON CONFLICT DO NOTHING

-- name: close
UPDATE commons.motions SET state = $2 WHERE id = $1 AND state = 'open'

-- name: get
SELECT m.*, (
    SELECT count(*) FROM commons.motion_votes v
    JOIN commons.grants g ON g.repository = m.repository AND g.holder = v.voter AND g.role = 'maintainer' AND g.revoked_at IS NULL
        AND (g.until IS NULL OR g.until > now())
    WHERE v.motion = m.id
) AS votes
FROM commons.motions m
WHERE m.id = $1

-- name: of
SELECT m.*, (
    SELECT count(*) FROM commons.motion_votes v
    JOIN commons.grants g ON g.repository = m.repository AND g.holder = v.voter AND g.role = 'maintainer' AND g.revoked_at IS NULL
        AND (g.until IS NULL OR g.until > now())
    WHERE v.motion = m.id
) AS votes
FROM commons.motions m
WHERE m.repository = $1 AND m.state = 'open'
ORDER BY m.id
LIMIT 500

-- name: was_carried
SELECT true FROM commons.motions
WHERE repository = $1 AND holder = $2 AND role = $3 AND what = 'give' AND state = 'carried'
LIMIT 1
