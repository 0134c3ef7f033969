-- name: count
SELECT (SELECT coalesce(sum(posts_count), 0)::bigint FROM identity.actors WHERE local) AS posts,
       (SELECT count(*) FROM federation.lanes) AS peers

-- name: peers
SELECT l.host
FROM federation.lanes l
WHERE NOT EXISTS (SELECT 1 FROM federation.blocked_hosts b WHERE b.host = l.host)
ORDER BY l.host
LIMIT 10000
