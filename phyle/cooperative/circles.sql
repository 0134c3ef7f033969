-- name: alone
SELECT pg_advisory_xact_lock(1347963215)
