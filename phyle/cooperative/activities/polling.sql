-- name: advise
INSERT INTO cooperative.advisory_votes (ballot, actor, choice)
SELECT $1, $2, unnest($3::smallint[])
ON CONFLICT DO NOTHING

-- name: advisory
SELECT choice, count(*) AS votes FROM cooperative.advisory_votes WHERE ballot = $1 GROUP BY choice

-- name: waiting
SELECT EXISTS (
    SELECT FROM conversation.kept_votes AS v
    WHERE v.received_at < to_timestamp($1::bigint / 1000.0) AND v.received_at > clock_timestamp() - interval '10 minutes')

-- name: voted
SELECT EXISTS (SELECT FROM cooperative.slices WHERE kind = 'paper' AND id = $1)
