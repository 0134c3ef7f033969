-- name: clock
SELECT cooperative.clock()
