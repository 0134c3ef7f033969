-- name: mine
SELECT origin AS phyle, member, state, changed_at AS changed, credential, reason
FROM cooperative.elsewhere
WHERE actor = $1
ORDER BY origin, changed_at

-- name: sent
SELECT s.act, s.kind, s.origin AS phyle, s.state, s.reason, s.sent_at AS sent
FROM cooperative.elsewhere e
CROSS JOIN LATERAL (
    SELECT * FROM cooperative.sent_acts a
    WHERE a.origin = e.origin AND a.member = e.member
    ORDER BY a.sent_at DESC LIMIT 100) AS s
WHERE e.actor = $1
ORDER BY s.sent_at DESC

-- name: link
SELECT origin, member, actor, phyle AS group, state, reason
FROM cooperative.elsewhere
WHERE actor = $1 AND origin = $2
ORDER BY changed_at DESC LIMIT 1

-- name: live
SELECT origin, member, actor, phyle AS group, state, reason
FROM cooperative.elsewhere
WHERE actor = $1 AND state = ANY($2::text[])
ORDER BY origin

-- name: of_member
SELECT origin, member, actor, phyle AS group, state, reason FROM cooperative.elsewhere WHERE origin = $1 AND member = $2

-- name: by_activity
SELECT origin, member, actor, phyle AS group, state, reason FROM cooperative.elsewhere WHERE activity = $1

-- name: by_act
SELECT origin, member, act, kind, state FROM cooperative.sent_acts WHERE activity = $1

-- name: ask
INSERT INTO cooperative.elsewhere (origin, member, actor, phyle, activity) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (origin, member) DO UPDATE
SET state = 'asked', phyle = excluded.phyle, activity = excluded.activity, credential = NULL, reason = NULL, changed_at = now()

-- name: stands
UPDATE cooperative.elsewhere SET state = $3, reason = $4, changed_at = now() WHERE origin = $1 AND member = $2

-- name: keep_credential
UPDATE cooperative.elsewhere SET state = 'admitted', credential = $3, changed_at = now()
WHERE origin = $1 AND member = $2 AND state IN ('asked', 'admitted')

-- name: note_sent
INSERT INTO cooperative.sent_acts (activity, act, kind, origin, member) VALUES ($1, $2, $3, $4, $5)

-- name: answered
UPDATE cooperative.sent_acts SET state = $2, reason = $3 WHERE activity = $1

-- name: one_at_a_time
SELECT pg_advisory_xact_lock(1347963220, ($1::bigint & 2147483647)::int)
