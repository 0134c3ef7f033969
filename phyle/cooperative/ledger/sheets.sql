-- name: sheet
SELECT ballot, hash, data, audience, seq FROM cooperative.sheets WHERE ballot = $1

-- name: publish
INSERT INTO cooperative.sheets (ballot, hash, data, audience, seq) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (ballot) DO UPDATE
SET hash = excluded.hash, data = excluded.data, audience = excluded.audience, seq = excluded.seq

-- name: withdraw
DELETE FROM cooperative.sheets
WHERE ballot = ANY(ARRAY(SELECT about FROM cooperative.openings WHERE commitment = ANY($1::text[])))
