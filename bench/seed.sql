-- name: actors
-- $2 people of other servers; # in the host stands for the number.
INSERT INTO identity.actors (id, uri, kind, name, folded_name, host, local, display_name, summary, url, inbox,
                             shared_inbox, inbox_host, outbox, followers, following, featured, avatar_url, fields)
SELECT $1::bigint + n, 'https://' || h.host || '/users/user' || n, 'Person', 'user' || n, 'user' || n, h.host, false,
       'User Number ' || n, '<p>I write about ' || n || ' things.</p>', 'https://' || h.host || '/@user' || n,
       'https://' || h.host || '/users/user' || n || '/inbox', 'https://' || h.host || '/inbox', h.host,
       'https://' || h.host || '/users/user' || n || '/outbox',
       'https://' || h.host || '/users/user' || n || '/followers',
       'https://' || h.host || '/users/user' || n || '/following',
       'https://' || h.host || '/users/user' || n || '/collections/featured',
       'https://' || h.host || '/avatars/' || n || '.png',
       '[{"name": "Home", "value": "<a href=\"https://example.org\">example.org</a>", "verified_at": null}]'
FROM generate_series(1, $2::integer) n, LATERAL (SELECT replace($3::text, '#', n::text) AS host) h

-- name: keys
INSERT INTO identity.keys (id, actor, kind, public)
SELECT a.uri || '#main-key', a.id, 'rsa', k.pem
FROM unnest($1::bigint[], $2::text[]) AS k (actor, pem)
JOIN identity.actors a ON a.id = k.actor

-- name: followers
-- All of these follow the member.
INSERT INTO conversation.follows (id, follower, followed, state, uri)
SELECT a.id, a.id, $1::bigint, 'accepted', a.uri || '#follows/' || a.id
FROM identity.actors a
WHERE a.id > $2::bigint AND a.id <= $2::bigint + $3::bigint

-- name: follow
-- The member follows all of these.
INSERT INTO conversation.follows (id, follower, followed, state, uri)
SELECT $1::bigint + (a.id - $2::bigint), $1::bigint, a.id, 'accepted', 'https://bench.example/activities/' || $1::bigint || '-' || a.id
FROM identity.actors a
WHERE a.id > $2::bigint AND a.id <= $2::bigint + $3::bigint

-- name: posts
-- Posts number $2 to $3, ten seconds apart, ending at $4; a tenth of them boosts of the one before. Of ten posts four
-- are by the first five actors, three by the first two hundred, the rest by all $5.
INSERT INTO conversation.posts (id, uri, author, local, kind, boost_of, thread, visibility, sensitive, content, language,
                                url, mentions, tags, attachments, published_at, favourites_count, boosts_count)
SELECT p.id, a.uri || '/statuses/' || n, a.id, false,
       CASE WHEN boost THEN 'Announce' ELSE 'Note' END,
       CASE WHEN boost THEN p.id - 655360000 END,
       p.id,
       CASE n % 20 WHEN 3 THEN 'unlisted' WHEN 13 THEN 'followers' ELSE 'public' END, n % 25 = 0,
       CASE WHEN boost THEN '' ELSE
           '<p>' || (n * 7919) || substr(' is a number that came to mind when we walked along the river yesterday, and since then I have been asking everybody whether they know the story of the ferryman and his daughter, who crossed it every morning before the bridge was built; nobody does, so here it is, in the version that my neighbour tells.', 1, 20 + (n * 37 % 280)::integer)
           || '</p><p><a href="https://example.org/stories/' || n || '" rel="nofollow noopener noreferrer" target="_blank"><span class="invisible">https://</span><span class="ellipsis">example.org/stories/' || n || '</span></a></p>' END,
       'en', 'https://' || a.host || '/@' || a.name || '/' || n,
       CASE WHEN n % 5 = 1 THEN jsonb_build_array(jsonb_build_object('id', ($1::bigint + 1)::text, 'username', 'user1', 'acct', 'user1@peer1.example', 'url', 'https://peer1.example/@user1', 'uri', 'https://peer1.example/users/user1')) ELSE '[]' END,
       CASE WHEN n % 4 = 1 THEN '["Rivers", "Stories"]'::jsonb ELSE '[]' END,
       CASE WHEN n % 7 = 1 AND NOT boost THEN jsonb_build_array(jsonb_build_object(
           'type', 'image', 'url', 'https://' || a.host || '/media/' || n || '.jpeg', 'preview_url', 'https://' || a.host || '/media/' || n || '.jpeg',
           'remote_url', 'https://' || a.host || '/media/' || n || '.jpeg', 'media_type', 'image/jpeg', 'description', 'A river in the morning',
           'blurhash', 'UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH', 'meta', jsonb_build_object('original', jsonb_build_object('width', 1024, 'height', 768, 'aspect', 1.3333)))) ELSE '[]' END,
       to_timestamp((p.id >> 16) / 1000.0), n % 6, n % 3
FROM generate_series($2::bigint, $3::bigint) n,
LATERAL (SELECT $4::bigint - ($3::bigint - n) * 655360000 AS id, n % 10 = 9 AND n > $2 AS boost) p,
LATERAL (SELECT $1::bigint + 1 + CASE WHEN n % 10 < 4 THEN n / 10 % 5 WHEN n % 10 < 7 THEN n / 10 % 200 ELSE n / 10 % $5::bigint END AS author) w
JOIN identity.actors a ON a.id = w.author

-- name: tags
INSERT INTO conversation.tags (tag, post)
SELECT t.tag, p.id
FROM conversation.posts p, unnest(ARRAY['rivers', 'stories']) AS t (tag)
WHERE p.tags <> '[]'
ON CONFLICT DO NOTHING

-- name: home
INSERT INTO conversation.home (member, post, author)
SELECT $1::bigint, p.id, p.author
FROM conversation.posts p
JOIN conversation.follows f ON f.followed = p.author AND f.follower = $1
ORDER BY p.id DESC
LIMIT 800
ON CONFLICT DO NOTHING

-- name: some_posts
SELECT id FROM conversation.posts WHERE visibility = 'public' ORDER BY id DESC LIMIT $1
