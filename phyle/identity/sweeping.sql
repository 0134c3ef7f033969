-- name: codes
-- Used ones stay for a day, so that a late second use is still noticed.
DELETE FROM identity.authorization_codes WHERE expires_at < now() - interval '1 day'

-- name: sessions
DELETE FROM identity.sessions WHERE expires_at < now()

-- name: guests
DELETE FROM identity.guests WHERE expires_at < now()

-- name: tokens
DELETE FROM identity.tokens WHERE revoked_at < now() - interval '30 days'

-- name: limits
DELETE FROM store.limits WHERE began_at < now() - interval '1 day'
