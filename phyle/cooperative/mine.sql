-- name: opened
SELECT commitment, value FROM cooperative.openings WHERE commitment = ANY($1::text[]) AND seq IS NOT NULL

-- name: openings_of
-- By the acts of their author, for which there is an index.
SELECT o.name, o.value, o.salt, o.commitment, o.seq, o.about
FROM cooperative.acts a
CROSS JOIN LATERAL (SELECT * FROM cooperative.openings WHERE act = a.hash) AS o
WHERE a.by = $1
ORDER BY a.id

-- name: acts_of
SELECT hash, state, received, seq, sentence, document FROM cooperative.acts WHERE by = $1 ORDER BY id
