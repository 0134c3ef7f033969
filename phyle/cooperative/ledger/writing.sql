-- name: add_entries
INSERT INTO cooperative.entries (seq, at, kind, hash, leaf)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bytea[], $5::bytea[])

-- name: add_hashes
INSERT INTO cooperative.hashes (level, number, hash)
SELECT $1::smallint, $2::bigint + h.place - 1, h.hash
FROM unnest($3::bytea[]) WITH ORDINALITY AS h (hash, place)

-- name: put_slices
INSERT INTO cooperative.slices (kind, id, value)
SELECT kind, id, value::jsonb FROM unnest($1::text[], $2::text[], $3::text[]) AS s (kind, id, value)
ON CONFLICT (kind, id) DO UPDATE SET value = excluded.value

-- name: drop_slices
DELETE FROM cooperative.slices AS s
USING unnest($1::text[], $2::text[]) AS g (kind, id)
WHERE s.kind = g.kind AND s.id = g.id

-- name: enter
UPDATE cooperative.acts AS a
SET state = 'entered', seq = e.seq, at = e.at
FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS e (hash, seq, at)
WHERE a.hash = e.hash

-- name: refuse
UPDATE cooperative.acts AS a
SET state = 'refused', at = $2, status = r.status, sentence = r.sentence
FROM unnest($1::text[], $3::smallint[], $4::text[]) AS r (hash, status, sentence)
WHERE a.hash = r.hash
