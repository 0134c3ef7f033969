-- name: forget
DELETE FROM identity.accounts WHERE actor = $1
