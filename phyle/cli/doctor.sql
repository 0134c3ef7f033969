-- name: about
-- `safe`: whether what was committed is on the disk.
SELECT current_user::text AS role,
       current_setting('server_version') AS version,
       current_setting('server_version_num')::integer / 10000 AS major,
       current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off' AS safe,
       clock_timestamp() AS clock,
       pg_database_size(current_database()) AS bytes

-- name: name
SELECT value AS domain FROM store.facts WHERE name = 'domain'

-- name: jobs
SELECT count(*) FILTER (WHERE failed_at IS NOT NULL) AS failed,
       count(*) FILTER (WHERE failed_at IS NULL AND run_at <= now()) AS due,
       now() - min(run_at) FILTER (WHERE failed_at IS NULL AND run_at <= now()) AS behind,
       (SELECT last_error FROM store.jobs WHERE failed_at IS NOT NULL ORDER BY failed_at DESC LIMIT 1) AS error
FROM store.jobs
