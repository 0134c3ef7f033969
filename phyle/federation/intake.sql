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
