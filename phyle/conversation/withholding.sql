-- name: withhold
WITH before AS (
    INSERT INTO conversation.withheld (post, visibility)
    SELECT id, visibility FROM conversation.posts WHERE id = $1 AND visibility <> 'withheld'
    RETURNING post)
UPDATE conversation.posts p SET visibility = 'withheld' FROM before WHERE p.id = before.post

-- name: forget_home
DELETE FROM conversation.home
WHERE post = $1 OR post = ANY(ARRAY(SELECT id FROM conversation.posts WHERE boost_of = $1))

-- name: show
WITH before AS (DELETE FROM conversation.withheld WHERE post = $1 RETURNING post, visibility)
UPDATE conversation.posts p SET visibility = before.visibility FROM before WHERE p.id = before.post
