-- The commons: repositories, and who may do what in them.

SET LOCAL lock_timeout = '20s';

CREATE SCHEMA commons;
GRANT USAGE ON SCHEMA commons TO phyle_server;

ALTER TABLE identity.actors DROP CONSTRAINT actors_kind_check;
ALTER TABLE identity.actors ADD CONSTRAINT actors_kind_check
    CHECK (kind IN ('Person', 'Group', 'Service', 'Application', 'Organization', 'Repository')) NOT VALID;

-- A repository of this instance. Its id is that of its actor, and names its folder on disk; its name is in no path.
CREATE TABLE commons.repositories (
    id             bigint PRIMARY KEY REFERENCES identity.actors,
    circle         bigint NOT NULL UNIQUE REFERENCES identity.actors,         -- the group that people follow and write to
    name           text NOT NULL CHECK (length(name) BETWEEN 1 AND 26),
    folded_name    text COLLATE "C" NOT NULL UNIQUE CHECK (length(folded_name) <= 60),
    kind           text NOT NULL CHECK (kind IN ('software', 'design', 'knowledge', 'seeds', 'tools')),
    visibility     text NOT NULL CHECK (visibility IN ('public', 'members', 'private')),
    description    text NOT NULL DEFAULT '' CHECK (length(description) <= 2000),
    default_branch text NOT NULL DEFAULT 'main' CHECK (length(default_branch) BETWEEN 1 AND 200),
    protected      text[] NOT NULL DEFAULT '{}' CHECK (cardinality(protected) <= 50 AND length(array_to_string(protected, '')) <= 10000),
    rule           text NOT NULL DEFAULT 'maintainer' CHECK (rule IN ('maintainer', 'majority', 'decision')),
    origin         text CHECK (length(origin) <= 2048),                      -- of a fork: the address of what it was forked from
    created_by     bigint NOT NULL REFERENCES identity.actors,
    created_at     timestamptz NOT NULL DEFAULT now(),
    pushed_at      timestamptz,
    archived_at    timestamptz,
    bytes          bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 80);
CREATE INDEX repositories_origin ON commons.repositories (origin) WHERE origin IS NOT NULL;
CREATE INDEX repositories_creator ON commons.repositories (created_by, id);

-- Who may do what (ForgeFed's Grant): held by actors of any instance, for a time, until revoked.
CREATE TABLE commons.grants (
    id         bigint PRIMARY KEY,
    repository bigint NOT NULL REFERENCES commons.repositories ON DELETE CASCADE,
    holder     bigint NOT NULL REFERENCES identity.actors,
    role       text NOT NULL CHECK (role IN ('contributor', 'maintainer')),
    given_by   bigint REFERENCES identity.actors,                            -- none: by what the project's rule says
    since      timestamptz NOT NULL DEFAULT now(),
    until      timestamptz,
    revoked_at timestamptz,
    revoked_by bigint REFERENCES identity.actors,
    reason     text NOT NULL DEFAULT '' CHECK (length(reason) <= 2000)
);
CREATE UNIQUE INDEX grants_live ON commons.grants (repository, holder, role) WHERE revoked_at IS NULL;
CREATE INDEX grants_holder ON commons.grants (holder, repository) WHERE revoked_at IS NULL;
CREATE INDEX grants_repository ON commons.grants (repository, id);

GRANT SELECT, INSERT, UPDATE, DELETE ON commons.repositories, commons.grants TO phyle_server;
