-- name: current
SELECT secret FROM cooperative.keys WHERE purpose = 'draw' AND retired_at IS NULL

-- name: make
INSERT INTO cooperative.keys (purpose, origin, public, secret) VALUES ('draw', $1, $2, $3) ON CONFLICT DO NOTHING

-- name: retire
UPDATE cooperative.keys SET retired_at = now() WHERE purpose = 'draw' AND retired_at IS NULL
