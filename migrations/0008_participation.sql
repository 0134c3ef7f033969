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

GRANT SELECT, INSERT, UPDATE, DELETE ON cooperative.people, cooperative.posts TO phyle_server;
