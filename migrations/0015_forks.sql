-- Forks of repositories, stars, invitations, votes over grants, and grants that people here hold elsewhere.

SET LOCAL lock_timeout = '20s';

-- `chain`: of a fork, everything that it descends from, nearest first: [{"id", "name", "clone", "page"}].
ALTER TABLE commons.repositories ADD COLUMN chain jsonb NOT NULL DEFAULT '[]' CHECK (length(chain::text) <= 100000);
ALTER TABLE commons.repositories ADD COLUMN deleted_at timestamptz;

-- What was forked from a repository of this instance. The server may not take anything away here: a fork is listed
-- for ever, whoever its keeper is.
CREATE TABLE commons.forks (
    repository  bigint NOT NULL REFERENCES commons.repositories,
    uri         text NOT NULL CHECK (length(uri) <= 2048),
    name        text NOT NULL CHECK (length(name) <= 500),
    clone       text NOT NULL CHECK (length(clone) <= 2048),
    told_at     timestamptz NOT NULL DEFAULT now(),
    verified_at timestamptz,                                                 -- when its own server said the same
    PRIMARY KEY (repository, uri)
);
CREATE INDEX forks_told ON commons.forks (repository, told_at);

-- How far the fetching of a fork has come.
CREATE TABLE commons.copies (
    repository bigint PRIMARY KEY REFERENCES commons.repositories,
    origin     text NOT NULL CHECK (length(origin) <= 2048),
    clone      text NOT NULL CHECK (length(clone) <= 2048),
    state      text NOT NULL CHECK (state IN ('waiting', 'fetching', 'done', 'failed')),
    said       text NOT NULL DEFAULT '' CHECK (length(said) <= 500),
    bytes      bigint NOT NULL DEFAULT 0,
    tries      integer NOT NULL DEFAULT 0,
    told       boolean NOT NULL DEFAULT false,                               -- whether what it was forked from was told
    told_at    timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    news_at    timestamptz,                                                  -- when the origin was said to have changed
    base       text CHECK (length(base) = 40)                                -- the latest commit that both have of the first branch
) WITH (fillfactor = 70);

CREATE TABLE commons.stars (
    repository bigint NOT NULL REFERENCES commons.repositories,
    actor      bigint NOT NULL REFERENCES identity.actors,
    uri        text COLLATE "C" NOT NULL UNIQUE CHECK (length(uri) <= 2048),
    since      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (repository, actor)
);
CREATE INDEX stars_actor ON commons.stars (actor);

-- Invitations into a repository, and questions to be let into one; the repository and the person are here or elsewhere.
CREATE TABLE commons.invitations (
    id          bigint PRIMARY KEY,
    uri         text COLLATE "C" NOT NULL UNIQUE CHECK (length(uri) <= 2048),
    what        text NOT NULL CHECK (what IN ('invite', 'join')),
    repository  bigint NOT NULL REFERENCES identity.actors,
    person      bigint NOT NULL REFERENCES identity.actors,
    invited_by  bigint REFERENCES identity.actors,                           -- none: the person asked
    role        text NOT NULL CHECK (role IN ('contributor', 'maintainer')),
    words       text NOT NULL DEFAULT '' CHECK (length(words) <= 2000),
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'refused', 'withdrawn')),
    made_at     timestamptz NOT NULL DEFAULT now(),
    answered_at timestamptz
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX invitations_open ON commons.invitations (repository, person, role) WHERE state = 'open';
CREATE INDEX invitations_person ON commons.invitations (person, id);
CREATE INDEX invitations_repository ON commons.invitations (repository, id);

-- Where a majority of the maintainers gives and takes grants: what is proposed, and who is for it.
CREATE TABLE commons.motions (
    id         bigint PRIMARY KEY,
    repository bigint NOT NULL REFERENCES commons.repositories,
    what       text NOT NULL CHECK (what IN ('give', 'revoke', 'rule')),
    holder     bigint REFERENCES identity.actors,
    role       text CHECK (role IN ('contributor', 'maintainer')),
    rule       text CHECK (rule IN ('maintainer', 'majority', 'decision')),
    moved_by   bigint NOT NULL REFERENCES identity.actors,
    reason     text NOT NULL DEFAULT '' CHECK (length(reason) <= 2000),
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'carried', 'withdrawn')),
    moved_at   timestamptz NOT NULL DEFAULT now(),
    CHECK (what = 'rule' AND rule IS NOT NULL AND holder IS NULL AND role IS NULL
           OR what <> 'rule' AND rule IS NULL AND holder IS NOT NULL AND role IS NOT NULL)
);
CREATE UNIQUE INDEX motions_open ON commons.motions (repository, what, coalesce(holder, 0), coalesce(role, rule)) WHERE state = 'open';
CREATE INDEX motions_repository ON commons.motions (repository, id);

CREATE TABLE commons.motion_votes (
    motion bigint NOT NULL REFERENCES commons.motions,
    voter  bigint NOT NULL REFERENCES identity.actors,
    at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (motion, voter)
);

-- Grants by repositories elsewhere to people here: what they show when they act there.
CREATE TABLE commons.held_grants (
    id         bigint PRIMARY KEY,
    uri        text COLLATE "C" NOT NULL UNIQUE CHECK (length(uri) <= 2048),
    repository bigint NOT NULL REFERENCES identity.actors,
    holder     bigint NOT NULL REFERENCES identity.actors,
    role       text NOT NULL CHECK (role IN ('contributor', 'maintainer')),
    since      timestamptz NOT NULL DEFAULT now(),
    until      timestamptz,
    revoked_at timestamptz
);
CREATE INDEX held_grants_holder ON commons.held_grants (holder, repository);

-- Pushes of which the group's followers have not heard yet; and when they heard of a push last.
CREATE TABLE commons.untold_pushes (
    repository bigint NOT NULL REFERENCES commons.repositories,
    push       bigint NOT NULL,
    PRIMARY KEY (repository, push)
);
CREATE TABLE commons.told_pushes (
    repository bigint PRIMARY KEY REFERENCES commons.repositories,
    told_at    timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);

GRANT SELECT, INSERT, UPDATE ON commons.forks, commons.copies, commons.invitations, commons.motions TO phyle_server;
GRANT SELECT, INSERT, UPDATE, DELETE ON commons.stars, commons.motion_votes, commons.held_grants, commons.told_pushes, commons.untold_pushes TO phyle_server;
