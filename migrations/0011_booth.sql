-- The booth for members whose accounts are on ordinary servers: sessions by a link that is sent to them.

SET LOCAL lock_timeout = '20s';

-- Somebody with an account elsewhere, who is in the booth: one session each, and they have no account here.
CREATE TABLE identity.guests (
    id         bigint PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    actor      bigint NOT NULL UNIQUE REFERENCES identity.actors,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX guests_expiry ON identity.guests (expires_at);

-- Who asked for the booth: by which signed request (absent until it comes), where they then want to go, and the link.
CREATE TABLE cooperative.entrances (
    actor      bigint PRIMARY KEY REFERENCES identity.actors,
    next       text NOT NULL DEFAULT '' CHECK (length(next) <= 2000),
    request    jsonb,
    token_hash bytea UNIQUE CHECK (length(token_hash) = 32),
    expires_at timestamptz NOT NULL
);
CREATE INDEX entrances_expiry ON cooperative.entrances (expires_at);

-- The keys that sign in the booth. `until`: milliseconds.
CREATE TABLE cooperative.session_keys (
    public text COLLATE "C" PRIMARY KEY CHECK (length(public) <= 100),
    member text COLLATE "C" NOT NULL CHECK (length(member) = 26),
    secret text NOT NULL CHECK (length(secret) <= 200),
    until  bigint NOT NULL
);
CREATE INDEX session_keys_until ON cooperative.session_keys (until);

GRANT SELECT, INSERT, UPDATE, DELETE ON identity.guests, cooperative.entrances, cooperative.session_keys TO phyle_server;
