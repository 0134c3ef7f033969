-- name: sender
-- The actor, whether its server is blocked ($2: the names by which it would be), and whether it took this back ($3).
SELECT a.*,
       EXISTS (SELECT FROM federation.blocked_hosts b WHERE b.host = ANY($2::text[])) AS blocked,
       EXISTS (
           SELECT FROM federation.tombstones t
           WHERE t.key = ANY($3::bytea[]) AND ($4::interval IS NULL OR t.deleted_at > now() - $4)) AS taken_back
FROM identity.actors a
WHERE a.uri = $1

-- name: keep_unknown
INSERT INTO federation.unknown_activities (actor, kind, body) VALUES ($1, $2, $3)

-- name: forget
WITH old_seen AS (
    DELETE FROM federation.seen WHERE seen_at < now() - interval '90 days'),
old_fetches AS (
    DELETE FROM federation.key_fetches WHERE fetched_at < now() - interval '1 day')
DELETE FROM federation.unknown_activities WHERE received_at < now() - interval '30 days'
