-- name: newest
SELECT id, value, began
FROM cooperative.slices
WHERE kind = $1 AND began < $2 AND began > $3
ORDER BY began DESC
FETCH FIRST $4 ROWS WITH TIES

-- name: newest_of
SELECT s.id, s.value, s.began
FROM unnest($5::text[]) AS p (phase)
CROSS JOIN LATERAL (
    SELECT id, value, began
    FROM cooperative.slices
    WHERE kind = $1 AND phase = p.phase AND began < $2 AND began > $3
    ORDER BY began DESC
    FETCH FIRST $4 ROWS WITH TIES) AS s
ORDER BY s.began DESC
FETCH FIRST $4 ROWS WITH TIES

-- name: by_ids
SELECT id, value FROM cooperative.slices WHERE kind = $1 AND id = ANY($2::text[])

-- name: phases
SELECT phase, count(*) AS number
FROM cooperative.slices
WHERE kind = $1 AND began IS NOT NULL AND phase IS NOT NULL
GROUP BY phase

-- name: mandates_of
SELECT id, value FROM cooperative.slices WHERE kind = 'mandate' AND value ->> 'member' = $1 ORDER BY id

-- name: charges_of
SELECT id, value FROM cooperative.slices WHERE kind = 'charge' AND value ->> 'member' = $1 ORDER BY began

-- name: mandates_of_many
SELECT value ->> 'member' AS member, value ->> 'office' AS office
FROM cooperative.slices
WHERE kind = 'mandate' AND value ->> 'member' = ANY($1::text[]) AND value ->> 'ended' IS NULL
      AND (value ->> 'since')::bigint <= $2 AND (value ->> 'until')::bigint > $2
ORDER BY office

-- name: posts_of
SELECT subject, post FROM cooperative.posts WHERE subject = ANY($1::text[]) AND role = $2

-- name: entries_of_kind
SELECT seq, leaf
FROM cooperative.entries
WHERE kind = $1 AND seq < $2 AND seq > $3
ORDER BY seq DESC
LIMIT $4

-- name: decision_about
SELECT seq, leaf
FROM cooperative.entries
WHERE kind = 'decide' AND position($1::bytea IN leaf) > 0
ORDER BY seq DESC
LIMIT 1
