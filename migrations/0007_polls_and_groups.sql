-- Polls that people vote in here, groups that pass on what is written in them, and the requests that prove what was sent.

SET LOCAL lock_timeout = '20s';

-- Of a poll from elsewhere there is a row as soon as somebody here votes in it.
CREATE TABLE conversation.polls (
    post      bigint PRIMARY KEY REFERENCES conversation.posts ON DELETE CASCADE,
    multiple  boolean NOT NULL,
    hidden    boolean NOT NULL DEFAULT false,   -- totals are shown only once it is closed
    ballot    boolean NOT NULL DEFAULT false,   -- somebody else keeps what was voted; here is only known who did
    ends_at   timestamptz,
    closed_at timestamptz,
    telling   boolean NOT NULL DEFAULT false    -- an Update with the present numbers is on its way
);
CREATE INDEX polls_open ON conversation.polls (ends_at) WHERE closed_at IS NULL AND NOT ballot;

CREATE TABLE conversation.poll_votes (
    post    bigint NOT NULL REFERENCES conversation.posts ON DELETE CASCADE,
    actor   bigint NOT NULL REFERENCES identity.actors ON DELETE CASCADE,
    choices smallint[] NOT NULL,                -- places of the options, from 0; empty in a ballot
    PRIMARY KEY (post, actor)
);
CREATE INDEX poll_votes_actor ON conversation.poll_votes (actor);

-- What was voted in a ballot, until its keeper has taken it.
CREATE TABLE conversation.kept_votes (
    id          bigint PRIMARY KEY,
    post        bigint NOT NULL REFERENCES conversation.posts ON DELETE CASCADE,
    actor       bigint NOT NULL REFERENCES identity.actors ON DELETE CASCADE,
    choices     smallint[] NOT NULL,
    received_at timestamptz NOT NULL,
    evidence    bigint                          -- the request that brought it, if it came from elsewhere
);
CREATE INDEX kept_votes_post ON conversation.kept_votes (post, id);
CREATE INDEX kept_votes_actor ON conversation.kept_votes (actor);

-- Groups of this instance. Who answers those who want to follow one: nobody need, unless its actor is locked.
CREATE TABLE conversation.groups (
    actor      bigint PRIMARY KEY REFERENCES identity.actors ON DELETE CASCADE,
    posting    text NOT NULL DEFAULT 'anyone' CHECK (posting IN ('anyone', 'followers', 'nobody')),
    moderators bigint[] NOT NULL DEFAULT '{}',
    properties jsonb NOT NULL DEFAULT '{}'      -- what its document says besides
);

-- What the document of a post says besides.
CREATE TABLE conversation.extensions (
    post       bigint PRIMARY KEY REFERENCES conversation.posts ON DELETE CASCADE,
    properties jsonb NOT NULL
);

-- Requests as they were signed, while somebody may want to keep them as proof.
CREATE TABLE federation.evidence (
    id          bigint PRIMARY KEY,
    received_at timestamptz NOT NULL,
    kept        boolean NOT NULL DEFAULT false,
    method      text NOT NULL CHECK (length(method) <= 20),
    target      text NOT NULL CHECK (length(target) <= 8192),
    scheme      text NOT NULL CHECK (length(scheme) <= 10),
    headers     jsonb NOT NULL,
    body        bytea NOT NULL
);
CREATE INDEX evidence_age ON federation.evidence (received_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON conversation.polls, conversation.poll_votes, conversation.kept_votes,
    conversation.groups, conversation.extensions, federation.evidence TO phyle_server;
