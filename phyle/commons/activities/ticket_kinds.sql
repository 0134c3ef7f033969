-- name: kinds
SELECT offer AS uri, 'offered' AS kind FROM commons.tickets WHERE offer = ANY($1::text[])
UNION ALL
SELECT uri, 'offer' FROM commons.offers WHERE uri = ANY($1::text[])
UNION ALL
SELECT adding, 'version sent' FROM commons.offers WHERE adding = ANY($1::text[])
UNION ALL
SELECT uri, 'errand' FROM commons.errands WHERE uri = ANY($1::text[])
UNION ALL
SELECT ticket, 'ticket elsewhere' FROM commons.offers WHERE ticket = ANY($1::text[])

-- name: objects
SELECT id, 'ticket' AS kind FROM commons.tickets WHERE id = ANY($1::bigint[])
UNION ALL
SELECT id, 'version' FROM commons.versions WHERE id = ANY($1::bigint[])
