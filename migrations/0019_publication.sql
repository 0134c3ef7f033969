-- Who could read a repository when its objects were last looked at: when more can, what no ref reaches is removed first.

SET LOCAL lock_timeout = '20s';

CREATE TABLE commons.shown (
    repository bigint PRIMARY KEY REFERENCES commons.repositories ON DELETE CASCADE,
    visibility text NOT NULL CHECK (visibility IN ('public', 'members', 'private'))
);

GRANT SELECT, INSERT, UPDATE, DELETE ON commons.shown TO phyle_server;
