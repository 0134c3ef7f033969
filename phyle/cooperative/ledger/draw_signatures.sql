-- name: convicted
SELECT EXISTS (SELECT FROM cooperative.equivocations WHERE log = $1)

-- name: signed
SELECT entry, key, signature FROM cooperative.draws_signed WHERE log = $1 AND draw = $2

-- name: keep
INSERT INTO cooperative.draws_signed (log, draw, entry, key, signature) VALUES ($1, $2, $3, $4, $5)
