-- name: host_of
SELECT host, folded_name FROM identity.actors WHERE uri = $1

-- name: set_host
UPDATE identity.actors SET host = $2 WHERE id = $1 AND NOT local

-- name: lock_name
SELECT pg_advisory_xact_lock(hashtextextended($1, 0))
