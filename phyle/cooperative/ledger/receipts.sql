-- name: signs
-- All that a receipt is made of, in one look: the ledger's name, the credential key, the moment and the newest head.
SELECT o.origin, k.secret, cooperative.clock() AS at, c.note
FROM (SELECT coalesce((SELECT value ->> 'origin' FROM cooperative.slices WHERE kind = 'phyle' AND id = ''),
                      $1::text) AS origin) AS o
CROSS JOIN (SELECT secret FROM cooperative.keys WHERE purpose = 'credential' AND retired_at IS NULL) AS k
LEFT JOIN LATERAL (
    SELECT note FROM cooperative.checkpoints WHERE origin = o.origin ORDER BY size DESC LIMIT 1) AS c ON true

-- name: keep
INSERT INTO cooperative.receipts (origin, act, member, document) VALUES ($1, $2, $3, $4)
ON CONFLICT (origin, act) DO UPDATE SET document = excluded.document

-- name: kept
SELECT document FROM cooperative.receipts WHERE member = $1 ORDER BY kept_at
