-- name: named
SELECT hash AS sha256, seq, length, ballot FROM (
    (SELECT hash, seq, length(data) AS length, NULL AS ballot FROM cooperative.blobs
     WHERE seq >= $1 AND seq < $2 ORDER BY seq FETCH FIRST $3 ROWS WITH TIES)
    UNION ALL
    (SELECT hash, seq, length(data), ballot FROM cooperative.sheets
     WHERE seq >= $1 AND seq < $2 AND audience = 'public' ORDER BY seq FETCH FIRST $3 ROWS WITH TIES)
) AS found ORDER BY seq FETCH FIRST $3 ROWS WITH TIES
