-- name: make
INSERT INTO commons.offers (id, actor, kind, uri, target, title, source, origin, origin_branch, target_branch, head, terms, claim)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
RETURNING *

-- name: get
SELECT * FROM commons.offers WHERE id = $1

-- name: held
SELECT * FROM commons.offers WHERE id = $1 FOR UPDATE

-- name: by_uri
SELECT * FROM commons.offers WHERE uri = $1

-- name: by_adding
SELECT * FROM commons.offers WHERE adding = $1

-- name: by_ticket
SELECT * FROM commons.offers WHERE ticket = $1

-- name: of
SELECT * FROM commons.offers WHERE actor = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3

-- name: from_branch
SELECT * FROM commons.offers
WHERE origin = $1 AND origin_branch = $2 AND state IN ('sent', 'open') AND kind = 'merge_request'
ORDER BY id
LIMIT 100

-- name: accept
UPDATE commons.offers SET state = 'open', ticket = $2, changed_at = now()
WHERE id = $1 AND state = 'sent'
RETURNING *

-- name: set_state
UPDATE commons.offers SET state = $2, reason = $3, changed_at = now() WHERE id = $1 AND (state, reason) <> ($2, $3) RETURNING *

-- name: renew
UPDATE commons.offers SET head = $2, claim = $3, adding = $4, reason = '', changed_at = now() WHERE id = $1 RETURNING *

-- name: set_reason
UPDATE commons.offers SET reason = $2, changed_at = now() WHERE id = $1
