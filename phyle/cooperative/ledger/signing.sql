-- name: own
SELECT purpose, secret FROM cooperative.keys WHERE purpose <> 'member' AND retired_at IS NULL

-- name: keep_own
INSERT INTO cooperative.keys (purpose, origin, public, secret) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING

-- name: keep_member
INSERT INTO cooperative.keys (purpose, origin, member, actor, public, secret)
VALUES ('member', $1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING

-- name: member_public
SELECT public FROM cooperative.keys WHERE origin = $1 AND member = $2 AND retired_at IS NULL

-- name: member_secret
SELECT secret FROM cooperative.keys WHERE origin = $1 AND member = $2 AND retired_at IS NULL

-- name: retire_member
UPDATE cooperative.keys SET retired_at = now() WHERE origin = $1 AND member = $2 AND retired_at IS NULL

-- name: member_of
SELECT member FROM cooperative.keys
WHERE actor = $1 AND origin = $2 AND retired_at IS NULL
ORDER BY id DESC LIMIT 1

-- name: actor_of
SELECT actor FROM cooperative.keys WHERE origin = $1 AND member = $2 AND retired_at IS NULL

-- name: memberships
SELECT origin, member FROM cooperative.keys WHERE actor = $1 AND retired_at IS NULL ORDER BY id

-- name: origin
SELECT value ->> 'origin' FROM cooperative.slices WHERE kind = 'phyle' AND id = ''

-- name: moment
-- The ledger's clock, and the newest head that whoever signs may have seen.
SELECT cooperative.clock() AS at, c.size, c.root
FROM cooperative.ledger l
LEFT JOIN LATERAL (
    SELECT size, root FROM cooperative.checkpoints WHERE origin = $1 ORDER BY size DESC LIMIT 1) AS c ON true

-- name: member_signs
-- All that an act of a member is signed with, in one look: the ledger's name, the key, and the moment.
SELECT o.origin, k.secret, cooperative.clock() AS at, c.size, c.root
FROM (SELECT coalesce($2::text, (SELECT value ->> 'origin' FROM cooperative.slices WHERE kind = 'phyle' AND id = ''),
                      $3::text) AS origin) AS o
LEFT JOIN LATERAL (
    SELECT secret FROM cooperative.keys
    WHERE origin = o.origin AND member = $1 AND retired_at IS NULL) AS k ON true
LEFT JOIN LATERAL (
    SELECT size, root FROM cooperative.checkpoints WHERE origin = o.origin ORDER BY size DESC LIMIT 1) AS c ON true

-- name: clock
SELECT cooperative.clock()
