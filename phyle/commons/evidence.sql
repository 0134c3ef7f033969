-- name: keep
INSERT INTO commons.evidence (digest, what, body, public, said, kept_by)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (digest) DO UPDATE
SET said = coalesce(excluded.said, commons.evidence.said), public = commons.evidence.public AND excluded.public

-- name: several
SELECT digest, what, body, public, said, kept_by FROM commons.evidence WHERE digest = ANY($1::text[])

-- name: forget
DELETE FROM commons.evidence WHERE digest = $1
