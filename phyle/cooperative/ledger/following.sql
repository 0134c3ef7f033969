-- name: owe
INSERT INTO cooperative.obligations (id, seq, kind, body, state) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET state = excluded.state, changed_at = now()
