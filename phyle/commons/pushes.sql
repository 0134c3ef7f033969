-- name: intend
INSERT INTO commons.pushes (id, repository, pusher, slot, asked) VALUES ($1, $2, $3, $4, $5)

-- name: hold
SELECT id, repository, pusher, asked FROM commons.pushes WHERE id = $1 AND (settled_at IS NULL OR done = '[]') FOR UPDATE

-- name: settle
UPDATE commons.pushes SET settled_at = now(), done = $2 WHERE id = $1

-- name: forget
-- Of what came to nothing.
DELETE FROM commons.pushes WHERE done = '[]' AND settled_at < now() - interval '1 day'

-- name: unsettled
-- What a process began that is no more, or that gave it up: `mine` are those which this process still does.
SELECT id, repository, asked, began_at FROM commons.pushes
WHERE settled_at IS NULL AND CASE WHEN slot = $2 THEN id <> ALL ($3::bigint[]) ELSE slot <> ALL ($1::integer[]) END
ORDER BY id
LIMIT 20
FOR UPDATE SKIP LOCKED

-- name: others_under_way
SELECT true FROM commons.pushes
WHERE repository = $1 AND settled_at IS NULL
  AND CASE WHEN slot = $3 THEN id = ANY ($4::bigint[]) ELSE slot = ANY ($2::integer[]) END
LIMIT 1

-- name: next_step
-- What the ref named when it was next changed from either side of a change whose fate nobody knows.
SELECT c.step ->> 'old'
FROM commons.pushes p, jsonb_array_elements(p.done) AS c (step)
WHERE p.repository = $1 AND p.id > $2 AND p.id <> $3 AND p.settled_at >= $4
  AND c.step ->> 'ref' = $5::text AND c.step ->> 'old' IN ($6::text, $7::text)
ORDER BY p.id
LIMIT 1

-- name: arrived
UPDATE commons.repositories
SET pushed_at = now(), bytes = coalesce($2, bytes), default_branch = coalesce($3, default_branch)
WHERE id = $1

-- name: get
SELECT id, repository, pusher, settled_at AS at, done AS changes FROM commons.pushes
WHERE id = $1 AND done <> '[]'

-- name: of
SELECT id, repository, pusher, settled_at AS at, done AS changes FROM commons.pushes
WHERE repository = $1 AND done <> '[]' AND ($2::bigint IS NULL OR id < $2)
ORDER BY id DESC
LIMIT $3

-- name: count
SELECT coalesce(sum(jsonb_array_length(done)), 0)::bigint FROM commons.pushes WHERE repository = $1 AND done <> '[]'
