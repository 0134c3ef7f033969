-- name: earlier
SELECT hash, document FROM cooperative.acts WHERE by = $1 AND nonce = $2 AND state <> 'refused'

-- name: one_at_a_time
SELECT pg_advisory_xact_lock(1347963211, ($1::bigint & 2147483647)::int)
