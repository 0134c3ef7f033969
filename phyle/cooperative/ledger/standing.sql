-- name: locked
SELECT stopped FROM cooperative.ledger FOR UPDATE
