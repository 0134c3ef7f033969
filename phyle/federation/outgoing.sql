-- name: keep
-- Said again, it says what is true now; under a new number, by which whoever sends it knows that it changed.
INSERT INTO federation.sent_activities (id, uri, sender, body, digest, public) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (uri) DO UPDATE SET id = excluded.id, body = excluded.body, digest = excluded.digest, public = excluded.public
RETURNING id

-- name: queue
-- One statement for all recipients. A lane is locked even if it waits already, so that none is put to sleep meanwhile.
WITH recipients AS (
    SELECT DISTINCT host, inbox FROM unnest($3::text[], $4::text[]) AS r (host, inbox)),
allowed AS (
    SELECT r.host, r.inbox
    FROM recipients r
    LEFT JOIN federation.lanes l ON l.host = r.host
    WHERE l.closed_at IS NULL),
queued AS (
    INSERT INTO federation.deliveries (host, inbox, activity, order_key)
    SELECT host, inbox, $1::bigint, md5(inbox || ' ' || $2) FROM allowed
    RETURNING host)
INSERT INTO federation.lanes (host, waiting)
SELECT DISTINCT host, true FROM queued ORDER BY host
ON CONFLICT (host) DO UPDATE SET waiting = true WHERE NOT federation.lanes.waiting

-- name: supersede
DELETE FROM federation.deliveries d
USING federation.sent_activities s
WHERE s.id = d.activity AND s.sender = $1 AND d.claimed_by IS NULL
RETURNING d.host, d.inbox

-- name: silence
DELETE FROM federation.deliveries d
USING federation.sent_activities s
WHERE s.id = d.activity AND s.sender = $1 AND d.claimed_by IS NULL
  AND convert_from(s.body, 'UTF8')::jsonb ->> 'type' IN ('Create', 'Update', 'Announce')

-- name: close_lane
-- It counts as closed since the oldest that it did not get was written, so that this is told, too, when it is back.
WITH dropped AS (
    DELETE FROM federation.deliveries WHERE host = $1 RETURNING activity)
UPDATE federation.lanes
SET waiting = false, last_error = $2, closed_at = least(now(), (
    SELECT min(s.created_at) - interval '10 minutes'
    FROM federation.sent_activities s
    JOIN dropped d ON d.activity = s.id))
WHERE host = $1 AND closed_at IS NULL

-- name: silent_lanes
SELECT host FROM federation.lanes
WHERE closed_at IS NULL AND failing_since < now() - $1::interval AND coalesce(heard_at, '-infinity') < now() - $1::interval

-- name: forget_sent
DELETE FROM federation.sent_activities s
WHERE created_at < now() - interval '90 days'
  AND NOT EXISTS (SELECT FROM federation.deliveries d WHERE d.activity = s.id)

-- name: sent
SELECT s.body
FROM federation.sent_activities s
JOIN identity.actors a ON a.id = s.sender
WHERE s.uri = $1 AND s.public AND a.suspended_at IS NULL AND a.deleted_at IS NULL
