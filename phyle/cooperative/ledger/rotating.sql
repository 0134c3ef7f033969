-- A key that was retired before all time is not in use yet.

-- name: prepared
SELECT public FROM cooperative.keys WHERE purpose = $1 AND retired_at = '-infinity' ORDER BY id DESC LIMIT 1

-- name: prepare
INSERT INTO cooperative.keys (purpose, origin, public, secret, retired_at) VALUES ($1, $2, $3, $4, '-infinity')

-- name: secret
SELECT secret FROM cooperative.keys WHERE public = $1

-- name: retire
UPDATE cooperative.keys SET retired_at = now() WHERE purpose = $1 AND retired_at IS NULL AND public <> $2

-- name: use
UPDATE cooperative.keys SET retired_at = NULL WHERE purpose = $1 AND public = $2

-- name: prepare_member
INSERT INTO cooperative.keys (purpose, origin, member, actor, public, secret, retired_at)
SELECT 'member', origin, member, actor, $3, $4, '-infinity'
FROM cooperative.keys
WHERE origin = $1 AND member = $2 AND retired_at IS NULL

-- name: retire_member
UPDATE cooperative.keys SET retired_at = now()
WHERE origin = $1 AND member = $2 AND retired_at IS NULL AND public <> $3

-- name: use_member
UPDATE cooperative.keys SET retired_at = NULL WHERE origin = $1 AND member = $2 AND public = $3
