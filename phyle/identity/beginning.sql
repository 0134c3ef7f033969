-- name: record
INSERT INTO store.facts (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING

-- name: recorded
SELECT value FROM store.facts WHERE name = $1

-- name: alone
-- Of several processes that start at once, one makes what is made once.
SELECT pg_advisory_xact_lock(1347963207)
