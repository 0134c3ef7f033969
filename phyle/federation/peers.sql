-- name: listing
SELECT l.host, l.succeeded_at, l.heard_at, l.failing_since, l.failures, l.closed_at, l.last_error, l.rfc9421,
       b.reason AS blocked,
       (SELECT count(*) FROM federation.deliveries d WHERE d.host = l.host) AS waiting
FROM federation.lanes l
LEFT JOIN federation.blocked_hosts b ON b.host = l.host
UNION ALL
SELECT b.host, NULL, NULL, NULL, 0, NULL, NULL, false, b.reason, 0
FROM federation.blocked_hosts b
WHERE NOT EXISTS (SELECT FROM federation.lanes l WHERE l.host = b.host)
ORDER BY 1

-- name: hosts
SELECT host FROM federation.lanes WHERE heard_at IS NOT NULL OR succeeded_at IS NOT NULL ORDER BY host LIMIT $1

-- name: block
INSERT INTO federation.blocked_hosts (host, reason) VALUES ($1, $2)
ON CONFLICT (host) DO UPDATE SET reason = excluded.reason

-- name: drop_deliveries
-- To the host, its other ports, and what lies below it.
DELETE FROM federation.deliveries
WHERE host = $1 OR right('.' || regexp_replace(host, ':[0-9]+$', ''), length($1) + 1) = '.' || $1

-- name: set_hidden
-- Whoever lives there, on any port or below it, is as if suspended; or, with false, is no longer so.
UPDATE identity.actors
SET suspended_at = CASE WHEN $2 THEN now() END
WHERE NOT local AND (suspended_at IS NULL) = $2
  AND (inbox_host = $1 OR right('.' || regexp_replace(inbox_host, ':[0-9]+$', ''), length($1) + 1) = '.' || $1)

-- name: unblock
DELETE FROM federation.blocked_hosts WHERE host = $1

-- name: blocked
SELECT host FROM federation.blocked_hosts

-- name: blocked_among
SELECT host FROM federation.blocked_hosts WHERE host = ANY($1::text[])

-- name: heard
-- At most once a minute and host, unless the lane was failing or closed: then the peer is back, and what waits goes out.
INSERT INTO federation.lanes (host, heard_at, rfc9421) VALUES ($1, now(), $2)
ON CONFLICT (host) DO UPDATE
SET heard_at = now(), next_at = '-infinity', closed_at = NULL, rfc9421 = federation.lanes.rfc9421 OR excluded.rfc9421
WHERE federation.lanes.heard_at IS NULL OR federation.lanes.heard_at < now() - interval '1 minute'
   OR federation.lanes.failures > 0 OR federation.lanes.closed_at IS NOT NULL
   OR (excluded.rfc9421 AND NOT federation.lanes.rfc9421)
RETURNING waiting

-- name: closed_since
SELECT closed_at FROM federation.lanes WHERE host = $1 AND closed_at IS NOT NULL FOR UPDATE
