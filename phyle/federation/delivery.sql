-- name: claim
-- From each lane that is due as many as it has room for, in the order of their keys. As with jobs, the statement leaves
-- the planner no choice that would be bad for a full table.
WITH busy AS (
    SELECT * FROM unnest($3::text[], $4::integer[]) AS b (host, room)),
ready AS (
    SELECT l.host, coalesce(b.room, CASE
        WHEN l.failures > 0 THEN 1
        WHEN l.succeeded_at > now() - interval '5 seconds' THEN $6
        ELSE $5 END) AS room
    FROM federation.lanes l
    LEFT JOIN busy b ON b.host = l.host
    WHERE l.waiting AND l.next_at <= now() AND coalesce(b.room, 1) > 0
    ORDER BY l.next_at
    LIMIT 2000)
UPDATE federation.deliveries d
SET claimed_by = $2
FROM federation.lanes l
WHERE l.host = d.host AND d.id = ANY(ARRAY(
    SELECT picked.id
    FROM ready r
    CROSS JOIN LATERAL (
        SELECT d.id
        FROM federation.deliveries d
        WHERE d.host = r.host AND d.claimed_by IS NULL AND d.next_at <= now()
          AND d.id = (SELECT min(first.id + 0) FROM federation.deliveries first WHERE first.order_key = d.order_key)
        ORDER BY d.next_at
        LIMIT r.room
        FOR UPDATE SKIP LOCKED) picked
    LIMIT $1))
RETURNING d.id, d.host, d.inbox, d.activity, d.attempts, l.rfc9421, l.failures

-- name: activities
-- Of a sender who left only what was said after that, which is that it left.
SELECT s.id, s.body, s.digest, s.sender, a.uri AS sender_uri, k.private
FROM federation.sent_activities s
JOIN identity.actors a ON a.id = s.sender
JOIN identity.keys k ON k.actor = a.id AND k.kind = 'rsa'
WHERE s.id = ANY($1::bigint[]) AND (a.deleted_at IS NULL OR s.created_at >= a.deleted_at)

-- name: finish
DELETE FROM federation.deliveries WHERE id = ANY($1::bigint[])

-- name: retry
-- Doing it twice is doing it once: the answer to a COMMIT may be lost.
UPDATE federation.deliveries d
SET claimed_by = NULL, attempts = d.attempts + 1, next_at = now() + r.pause, last_error = r.error
FROM unnest($1::bigint[], $2::integer[], $3::interval[], $4::text[]) AS r (id, attempts, pause, error)
WHERE d.id = r.id AND d.attempts = r.attempts

-- name: lock_lanes
SELECT host FROM federation.lanes WHERE host = ANY($1::text[]) ORDER BY host FOR UPDATE

-- name: lanes_succeeded
UPDATE federation.lanes l
SET waiting = EXISTS (SELECT FROM federation.deliveries d WHERE d.host = l.host),
    failures = 0, failing_since = NULL, succeeded_at = now(), last_error = NULL, next_at = '-infinity'
WHERE l.host = ANY($1::text[])
RETURNING waiting

-- name: lane_failed
-- Many at once may fail: only the first counts.
UPDATE federation.lanes
SET failures = failures + 1, failing_since = coalesce(failing_since, now()), next_at = now() + $2::interval, last_error = $3
WHERE host = $1 AND next_at <= now()

-- name: lane_not_rfc9421
UPDATE federation.lanes SET rfc9421 = false WHERE host = $1

-- name: is_shared_inbox
SELECT EXISTS (SELECT FROM identity.actors WHERE inbox_host = $1 AND shared_inbox = $2)

-- name: free
-- What dead processes had claimed ($1: those that live), and what this one ($2) claimed without learning of it: the
-- answer to a COMMIT may be lost. $3 is what it knows of.
UPDATE federation.deliveries
SET claimed_by = NULL
WHERE claimed_by IS NOT NULL AND (claimed_by <> ALL($1::integer[]) OR claimed_by = $2 AND id <> ALL($3::bigint[]))
