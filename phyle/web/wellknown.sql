-- name: usage
SELECT count(*)::integer AS users,
       count(*) FILTER (WHERE seen_on > current_date - 180)::integer AS active_halfyear,
       count(*) FILTER (WHERE seen_on > current_date - 30)::integer AS active_month,
       (SELECT coalesce(sum(posts_count), 0) FROM identity.actors WHERE local)::integer AS posts,
       0 AS comments
FROM identity.accounts
WHERE state = 'active'
