-- name: of_ids
-- Columns in the order of `Post`, twice; then the viewer's own: favourited, boosted, bookmarked, muted, what they voted.
SELECT p.id, p.uri, p.author, p.local, p.kind, p.boost_of, p.reply_to, p.reply_to_uri, p.reply_to_author, p.thread,
       p.visibility, p.sensitive, p.title, p.spoiler, p.content, p.source, p.language, p.url, p.audience, p.quote_uri,
       p.mentions, p.tags, p.emojis, p.attachments, p.poll, p.application, p.published_at, p.updated_at, p.edited_at,
       p.replies_count, p.boosts_count, p.favourites_count,
       b.id, b.uri, b.author, b.local, b.kind, b.boost_of, b.reply_to, b.reply_to_uri, b.reply_to_author, b.thread,
       b.visibility, b.sensitive, b.title, b.spoiler, b.content, b.source, b.language, b.url, b.audience, b.quote_uri,
       b.mentions, b.tags, b.emojis, b.attachments, b.poll, b.application, b.published_at, b.updated_at, b.edited_at,
       b.replies_count, b.boosts_count, b.favourites_count,
       (SELECT true FROM conversation.favourites x WHERE x.post = coalesce(b.id, p.id) AND x.actor = $1),
       (SELECT true FROM conversation.posts x WHERE x.boost_of = coalesce(b.id, p.id) AND x.author = $1),
       (SELECT true FROM conversation.bookmarks x WHERE x.post = coalesce(b.id, p.id) AND x.actor = $1),
       (SELECT true FROM conversation.muted_threads x WHERE x.thread = coalesce(b.thread, p.thread) AND x.member = $1),
       CASE WHEN coalesce(b.poll, p.poll) IS NOT NULL
            THEN (SELECT x.choices FROM conversation.poll_votes x WHERE x.post = coalesce(b.id, p.id) AND x.actor = $1) END
FROM conversation.posts p
LEFT JOIN conversation.posts b ON b.id = p.boost_of
WHERE p.id = ANY($2::bigint[]) AND conversation.visible($1::bigint, p.id, p.author, p.visibility)
  AND (p.boost_of IS NULL OR conversation.visible($1::bigint, b.id, b.author, b.visibility))

-- name: home
-- As above. What may not be seen was never written into home, or was taken out of it again.
SELECT p.id, p.uri, p.author, p.local, p.kind, p.boost_of, p.reply_to, p.reply_to_uri, p.reply_to_author, p.thread,
       p.visibility, p.sensitive, p.title, p.spoiler, p.content, p.source, p.language, p.url, p.audience, p.quote_uri,
       p.mentions, p.tags, p.emojis, p.attachments, p.poll, p.application, p.published_at, p.updated_at, p.edited_at,
       p.replies_count, p.boosts_count, p.favourites_count,
       b.id, b.uri, b.author, b.local, b.kind, b.boost_of, b.reply_to, b.reply_to_uri, b.reply_to_author, b.thread,
       b.visibility, b.sensitive, b.title, b.spoiler, b.content, b.source, b.language, b.url, b.audience, b.quote_uri,
       b.mentions, b.tags, b.emojis, b.attachments, b.poll, b.application, b.published_at, b.updated_at, b.edited_at,
       b.replies_count, b.boosts_count, b.favourites_count,
       (SELECT true FROM conversation.favourites x WHERE x.post = coalesce(b.id, p.id) AND x.actor = $1),
       (SELECT true FROM conversation.posts x WHERE x.boost_of = coalesce(b.id, p.id) AND x.author = $1),
       (SELECT true FROM conversation.bookmarks x WHERE x.post = coalesce(b.id, p.id) AND x.actor = $1),
       (SELECT true FROM conversation.muted_threads x WHERE x.thread = coalesce(b.thread, p.thread) AND x.member = $1),
       CASE WHEN coalesce(b.poll, p.poll) IS NOT NULL
            THEN (SELECT x.choices FROM conversation.poll_votes x WHERE x.post = coalesce(b.id, p.id) AND x.actor = $1) END
FROM (
    SELECT h.post FROM conversation.home h
    WHERE h.member = $1::bigint AND h.post < $2 AND h.post > $3
    ORDER BY h.post DESC
    LIMIT $4
) h
JOIN conversation.posts p ON p.id = h.post
LEFT JOIN conversation.posts b ON b.id = p.boost_of
ORDER BY h.post DESC
