-- name: insert
INSERT INTO identity.applications (id, client_id, client_secret_hash, name, website, redirect_uris, scopes)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: by_client_id
SELECT id, client_id, client_secret_hash, name, website, redirect_uris, scopes
FROM identity.applications
WHERE client_id = $1

-- name: by_id
SELECT id, client_id, client_secret_hash, name, website, redirect_uris, scopes
FROM identity.applications
WHERE id = $1
