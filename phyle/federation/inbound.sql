-- name: take
-- In one statement: remembered as seen, and queued if it was not seen before (or, where $4 is given, not since then).
WITH fresh AS (
    INSERT INTO federation.seen (key) VALUES ($1)
    ON CONFLICT (key) DO UPDATE SET seen_at = now() WHERE federation.seen.seen_at < $4::timestamptz
    RETURNING key)
INSERT INTO store.jobs (name, body, network, order_key)
SELECT 'federation.arrive', $2, false, $3 FROM fresh

-- name: keep_unknown
INSERT INTO federation.unknown_activities (actor, kind, body) VALUES ($1, $2, $3)

-- name: forget
WITH old_seen AS (
    DELETE FROM federation.seen WHERE seen_at < now() - interval '90 days'),
old_fetches AS (
    DELETE FROM federation.key_fetches WHERE fetched_at < now() - interval '1 day')
DELETE FROM federation.unknown_activities WHERE received_at < now() - interval '30 days'
