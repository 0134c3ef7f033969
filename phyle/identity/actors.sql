-- name: by_id
SELECT * FROM identity.actors WHERE id = $1

-- name: by_ids
SELECT * FROM identity.actors WHERE id = ANY($1::bigint[])

-- name: by_uri
SELECT * FROM identity.actors WHERE uri = $1

-- name: by_uris
SELECT * FROM identity.actors WHERE uri = ANY($1::text[])

-- name: by_name
SELECT * FROM identity.actors WHERE folded_name = $1 AND host = $2

-- name: by_names
SELECT a.*
FROM unnest($1::text[], $2::text[]) AS wanted (name, host)
JOIN identity.actors a ON a.folded_name = wanted.name AND a.host = wanted.host

-- name: insert_local
INSERT INTO identity.actors (id, uri, kind, name, folded_name, host, local, display_name, url,
                             inbox, shared_inbox, inbox_host, outbox, followers, following, featured, discoverable)
VALUES ($1, $2, $3, $4, $5, '', true, $6, $7,
        $2 || '/inbox', $8, '', $2 || '/outbox', $2 || '/followers', $2 || '/following', $2 || '/featured', $9)
ON CONFLICT DO NOTHING
RETURNING *

-- name: save_remote
INSERT INTO identity.actors (id, uri, kind, name, folded_name, host, local, display_name, summary, url,
                             inbox, shared_inbox, inbox_host, outbox, followers, following, featured, avatar_url, header_url,
                             fields, emojis, locked, discoverable, indexable, also_known_as, moved_to, created_at)
VALUES ($1, $2, $3, $4, $5, $6, false, $7, $8, $9,
        $10, $11, $12, $13, $14, $15, $16, $17, $18,
        $19, $20, $21, $22, $23, $24, $25, $26)
ON CONFLICT (uri) DO UPDATE
SET kind = excluded.kind, name = excluded.name, folded_name = excluded.folded_name, host = excluded.host,
    display_name = excluded.display_name, summary = excluded.summary, url = excluded.url,
    inbox = excluded.inbox, shared_inbox = excluded.shared_inbox, inbox_host = excluded.inbox_host,
    outbox = excluded.outbox, followers = excluded.followers, following = excluded.following,
    featured = excluded.featured, avatar_url = excluded.avatar_url, header_url = excluded.header_url,
    fields = excluded.fields, emojis = excluded.emojis, locked = excluded.locked,
    discoverable = excluded.discoverable, indexable = excluded.indexable,
    also_known_as = excluded.also_known_as, moved_to = excluded.moved_to, fetched_at = now(), deleted_at = NULL
WHERE NOT identity.actors.local
RETURNING *

-- name: release_name
-- A name that a host has given to another actor: the older one keeps its posts under a name that nobody can hold.
UPDATE identity.actors
SET folded_name = folded_name || ' ' || id
WHERE folded_name = $1 AND host = $2 AND uri <> $3 AND NOT local

-- name: update_profile
UPDATE identity.actors
SET display_name = $2, note = $3, summary = $4, fields = $5, locked = $6, discoverable = $7, indexable = $8, kind = $9, also_known_as = $10
WHERE id = $1
RETURNING *

-- name: set_moved
UPDATE identity.actors SET moved_to = $2 WHERE id = $1

-- name: set_suspended
UPDATE identity.actors SET suspended_at = CASE WHEN $2 THEN coalesce(suspended_at, now()) END WHERE id = $1

-- name: set_deleted
UPDATE identity.actors
SET deleted_at = coalesce(deleted_at, now()), display_name = '', note = '', summary = '', fields = '[]', emojis = '[]',
    avatar_url = NULL, header_url = NULL, also_known_as = '{}', moved_to = NULL
WHERE id = $1

-- name: key
SELECT k.id, k.kind, k.public, k.private, a.id AS actor, a.uri AS owner, a.local, a.suspended_at, a.deleted_at
FROM identity.keys k
JOIN identity.actors a ON a.id = k.actor
WHERE k.id = $1

-- name: keys_of
SELECT id, kind, public, private FROM identity.keys WHERE actor = $1

-- name: save_key
INSERT INTO identity.keys (id, actor, kind, public, private)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET public = excluded.public, fetched_at = now() WHERE identity.keys.actor = excluded.actor

-- name: drop_other_keys
DELETE FROM identity.keys WHERE actor = $1 AND id <> ALL($2::text[])

-- name: search
-- A range, byte by byte: unlike LIKE, the index serves it when the plan is made without knowing the words.
SELECT * FROM identity.actors
WHERE folded_name ~>=~ $1 AND folded_name ~<~ ($1 || chr(1114111)) AND ($2 = '' OR host LIKE $2 || '%')
  AND deleted_at IS NULL AND suspended_at IS NULL AND kind NOT IN ('Application', 'Repository')
ORDER BY local DESC, followers_count DESC, id
LIMIT $3
OFFSET $4
