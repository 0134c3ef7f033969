-- name: meet
INSERT INTO cooperative.witnesses (host)
SELECT host FROM (
    SELECT DISTINCT value ->> 'via' AS host FROM cooperative.slices
    WHERE kind = 'member' AND value ->> 'via' <> $1
    UNION
    SELECT DISTINCT split_part(origin, '/', 1) FROM cooperative.keys
    WHERE purpose = 'member' AND retired_at IS NULL AND split_part(origin, '/', 1) <> $1
    UNION
    SELECT split_part(value ->> 'origin', '/', 1) FROM cooperative.slices
    WHERE kind = 'partner' AND split_part(value ->> 'origin', '/', 1) <> $1
) AS found WHERE length(host) BETWEEN 1 AND 260 ORDER BY host LIMIT $2
ON CONFLICT DO NOTHING

-- name: invite
INSERT INTO cooperative.witnesses (host) VALUES ($1) ON CONFLICT (host) DO UPDATE SET next_at = now()

-- name: due
SELECT host, vkey, size FROM cooperative.witnesses WHERE next_at <= now() AND (cosigned_at IS NULL OR size <> $1)
ORDER BY next_at LIMIT $2

-- name: of_host
SELECT host, vkey, size FROM cooperative.witnesses WHERE host = $1

-- name: every
SELECT host, vkey, size FROM cooperative.witnesses WHERE vkey IS NOT NULL ORDER BY host LIMIT $1

-- name: reports
SELECT host, size, cosigned_at IS NOT NULL AS cosigned, coalesce(last_error, '') AS last_error
FROM cooperative.witnesses ORDER BY host LIMIT $1

-- name: introduced
UPDATE cooperative.witnesses SET vkey = $2 WHERE host = $1

-- name: cosigned
UPDATE cooperative.witnesses
SET size = $2, cosigned_at = now(), failures = 0, next_at = now(), last_error = NULL
WHERE host = $1

-- name: holds
UPDATE cooperative.witnesses SET size = $2 WHERE host = $1

-- name: failed
UPDATE cooperative.witnesses
SET failures = failures + 1, last_error = $2, vkey = CASE WHEN $3 THEN NULL ELSE vkey END,
    next_at = now() + least(interval '6 hours', interval '5 seconds' * power(2, least(failures, 12)))
WHERE host = $1

-- name: logs_due
UPDATE cooperative.logs SET next_at = now() + interval '5 minutes'
WHERE id IN (SELECT id FROM cooperative.logs WHERE next_at <= now() ORDER BY next_at LIMIT $1 FOR UPDATE SKIP LOCKED)
RETURNING origin

-- name: log_observed
UPDATE cooperative.logs SET failures = 0, last_error = NULL, next_at = now() + interval '5 minutes' WHERE id = $1

-- name: log_failed
UPDATE cooperative.logs
SET failures = failures + 1, last_error = $2,
    next_at = now() + least(interval '6 hours', interval '1 minute' * power(2, least(failures, 10)))
WHERE id = $1
