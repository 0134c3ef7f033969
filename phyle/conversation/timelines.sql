-- name: add
INSERT INTO conversation.home (member, post, author) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING

-- name: spread
-- The rows that it returns are those who asked to be told of each post.
WITH written AS (
    INSERT INTO conversation.home (member, post, author)
    SELECT f.follower, $1::bigint, $2::bigint
    FROM conversation.follows f
    JOIN identity.accounts a ON a.actor = f.follower
    WHERE f.followed = $2 AND f.state = 'accepted' AND a.seen_on >= current_date - $7::integer
      AND (f.languages IS NULL OR $6::text IS NULL OR $6 = ANY (f.languages))
      AND (NOT $3::boolean OR f.follower = $4::bigint OR (
          SELECT true FROM conversation.follows too
          WHERE too.follower = f.follower AND too.followed = $4 AND too.state = 'accepted'))
      AND (NOT $5::boolean OR (SELECT true FROM conversation.mentions m WHERE m.post = $1 AND m.actor = f.follower))
      AND NOT conversation.unwanted(f.follower, $2::bigint)
      AND ($4::bigint IS NULL OR NOT conversation.unwanted(f.follower, $4::bigint))
    ON CONFLICT DO NOTHING
)
SELECT follower FROM conversation.follows WHERE followed = $2 AND notify AND state = 'accepted'

-- name: spread_boost
INSERT INTO conversation.home (member, post, author)
SELECT f.follower, $1::bigint, $2::bigint
FROM conversation.follows f
JOIN identity.accounts a ON a.actor = f.follower
JOIN conversation.posts boosted ON boosted.id = $3
WHERE f.followed = $2 AND f.state = 'accepted' AND f.boosts AND a.seen_on >= current_date - $5::integer
  AND NOT conversation.unwanted(f.follower, $2::bigint)
  AND NOT conversation.unwanted(f.follower, boosted.author)
  AND conversation.visible(f.follower, boosted.id, boosted.author, boosted.visibility)
  AND (SELECT bool_and(newest.post <> $3 AND shown.boost_of IS DISTINCT FROM $3)
       FROM (SELECT h.post FROM conversation.home h WHERE h.member = f.follower ORDER BY h.post DESC LIMIT $4) newest
       JOIN conversation.posts shown ON shown.id = newest.post) IS NOT FALSE
ON CONFLICT DO NOTHING

-- name: withdraw
DELETE FROM conversation.home WHERE member = $1 AND author = $2

-- name: withdraw_boosts
DELETE FROM conversation.home h
USING conversation.posts p, conversation.posts boosted
WHERE h.member = $1 AND p.id = h.post AND boosted.id = p.boost_of AND boosted.author = $2

-- name: withdraw_author
DELETE FROM conversation.home
WHERE author = $1 AND member IN (SELECT $1::bigint UNION ALL SELECT f.follower FROM conversation.follows f WHERE f.followed = $1)

-- name: fetch
INSERT INTO conversation.home (member, post, author)
SELECT $1::bigint, p.id, p.author
FROM conversation.follows f
CROSS JOIN LATERAL (
    SELECT n.* FROM conversation.posts n WHERE n.author = f.followed ORDER BY n.id DESC LIMIT $3
) p
LEFT JOIN conversation.posts b ON b.id = p.boost_of
WHERE f.follower = $1 AND f.followed = $2 AND f.state = 'accepted'
  AND (p.boost_of IS NULL OR (f.boosts AND conversation.visible($1::bigint, b.id, b.author, b.visibility)
                              AND NOT conversation.unwanted($1::bigint, b.author)))
  AND (p.reply_to_uri IS NULL OR p.reply_to_author IN (p.author, $1) OR (
      SELECT true FROM conversation.follows too
      WHERE too.follower = $1 AND too.followed = p.reply_to_author AND too.state = 'accepted'))
  AND conversation.visible($1::bigint, p.id, p.author, p.visibility)
  AND NOT conversation.unwanted($1::bigint, p.author)
ON CONFLICT DO NOTHING

-- name: refill
-- Whom the member follows has not blocked them, so of the law of visibility only direct posts are left to ask about.
INSERT INTO conversation.home (member, post, author)
SELECT $1::bigint, p.id, p.author
FROM (
    SELECT f.followed, f.boosts
    FROM conversation.follows f
    JOIN identity.actors a ON a.id = f.followed
    WHERE f.follower = $1 AND f.state = 'accepted' AND a.suspended_at IS NULL AND a.deleted_at IS NULL
      AND (SELECT true FROM conversation.mutes m WHERE m.muter = $1 AND m.muted = f.followed
           AND (m.expires_at IS NULL OR m.expires_at > now())) IS NULL
    UNION ALL
    SELECT $1::bigint, true
) f
CROSS JOIN LATERAL (
    SELECT n.id, n.author
    FROM conversation.posts n
    LEFT JOIN conversation.posts b ON b.id = n.boost_of
    WHERE n.author = f.followed
      AND (n.visibility <> 'withheld' OR f.followed = $1)
      AND (n.visibility <> 'direct' OR f.followed = $1 OR (
          SELECT true FROM conversation.mentions m WHERE m.post = n.id AND m.actor = $1))
      AND (n.boost_of IS NULL OR (f.boosts AND conversation.visible($1::bigint, b.id, b.author, b.visibility)
                                  AND NOT conversation.unwanted($1::bigint, b.author)))
      AND (n.reply_to_uri IS NULL OR n.reply_to_author IN (n.author, $1) OR f.followed = $1 OR (
          SELECT true FROM conversation.follows too
          WHERE too.follower = $1 AND too.followed = n.reply_to_author AND too.state = 'accepted'))
    ORDER BY n.id DESC
    LIMIT 40
) p
ORDER BY p.id DESC
LIMIT $2
ON CONFLICT DO NOTHING

