-- name: newest
SELECT note FROM cooperative.checkpoints WHERE origin = $1 ORDER BY size DESC LIMIT 1

-- name: keep
INSERT INTO cooperative.receipts (origin, act, member, document) VALUES ($1, $2, $3, $4)
ON CONFLICT (origin, act) DO UPDATE SET document = excluded.document

-- name: kept
SELECT document FROM cooperative.receipts WHERE member = $1 ORDER BY kept_at
