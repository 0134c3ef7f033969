-- name: alone
SELECT pg_advisory_xact_lock(1347963219)

-- name: fresh
SELECT s.id
FROM cooperative.slices s
LEFT JOIN cooperative.moderated m ON m.moderation = s.id
WHERE s.kind IN ('moderation', 'withholding') AND coalesce(s.phase, 'provisional') IN ('provisional', 'confirmed') AND s.began IS NOT NULL
  AND m.moderation IS NULL
ORDER BY s.id

-- name: over
SELECT m.moderation, m.what, m.name
FROM cooperative.slices s
JOIN cooperative.moderated m ON m.moderation = s.id AND m.done
WHERE s.kind IN ('moderation', 'withholding') AND s.phase IN ('lapsed', 'lifted') AND s.began IS NOT NULL
ORDER BY m.moderation

-- name: keep
INSERT INTO cooperative.moderated (moderation, what, name, done, error) VALUES ($1, $2, $3, $4::text IS NULL, $4)

-- name: undone
UPDATE cooperative.moderated SET done = false, changed_at = now() WHERE moderation = $1

-- name: still
SELECT true FROM cooperative.moderated WHERE what = $1 AND name = $2 AND done LIMIT 1

-- name: error
SELECT error FROM cooperative.moderated WHERE moderation = $1

-- name: again
-- What one person did to something, if it holds, or lapsed or was lifted not long ago. What a decision did has no end.
SELECT s.id, coalesce(s.phase, 'provisional') AS phase
FROM cooperative.moderated m
JOIN cooperative.slices s ON s.kind IN ('moderation', 'withholding') AND s.id = m.moderation
WHERE m.what = $1 AND m.name = $2 AND (s.value ->> 'until')::bigint > 0
  AND (coalesce(s.phase, 'provisional') IN ('provisional', 'confirmed')
       OR s.phase = 'lapsed' AND (s.value ->> 'until')::bigint + $3 > cooperative.clock())
ORDER BY (s.value ->> 'until')::bigint DESC LIMIT 1
