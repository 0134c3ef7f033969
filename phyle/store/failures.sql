-- name: given_up
SELECT id, name, attempts, failed_at, coalesce(last_error, '') AS error
FROM store.jobs
WHERE failed_at IS NOT NULL
ORDER BY id
LIMIT $1

-- name: retry
UPDATE store.jobs
SET failed_at = NULL, attempts = 0, run_at = now(), queued_at = clock_timestamp()
WHERE failed_at IS NOT NULL AND ($1::bigint[] IS NULL OR id = ANY($1))
