-- What was pushed, known before git is asked and settled before it is answered; names of application passwords.

SET LOCAL lock_timeout = '20s';

-- A change of refs. `asked` and `done` are lists of {"ref", "old", "new"}, forty zeros for "was not there" and "is gone".
CREATE TABLE commons.pushes (
    id         bigint PRIMARY KEY,
    repository bigint NOT NULL REFERENCES commons.repositories ON DELETE CASCADE,
    pusher     bigint REFERENCES identity.actors,
    slot       integer NOT NULL,                                -- of the process that does it
    began_at   timestamptz NOT NULL DEFAULT now(),
    asked      jsonb NOT NULL CHECK (jsonb_typeof(asked) = 'array'),
    settled_at timestamptz,
    done       jsonb CHECK (jsonb_typeof(done) = 'array'),
    CHECK ((settled_at IS NULL) = (done IS NULL))
);
CREATE INDEX pushes_unsettled ON commons.pushes (id) WHERE settled_at IS NULL;
CREATE INDEX pushes_of_repository ON commons.pushes (repository, id);
CREATE INDEX pushes_unsettled_of ON commons.pushes (repository) WHERE settled_at IS NULL;
CREATE INDEX pushes_to_nothing ON commons.pushes (settled_at) WHERE done = '[]';

GRANT SELECT, INSERT, UPDATE, DELETE ON commons.pushes TO phyle_server;

-- When the objects of a repository were last put in order, and when all of them into one pack.
CREATE TABLE commons.upkeep (
    repository bigint PRIMARY KEY REFERENCES commons.repositories ON DELETE CASCADE,
    tended_at  timestamptz NOT NULL,
    packed_at  timestamptz
);

CREATE INDEX repositories_pushed ON commons.repositories (pushed_at) WHERE pushed_at IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON commons.upkeep TO phyle_server;

-- A token without an application is a password that its owner made for a program such as git, and named.
ALTER TABLE identity.tokens ADD COLUMN name text CHECK (length(name) BETWEEN 1 AND 100);
