-- name: may_fetch
-- True for the one process that may ask now; everyone else learns what came of it.
INSERT INTO federation.key_fetches (key, outcome) VALUES ($1, 'asked')
ON CONFLICT (key) DO UPDATE SET fetched_at = now(), outcome = 'asked'
WHERE federation.key_fetches.fetched_at < now() - $2::interval
    -- who asked was killed before it could say what came of it
    OR federation.key_fetches.outcome = 'asked' AND federation.key_fetches.fetched_at < now() - interval '30 seconds'
RETURNING true

-- name: outcome
SELECT outcome FROM federation.key_fetches WHERE key = $1

-- name: set_outcome
UPDATE federation.key_fetches SET outcome = $2 WHERE key = $1
