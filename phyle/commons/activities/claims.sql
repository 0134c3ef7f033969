-- name: set_claim
UPDATE commons.offers SET claim = $3 WHERE id = $1 AND head = $2
