-- name: page
SELECT * FROM conversation.posts
WHERE author = $1 AND id < $2 AND visibility IN ('public', 'unlisted')
ORDER BY id DESC
LIMIT $3
