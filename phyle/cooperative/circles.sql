-- name: alone
SELECT pg_advisory_xact_lock(1347963215)

-- name: every
SELECT actor FROM conversation.groups ORDER BY actor
