-- name: face
SELECT name, value FROM identity.face

-- name: put
INSERT INTO identity.face (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value

-- name: begin
INSERT INTO identity.face (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING
