-- name: add
-- The sums of all processes in this window. Windows begin at multiples of their length, so clocks decide, not order.
-- Buckets are taken in one order by everybody, so that two processes never wait for each other.
INSERT INTO store.limits AS l (bucket, began_at, count)
SELECT given.bucket, $3, given.count
FROM unnest($1::text[], $2::integer[]) AS given (bucket, count)
ORDER BY given.bucket
ON CONFLICT (bucket) DO UPDATE
SET count = CASE WHEN l.began_at > excluded.began_at THEN l.count
                 WHEN l.began_at = excluded.began_at THEN l.count + excluded.count
                 ELSE excluded.count END,
    began_at = greatest(l.began_at, excluded.began_at)
RETURNING bucket, count

-- name: counted
SELECT count FROM store.limits WHERE bucket = $1 AND began_at = $2
