-- name: hold
SELECT id FROM commons.repositories WHERE id = $1 FOR UPDATE

-- name: next_number
SELECT coalesce(max(number), 0) + 1 FROM commons.tickets WHERE repository = $1

-- name: begin
INSERT INTO commons.tickets (id, repository, number, author, title, source, kind, skills, need, merges, offer)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (offer) DO NOTHING
RETURNING *

-- name: get
SELECT * FROM commons.tickets WHERE id = $1

-- name: held
SELECT * FROM commons.tickets WHERE id = $1 FOR UPDATE

-- name: numbered
SELECT * FROM commons.tickets WHERE repository = $1 AND number = $2

-- name: of_offer
SELECT * FROM commons.tickets WHERE offer = $1

-- name: of_post
SELECT * FROM commons.tickets WHERE post = $1

-- name: listing
SELECT * FROM commons.tickets
WHERE repository = $1 AND merges = $2 AND state = $3 AND ($4::integer IS NULL OR number < $4)
    AND ($5::text IS NULL OR kind = $5) AND ($6::text IS NULL OR skills @> ARRAY[$6::text])
ORDER BY number DESC
LIMIT $7

-- name: counted
SELECT count(*) FROM commons.tickets WHERE repository = $1 AND merges = $2 AND state = 'open'

-- name: edit
UPDATE commons.tickets SET title = $2, source = $3, kind = $4, skills = $5, changed_at = now() WHERE id = $1 RETURNING *

-- name: set_need
UPDATE commons.tickets SET need = $2, claimed_by = $3, claimed_until = $4, changed_at = now() WHERE id = $1 RETURNING *

-- name: settle
UPDATE commons.tickets SET
    state = CASE WHEN $2::boolean THEN 'resolved' ELSE 'open' END,
    resolved_by = CASE WHEN $2 THEN $3::bigint END,
    resolved_at = CASE WHEN $2 THEN now() END,
    need = $4, claimed_by = $5, claimed_until = $6, changed_at = now()
WHERE id = $1
RETURNING *

-- name: assign
UPDATE commons.tickets SET assignee = $2, changed_at = now() WHERE id = $1 RETURNING *

-- name: set_post
UPDATE commons.tickets SET post = $2 WHERE id = $1 RETURNING *

-- name: run_out
SELECT t.id
FROM commons.tickets t
JOIN commons.repositories r ON r.id = t.repository
WHERE t.need = 'claimed' AND t.claimed_until <= now() AND r.deleted_at IS NULL
ORDER BY t.claimed_until
LIMIT $1

-- name: note_change
INSERT INTO commons.ticket_changes (id, ticket, actor, what, detail) VALUES ($1, $2, $3, $4, $5)

-- name: changes
SELECT * FROM commons.ticket_changes WHERE ticket = $1 ORDER BY id LIMIT 500
