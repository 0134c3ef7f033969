-- name: hold_account
SELECT 1 FROM identity.accounts WHERE actor = $1 AND state = 'active' AND password_hash = $2 FOR SHARE

-- name: insert
INSERT INTO identity.sessions (id, token_hash, actor, expires_at) VALUES ($1, $2, $3, now() + interval '30 days')
