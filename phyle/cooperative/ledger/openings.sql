-- name: keep
INSERT INTO cooperative.openings (commitment, act, name, salt, value, audience, about, by)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::text[])
ON CONFLICT DO NOTHING

-- name: entered
UPDATE cooperative.openings AS o
SET seq = e.seq
FROM unnest($1::text[], $2::bigint[]) AS e (act, seq)
WHERE o.act = e.act

-- name: refused
DELETE FROM cooperative.openings WHERE act = ANY($1::text[])

-- name: opened
SELECT commitment, name, value, salt, seq, by, audience, about
FROM cooperative.openings
WHERE commitment = ANY($1::text[]) AND seq IS NOT NULL AND (audience = ANY($2::text[]) OR by = $3 AND by <> '')

-- name: about
SELECT commitment, name, value, salt, seq, by, audience, about
FROM cooperative.openings
WHERE about = $1 AND name = $2 AND seq IS NOT NULL AND audience = ANY($3::text[])
ORDER BY seq

-- name: values_of
SELECT commitment, value, salt FROM cooperative.openings WHERE commitment = ANY($1::text[])

-- name: erase
DELETE FROM cooperative.openings WHERE commitment = ANY($1::text[])

-- name: erased
INSERT INTO cooperative.erasures (commitment, seq)
SELECT commitment, $2 FROM unnest($1::text[]) AS commitment
ON CONFLICT DO NOTHING

-- name: erasures
SELECT commitment, seq FROM cooperative.erasures WHERE commitment = ANY($1::text[])
