-- name: alone
SELECT pg_advisory_xact_lock(1347963212)

-- name: current
SELECT secret FROM cooperative.witness_keys WHERE retired_at IS NULL ORDER BY number DESC LIMIT 1

-- name: make
INSERT INTO cooperative.witness_keys (number, secret)
SELECT coalesce(max(number), 0) + 1, $1 FROM cooperative.witness_keys

-- name: retire
UPDATE cooperative.witness_keys SET retired_at = now() WHERE retired_at IS NULL
