-- name: keep
INSERT INTO cooperative.offers (act, kind, activity, actor) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING

-- name: offer
SELECT kind, activity, actor FROM cooperative.offers WHERE act = $1

-- name: forget
DELETE FROM cooperative.offers WHERE act = $1

-- name: claim
-- Whoever applied before, and is not in the ledger, may do so anew under the same id.
INSERT INTO cooperative.people (member, actor) VALUES ($1, $2)
ON CONFLICT (member) DO UPDATE SET actor = excluded.actor WHERE people.actor = excluded.actor
