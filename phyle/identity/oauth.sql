-- name: insert_code
INSERT INTO identity.authorization_codes (code_hash, application, actor, redirect_uri, scopes, challenge, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, now() + interval '10 minutes')

-- name: code
SELECT application, actor, redirect_uri, scopes, challenge, used_token, expires_at <= now() AS expired
FROM identity.authorization_codes
WHERE code_hash = $1

-- name: hold_account
-- Against a change of password or state that happens at the same time.
SELECT state FROM identity.accounts WHERE actor = $1 FOR SHARE

-- name: use_code
UPDATE identity.authorization_codes SET used_token = $2 WHERE code_hash = $1 AND used_token IS NULL
