-- name: kinds
SELECT uri, 'grant' AS kind FROM commons.held_grants WHERE uri = ANY($1::text[])
UNION ALL
SELECT uri, 'invitation' FROM commons.invitations WHERE uri = ANY($1::text[])
UNION ALL
SELECT uri, 'star' FROM commons.stars WHERE uri = ANY($1::text[])

-- name: is_grant
SELECT true FROM commons.grants WHERE id = $1
