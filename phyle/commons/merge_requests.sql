-- name: begin
INSERT INTO commons.merge_requests (ticket, target_branch, origin, origin_here, clone, origin_branch)
VALUES ($1, $2, $3, $4, $5, $6)
RETURNING *

-- name: get
SELECT * FROM commons.merge_requests WHERE ticket = $1

-- name: held
SELECT * FROM commons.merge_requests WHERE ticket = $1 FOR UPDATE

-- name: add_version
INSERT INTO commons.versions (id, ticket, number, base, head, commits, unsigned, made_by, terms, claim)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
RETURNING *

-- name: set_version
UPDATE commons.merge_requests SET version = $2 WHERE ticket = $1

-- name: version
SELECT * FROM commons.versions WHERE ticket = $1 AND number = $2

-- name: version_at
SELECT * FROM commons.versions WHERE id = $1

-- name: versions
SELECT * FROM commons.versions WHERE ticket = $1 ORDER BY number

-- name: decide
UPDATE commons.merge_requests SET
    phase = $2, decided_by = $3, reason = $4, method = $5, applied_as = $6, decided_at = now(), applying = NULL
WHERE ticket = $1 AND phase = 'open'
RETURNING *

-- name: set_applying
UPDATE commons.merge_requests SET applying = $2 WHERE ticket = $1

-- name: applying
SELECT m.ticket
FROM commons.merge_requests m
JOIN commons.tickets t ON t.id = m.ticket
JOIN commons.repositories r ON r.id = t.repository
WHERE m.applying IS NOT NULL AND r.deleted_at IS NULL
ORDER BY m.ticket
LIMIT 100

-- name: from_branch
SELECT ticket FROM commons.merge_requests WHERE origin = $1 AND origin_branch = $2 AND phase = 'open' ORDER BY ticket LIMIT 100

-- name: rules
SELECT sign_off, licence FROM commons.inbound_rules WHERE repository = $1

-- name: set_rules
INSERT INTO commons.inbound_rules (repository, sign_off, licence) VALUES ($1, $2, $3)
ON CONFLICT (repository) DO UPDATE SET sign_off = $2, licence = $3

-- name: into_branch
SELECT m.ticket
FROM commons.tickets t
JOIN commons.merge_requests m ON m.ticket = t.id
WHERE t.repository = $1 AND t.merges AND t.state = 'open' AND m.target_branch = $2 AND m.phase = 'open'
ORDER BY t.number DESC
LIMIT 200
