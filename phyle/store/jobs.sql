-- name: queue
INSERT INTO store.jobs (name, body, network, order_key, run_at)
VALUES ($1, $2, $3, $4, coalesce($5::timestamptz, now()))

-- name: claim_local
-- Locked rather than leased: the effect and the end of the job are one commit. `+ 0`: the one index that fits is that
-- of the order keys, whatever the planner believed when the table was empty.
SELECT j.id, j.name, j.body, j.attempts
FROM store.jobs j
WHERE NOT j.network AND j.claimed_by IS NULL AND j.failed_at IS NULL AND j.run_at <= now()
  AND (j.order_key IS NULL OR j.id = (
      SELECT min(first.id + 0) FROM store.jobs first
      WHERE first.order_key = j.order_key AND first.failed_at IS NULL))
ORDER BY j.queued_at
LIMIT $1
FOR UPDATE SKIP LOCKED

-- name: claim_one
SELECT j.id, j.name, j.body, j.attempts
FROM store.jobs j
WHERE j.id = $1 AND j.claimed_by IS NULL AND j.failed_at IS NULL AND j.run_at <= now()
FOR UPDATE SKIP LOCKED

-- name: claim_network
UPDATE store.jobs
SET claimed_by = $2
WHERE id = ANY(ARRAY(
    SELECT j.id
    FROM store.jobs j
    WHERE j.network AND j.claimed_by IS NULL AND j.failed_at IS NULL AND j.run_at <= now()
      AND (j.order_key IS NULL OR j.id = (
          SELECT min(first.id + 0) FROM store.jobs first
          WHERE first.order_key = j.order_key AND first.failed_at IS NULL))
    ORDER BY j.queued_at
    LIMIT $1
    FOR UPDATE SKIP LOCKED))
RETURNING id, name, body, attempts

-- name: finish
DELETE FROM store.jobs WHERE id = ANY($1::bigint[])

-- name: become
UPDATE store.jobs
SET name = $2, body = $3, network = $4, claimed_by = NULL, attempts = 0, run_at = now() + $5::interval
WHERE id = $1

-- name: postpone
UPDATE store.jobs
SET claimed_by = NULL, attempts = attempts + 1, run_at = now() + $2::interval, last_error = $3
WHERE id = $1

-- name: give_up
UPDATE store.jobs
SET claimed_by = NULL, attempts = attempts + 1, failed_at = now(), last_error = $2
WHERE id = $1

-- name: free
-- What dead processes had claimed ($1: those that live), and what this one ($2) claimed without learning of it: the
-- answer to a COMMIT may be lost. $3 is what it knows of.
UPDATE store.jobs
SET claimed_by = NULL
WHERE claimed_by IS NOT NULL AND (claimed_by <> ALL($1::integer[]) OR claimed_by = $2 AND id <> ALL($3::bigint[]))

-- name: plan
INSERT INTO store.recurring (name) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING

-- name: take_turn
-- Whoever is first does it; the others need not wait until it is done.
UPDATE store.recurring
SET next_at = now() + $2::interval
WHERE name = (SELECT name FROM store.recurring WHERE name = $1 AND next_at <= now() FOR UPDATE SKIP LOCKED)
RETURNING name
