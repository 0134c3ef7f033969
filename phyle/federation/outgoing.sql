-- name: keep
INSERT INTO federation.sent_activities (id, uri, sender, body, digest, public) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING

-- name: queue
-- One statement for all recipients. A lane is locked even if it waits already, so that none is put to sleep meanwhile.
WITH recipients AS (
    SELECT DISTINCT host, inbox FROM unnest($3::text[], $4::text[]) AS r (host, inbox)),
allowed AS (
    SELECT r.host, r.inbox
    FROM recipients r
    LEFT JOIN federation.lanes l ON l.host = r.host
    LEFT JOIN federation.blocked_hosts b ON b.host = r.host
    WHERE l.closed_at IS NULL AND b.host IS NULL),
queued AS (
    INSERT INTO federation.deliveries (host, inbox, activity, order_key)
    SELECT host, inbox, $1::bigint, $2 FROM allowed
    RETURNING host)
INSERT INTO federation.lanes (host, waiting)
SELECT DISTINCT host, true FROM queued ORDER BY host
ON CONFLICT (host) DO UPDATE SET waiting = true WHERE NOT federation.lanes.waiting

-- name: close_lane
WITH dropped AS (
    DELETE FROM federation.deliveries WHERE host = $1)
UPDATE federation.lanes SET closed_at = now(), waiting = false, last_error = $2 WHERE host = $1 AND closed_at IS NULL

-- name: silent_lanes
SELECT host FROM federation.lanes
WHERE closed_at IS NULL AND failing_since < now() - $1::interval AND coalesce(heard_at, '-infinity') < now() - $1::interval

-- name: forget_sent
DELETE FROM federation.sent_activities s
WHERE created_at < now() - interval '90 days'
  AND NOT EXISTS (SELECT FROM federation.deliveries d WHERE d.activity = s.id)

-- name: sent
SELECT uri, body, public FROM federation.sent_activities WHERE uri = $1
