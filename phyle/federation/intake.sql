-- name: take
-- In one statement: remembered as seen, and queued if it was not seen before (or, where `again` is given, not since then).
-- In the order of their keys, so that two processes with the same ones do not wait for each other.
WITH sent AS MATERIALIZED (
    SELECT key, body, order_key, again, position
    FROM unnest($1::bytea[], $2::text[], $3::text[], $4::timestamptz[])
         WITH ORDINALITY AS s (key, body, order_key, again, position)),
fresh AS (
    INSERT INTO federation.seen (key)
    SELECT key FROM sent ORDER BY key
    ON CONFLICT (key) DO UPDATE SET seen_at = now()
    WHERE federation.seen.seen_at < (SELECT s.again FROM sent s WHERE s.key = excluded.key)
    RETURNING key)
INSERT INTO store.jobs (name, body, network, order_key)
SELECT 'federation.arrive', s.body::jsonb, false, s.order_key
FROM sent s
WHERE s.key IN (SELECT key FROM fresh)
ORDER BY s.position

-- name: share
SELECT pg_advisory_xact_lock_shared($1)

-- name: take_shown
-- As above; the jobs of those at the places $5 know the number and the time of their request.
WITH sent AS MATERIALIZED (
    SELECT key, body, order_key, again, position
    FROM unnest($1::bytea[], $2::text[], $3::text[], $4::timestamptz[])
         WITH ORDINALITY AS s (key, body, order_key, again, position)),
fresh AS (
    INSERT INTO federation.seen (key)
    SELECT key FROM sent ORDER BY key
    ON CONFLICT (key) DO UPDATE SET seen_at = now()
    WHERE federation.seen.seen_at < (SELECT s.again FROM sent s WHERE s.key = excluded.key)
    RETURNING key),
shown AS MATERIALIZED (
    SELECT w.position, w.id, clock_timestamp() AS received_at,
           w.method, w.target, w.scheme, w.headers::jsonb AS headers, w.body
    FROM unnest($5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bytea[], $11::bigint[])
         AS w (position, method, target, scheme, headers, body, id)
    JOIN sent s ON s.position = w.position
    WHERE s.key IN (SELECT key FROM fresh)),
kept AS (
    INSERT INTO federation.evidence (id, received_at, method, target, scheme, headers, body)
    SELECT id, received_at, method, target, scheme, headers, body FROM shown)
INSERT INTO store.jobs (name, body, network, order_key)
SELECT 'federation.arrive',
       s.body::jsonb || CASE WHEN w.id IS NULL THEN '{}'::jsonb
                             ELSE jsonb_build_object('evidence', w.id, 'received', w.received_at) END,
       false, s.order_key
FROM sent s
LEFT JOIN shown w ON w.position = s.position
WHERE s.key IN (SELECT key FROM fresh)
ORDER BY s.position
