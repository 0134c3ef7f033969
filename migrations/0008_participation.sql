-- Who, of those with an account somewhere, is which member; and which posts speak of what the ledger holds.

-- The ledger only commits to accounts. This can be erased without changing any entry.
CREATE TABLE cooperative.people (
    member text COLLATE "C" PRIMARY KEY CHECK (length(member) = 26),
    actor  bigint NOT NULL REFERENCES identity.actors,
    since  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX people_actor ON cooperative.people (actor, since);

-- A proposal, ballot or assembly, and its post in the agora.
CREATE TABLE cooperative.posts (
    subject text COLLATE "C" NOT NULL CHECK (length(subject) <= 100),
    role    text NOT NULL CHECK (role IN ('proposal', 'ballot', 'decision', 'assembly', 'notice', 'application')),
    post    bigint NOT NULL,
    PRIMARY KEY (subject, role)
);
CREATE UNIQUE INDEX posts_post ON cooperative.posts (post);

-- What those chose in the poll of a ballot who are on none of its rolls: shown beside the tally, never in it.
CREATE TABLE cooperative.advisory_votes (
    ballot text COLLATE "C" NOT NULL CHECK (length(ballot) <= 100),
    choice smallint NOT NULL,
    actor  bigint NOT NULL REFERENCES identity.actors ON DELETE CASCADE,
    PRIMARY KEY (ballot, choice, actor)
);
CREATE INDEX advisory_votes_actor ON cooperative.advisory_votes (actor);

GRANT SELECT, INSERT, UPDATE, DELETE ON cooperative.people, cooperative.posts, cooperative.advisory_votes TO phyle_server;
