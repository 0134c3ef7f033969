-- name: try_slot
SELECT pg_try_advisory_lock(1347963205, $1)

-- name: live_slots
-- Every running process holds the lock of its slot; what a dead one had claimed is free.
SELECT coalesce(array_agg(objid::integer), '{}')
FROM pg_locks
WHERE locktype = 'advisory' AND classid = 1347963205 AND objsubid = 2 AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())

-- name: notify
SELECT pg_notify(channel, '') FROM unnest($1::text[]) AS channel
