-- name: insert
INSERT INTO identity.accounts (actor, email, folded_email, password_hash, state, reason, locale)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (folded_email) DO NOTHING
RETURNING *

-- name: taken
SELECT EXISTS (SELECT 1 FROM identity.actors WHERE folded_name = $1 AND host = '') AS name,
       EXISTS (SELECT 1 FROM identity.accounts WHERE folded_email = $2) AS email

-- name: by_actor
SELECT a.*, c.actor AS account, c.email, c.password_hash, c.state, c.reason, c.locale, c.preferences,
       c.created_at AS joined_at, c.seen_on
FROM identity.accounts c
JOIN identity.actors a ON a.id = c.actor
WHERE c.actor = $1

-- name: by_name
SELECT a.*, c.actor AS account, c.email, c.password_hash, c.state, c.reason, c.locale, c.preferences,
       c.created_at AS joined_at, c.seen_on
FROM identity.actors a
JOIN identity.accounts c ON c.actor = a.id
WHERE a.folded_name = $1 AND a.host = ''

-- name: by_email
SELECT a.*, c.actor AS account, c.email, c.password_hash, c.state, c.reason, c.locale, c.preferences,
       c.created_at AS joined_at, c.seen_on
FROM identity.accounts c
JOIN identity.actors a ON a.id = c.actor
WHERE c.folded_email = $1

-- name: listing
SELECT a.*, c.actor AS account, c.email, c.password_hash, c.state, c.reason, c.locale, c.preferences,
       c.created_at AS joined_at, c.seen_on
FROM identity.accounts c
JOIN identity.actors a ON a.id = c.actor
WHERE c.actor > $1 AND ($2::text IS NULL OR c.state = $2)
ORDER BY c.actor
LIMIT $3

-- name: move_state
UPDATE identity.accounts SET state = $3 WHERE actor = $1 AND state = ANY($2::text[])

-- name: hold
SELECT true FROM identity.accounts WHERE actor = $1 AND state = 'active' AND password_hash = $2 FOR UPDATE

-- name: set_password
UPDATE identity.accounts SET password_hash = $2 WHERE actor = $1

-- name: set_preferences
UPDATE identity.accounts SET preferences = preferences || $2, locale = coalesce($3, locale) WHERE actor = $1

-- name: end_sessions
DELETE FROM identity.sessions WHERE actor = $1

-- name: end_codes
DELETE FROM identity.authorization_codes WHERE actor = $1

-- name: revoke_tokens
UPDATE identity.tokens SET revoked_at = now() WHERE actor = $1 AND revoked_at IS NULL

-- name: count_active
SELECT count(*) FROM identity.accounts WHERE state = 'active'

-- name: count_seen_since
SELECT count(*) FROM identity.accounts WHERE state = 'active' AND seen_on >= $1
