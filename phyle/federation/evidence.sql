-- name: keep
UPDATE federation.evidence SET kept = true WHERE id = $1

-- name: take
DELETE FROM federation.evidence WHERE id = $1 RETURNING id, received_at, method, target, scheme, headers, body

-- name: settle
DELETE FROM federation.evidence WHERE id = $1 AND NOT kept

-- name: alone
SELECT pg_advisory_xact_lock($1)

-- name: waiting
SELECT true FROM federation.evidence WHERE received_at < $1 AND received_at > clock_timestamp() - $2::interval LIMIT 1

-- name: forget
DELETE FROM federation.evidence WHERE received_at < now() - CASE WHEN kept THEN interval '30 days' ELSE interval '1 hour' END
