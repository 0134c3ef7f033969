-- name: try_lock
SELECT pg_try_advisory_xact_lock($1)

-- name: alone
-- Nobody receives now; whoever receives later takes a later time.
SELECT cooperative.clock() FROM (SELECT pg_advisory_xact_lock($1) OFFSET 0) AS held

-- name: nothing_before
UPDATE cooperative.ledger SET nothing_before = $1 WHERE nothing_before < $1

-- name: stop
UPDATE cooperative.ledger SET stopped = $1, stopped_at = now(), fault = $2

-- name: resume
UPDATE cooperative.ledger SET stopped = NULL, stopped_at = NULL, fault = false

-- name: forget_fault
UPDATE cooperative.ledger SET stopped = NULL, stopped_at = NULL, fault = false WHERE fault

-- name: stopped
SELECT stopped FROM cooperative.ledger
