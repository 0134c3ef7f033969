-- name: of_entries
-- Papers, and the reasons given with them, are shown once the sheet of their ballot is.
SELECT o.commitment, o.name, o.value, o.salt,
       o.audience IN ('public', 'members')
       OR o.audience = 'closed' AND EXISTS (SELECT FROM cooperative.sheets s WHERE s.ballot = o.about) AS shown
FROM cooperative.openings o
WHERE o.seq >= $1 AND o.seq < $2
ORDER BY o.commitment
