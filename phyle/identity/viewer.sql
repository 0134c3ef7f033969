-- name: by_token
SELECT a.*, t.id AS token, t.application, t.scopes, t.revoked_at, t.actor AS holder,
       c.state, current_date - c.seen_on AS days_away
FROM identity.tokens t
LEFT JOIN identity.accounts c ON c.actor = t.actor
LEFT JOIN identity.actors a ON a.id = t.actor
WHERE t.token_hash = $1

-- name: by_session
SELECT a.*, s.id AS session, c.state, current_date - c.seen_on AS days_away
FROM identity.sessions s
JOIN identity.accounts c ON c.actor = s.actor
JOIN identity.actors a ON a.id = s.actor
WHERE s.token_hash = $1 AND s.expires_at > now()

-- name: seen
UPDATE identity.accounts SET seen_on = current_date WHERE actor = $1 AND seen_on < current_date