-- name: beyond
-- As above, for one page.
SELECT p.id
FROM (
    SELECT f.followed, f.boosts
    FROM conversation.follows f
    JOIN identity.actors a ON a.id = f.followed
    WHERE f.follower = $1 AND f.state = 'accepted' AND a.suspended_at IS NULL AND a.deleted_at IS NULL
      AND (SELECT true FROM conversation.mutes m WHERE m.muter = $1 AND m.muted = f.followed
           AND (m.expires_at IS NULL OR m.expires_at > now())) IS NULL
    UNION ALL
    SELECT $1::bigint, true
) f
CROSS JOIN LATERAL (
    SELECT n.id, n.author
    FROM conversation.posts n
    LEFT JOIN conversation.posts b ON b.id = n.boost_of
    WHERE n.author = f.followed AND n.id < $2 AND n.id > $3
      AND (n.visibility <> 'withheld' OR f.followed = $1)
      AND (n.visibility <> 'direct' OR f.followed = $1 OR (
          SELECT true FROM conversation.mentions m WHERE m.post = n.id AND m.actor = $1))
      AND (n.boost_of IS NULL OR (f.boosts AND conversation.visible($1::bigint, b.id, b.author, b.visibility)
                                  AND NOT conversation.unwanted($1::bigint, b.author)))
      AND (n.reply_to_uri IS NULL OR n.reply_to_author IN (n.author, $1) OR f.followed = $1 OR (
          SELECT true FROM conversation.follows too
          WHERE too.follower = $1 AND too.followed = n.reply_to_author AND too.state = 'accepted'))
    ORDER BY n.id DESC
    LIMIT $4
) p
ORDER BY p.id DESC
LIMIT $4

-- name: trim
DELETE FROM conversation.home h
USING (
    SELECT a.actor, (SELECT x.post FROM conversation.home x WHERE x.member = a.actor ORDER BY x.post DESC OFFSET $1 LIMIT 1) AS last
    FROM identity.accounts a
) full_home
WHERE h.member = full_home.actor AND h.post <= full_home.last

-- name: drop
DELETE FROM conversation.home h
USING identity.accounts a
WHERE a.actor = h.member AND a.seen_on < current_date - $1::integer

-- name: public
SELECT p.id
FROM conversation.posts p
WHERE p.visibility = 'public' AND p.boost_of IS NULL AND p.id < $2 AND p.id > $3
  AND (p.reply_to_uri IS NULL OR p.reply_to_author = p.author)
  AND (NOT $5::boolean OR p.attachments <> '[]') AND NOT ($6::boolean AND p.local)
  AND conversation.visible($1::bigint, p.id, p.author, p.visibility) AND NOT conversation.unwanted($1::bigint, p.author)
ORDER BY p.id DESC
LIMIT $4

-- name: public_local
SELECT p.id
FROM conversation.posts p
WHERE p.visibility = 'public' AND p.boost_of IS NULL AND p.local AND p.id < $2 AND p.id > $3
  AND (p.reply_to_uri IS NULL OR p.reply_to_author = p.author)
  AND (NOT $5::boolean OR p.attachments <> '[]') AND NOT $6::boolean
  AND conversation.visible($1::bigint, p.id, p.author, p.visibility) AND NOT conversation.unwanted($1::bigint, p.author)
ORDER BY p.id DESC
LIMIT $4

-- name: tag
-- OFFSET 0 is a fence: each tag is walked from its newest post, and posts are looked up one by one until enough are found.
SELECT DISTINCT found.post AS id
FROM unnest($5::text[]) AS wanted (tag)
CROSS JOIN LATERAL (
    SELECT t.post
    FROM (SELECT w.post FROM conversation.tags w WHERE w.tag = wanted.tag AND w.post < $2 AND w.post > $3 ORDER BY w.post DESC OFFSET 0) t
    CROSS JOIN LATERAL (
        SELECT FROM conversation.posts p
        WHERE p.id = t.post AND p.visibility = 'public'
          AND NOT ($8::boolean AND NOT p.local) AND NOT ($9::boolean AND p.local) AND (NOT $10::boolean OR p.attachments <> '[]')
          AND conversation.visible($1::bigint, p.id, p.author, p.visibility) AND NOT conversation.unwanted($1::bigint, p.author)
        OFFSET 0
    ) p
    WHERE (SELECT count(*) FROM conversation.tags e WHERE e.post = t.post AND e.tag = ANY ($6::text[])) = cardinality($6::text[])
      AND (SELECT count(*) FROM conversation.tags e WHERE e.post = t.post AND e.tag = ANY ($7::text[])) = 0
    ORDER BY t.post DESC
    LIMIT $4
) found
ORDER BY id DESC
LIMIT $4

-- name: account
SELECT p.id
FROM conversation.posts p
LEFT JOIN conversation.posts b ON b.id = p.boost_of
WHERE p.author = $5 AND p.id < $2 AND p.id > $3
  AND NOT ($6::boolean AND p.reply_to_uri IS NOT NULL AND p.reply_to_author IS DISTINCT FROM p.author)
  AND NOT ($7::boolean AND p.boost_of IS NOT NULL)
  AND (NOT $8::boolean OR (p.boost_of IS NULL AND p.attachments <> '[]'))
  AND ($9::text IS NULL OR (SELECT true FROM conversation.tags t WHERE t.post = p.id AND t.tag = $9))
  AND conversation.visible($1::bigint, p.id, p.author, p.visibility)
  AND (p.boost_of IS NULL OR (conversation.visible($1::bigint, b.id, b.author, b.visibility)
                              AND NOT conversation.unwanted($1::bigint, b.author)))
ORDER BY p.id DESC
LIMIT $4
