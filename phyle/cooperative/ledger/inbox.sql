-- name: receive
-- The moment is taken once the receivers' lock is held; what came earlier keeps its time, unless something that was due
-- later is entered already.
WITH moment AS MATERIALIZED (SELECT cooperative.receive($1) AS now)
INSERT INTO cooperative.acts (hash, author, by, nonce, document, evidence, received)
SELECT g.hash, g.author, g.by, g.nonce, g.document, g.evidence::jsonb,
       CASE WHEN g.received IS NULL THEN m.now ELSE greatest(least(g.received, m.now), cooperative.nothing_before()) END
FROM moment m
CROSS JOIN unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::text[], $8::bigint[])
     AS g (hash, author, by, nonce, document, evidence, received)
ON CONFLICT DO NOTHING
RETURNING hash

-- name: answers
SELECT hash, state, received, seq, at, status, sentence FROM cooperative.acts WHERE hash = ANY($1::text[])

-- name: waiting
-- The ledger's clock and state in any case; acts only if there are any.
SELECT l.stopped, l.nothing_before, cooperative.clock() AS now,
       coalesce((SELECT seq + 1 FROM cooperative.entries ORDER BY seq DESC LIMIT 1), 0) AS size,
       a.id, a.hash, a.author, a.received, a.document, a.evidence
FROM cooperative.ledger l
LEFT JOIN LATERAL (
    SELECT id, hash, author, received, document, evidence
    FROM cooperative.acts
    WHERE state = 'waiting'
    ORDER BY received, id
    LIMIT $1) AS a ON true
ORDER BY a.received, a.id

-- name: any_waiting
SELECT EXISTS (SELECT FROM cooperative.acts WHERE state = 'waiting')
