-- name: count
SELECT (SELECT coalesce(sum(posts_count), 0)::bigint FROM identity.actors WHERE local) AS posts,
       (SELECT count(*) FROM federation.lanes) AS peers
