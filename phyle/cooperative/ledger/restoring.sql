-- name: lock
SELECT pg_advisory_xact_lock($1)

-- name: keep_acts
INSERT INTO cooperative.acts (hash, author, by, nonce, received, document, evidence, state, seq, at)
SELECT hash, author, by, nonce, received, document, evidence::jsonb, 'entered', seq, at
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bytea[], $7::text[], $8::bigint[], $9::bigint[])
    AS given (hash, author, by, nonce, received, document, evidence, seq, at)
ON CONFLICT (hash) DO UPDATE
SET state = 'entered', seq = excluded.seq, at = excluded.at, status = NULL, sentence = NULL

-- name: fault
SELECT fault FROM cooperative.ledger
