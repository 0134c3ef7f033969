-- Who there is: actors (here and elsewhere), their keys, the accounts of people here, and what proves who is asking.

CREATE SCHEMA identity;
GRANT USAGE ON SCHEMA identity TO phyle_server;

CREATE TABLE identity.actors (
    id              bigint PRIMARY KEY,
    uri             text NOT NULL UNIQUE CHECK (length(uri) <= 2048),
    kind            text NOT NULL CHECK (kind IN ('Person', 'Group', 'Service', 'Application', 'Organization')),
    name            text NOT NULL CHECK (length(name) <= 255),
    folded_name     text NOT NULL CHECK (length(folded_name) <= 255),
    host            text NOT NULL CHECK (length(host) <= 260),   -- '' for actors of this instance
    local           boolean NOT NULL,
    display_name    text NOT NULL DEFAULT '' CHECK (length(display_name) <= 500),
    summary         text NOT NULL DEFAULT '' CHECK (length(summary) <= 100000),
    note            text NOT NULL DEFAULT '' CHECK (length(note) <= 5000),  -- what the person typed; summary is rendered from it
    url             text NOT NULL CHECK (length(url) <= 2048),
    inbox           text NOT NULL CHECK (length(inbox) <= 2048),
    shared_inbox    text CHECK (length(shared_inbox) <= 2048),
    inbox_host      text NOT NULL CHECK (length(inbox_host) <= 260),                               -- the lane that deliveries to this actor take
    outbox          text CHECK (length(outbox) <= 2048),
    followers       text CHECK (length(followers) <= 2048),
    following       text CHECK (length(following) <= 2048),
    featured        text CHECK (length(featured) <= 2048),
    avatar_url      text CHECK (length(avatar_url) <= 2048),
    header_url      text CHECK (length(header_url) <= 2048),
    fields          jsonb NOT NULL DEFAULT '[]',
    emojis          jsonb NOT NULL DEFAULT '[]',
    locked          boolean NOT NULL DEFAULT false,
    discoverable    boolean NOT NULL DEFAULT true,
    indexable       boolean NOT NULL DEFAULT false,
    also_known_as   text[] NOT NULL DEFAULT '{}'
        CHECK (cardinality(also_known_as) <= 50 AND length(array_to_string(also_known_as, '')) <= 50 * 2048),
    moved_to        text CHECK (length(moved_to) <= 2048),
    created_at      timestamptz NOT NULL DEFAULT now(),
    fetched_at      timestamptz NOT NULL DEFAULT now(),
    suspended_at    timestamptz,
    deleted_at      timestamptz,
    followers_count integer NOT NULL DEFAULT 0,
    following_count integer NOT NULL DEFAULT 0,
    posts_count     integer NOT NULL DEFAULT 0,
    last_post_at    timestamptz,
    UNIQUE (folded_name, host)
) WITH (fillfactor = 80);
CREATE INDEX actors_local ON identity.actors (id) WHERE local;
CREATE INDEX actors_search ON identity.actors (folded_name text_pattern_ops);
CREATE INDEX actors_host ON identity.actors (host);
CREATE INDEX actors_inbox_host ON identity.actors (inbox_host) WHERE NOT local;

CREATE TABLE identity.keys (
    id         text PRIMARY KEY CHECK (length(id) <= 2048),
    actor      bigint NOT NULL REFERENCES identity.actors ON DELETE CASCADE,
    kind       text NOT NULL CHECK (kind IN ('rsa', 'ed25519')),
    public     text NOT NULL CHECK (length(public) <= 8192),     -- PEM
    private    text CHECK (length(private) <= 16384),                                             -- PEM; only for actors of this instance
    fetched_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX keys_actor ON identity.keys (actor);

CREATE TABLE identity.accounts (
    actor         bigint PRIMARY KEY REFERENCES identity.actors,
    email         text NOT NULL CHECK (length(email) <= 320),
    folded_email  text NOT NULL UNIQUE CHECK (length(folded_email) <= 320),
    password_hash text NOT NULL CHECK (length(password_hash) <= 500),
    state         text NOT NULL CHECK (state IN ('pending', 'active', 'suspended', 'rejected')),
    reason        text NOT NULL DEFAULT '' CHECK (length(reason) <= 2000),
    locale        text NOT NULL DEFAULT 'en' CHECK (length(locale) <= 20),
    preferences   jsonb NOT NULL DEFAULT '{}',
    created_at    timestamptz NOT NULL DEFAULT now(),
    seen_on       date NOT NULL DEFAULT current_date             -- home is kept for people seen in the last 30 days
);

CREATE TABLE identity.applications (
    id             bigint PRIMARY KEY,
    client_id      text NOT NULL UNIQUE CHECK (length(client_id) <= 200),
    client_secret_hash bytea NOT NULL,
    name           text NOT NULL CHECK (length(name) <= 200),
    website        text CHECK (length(website) <= 2000),
    redirect_uris  text[] NOT NULL CHECK (length(array_to_string(redirect_uris, ' ')) <= 101000),
    scopes         text NOT NULL CHECK (length(scopes) <= 2000),
    created_at     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE identity.authorization_codes (
    code_hash      bytea PRIMARY KEY,
    application    bigint NOT NULL REFERENCES identity.applications ON DELETE CASCADE,
    actor          bigint NOT NULL REFERENCES identity.accounts ON DELETE CASCADE,
    redirect_uri   text NOT NULL CHECK (length(redirect_uri) <= 2000),
    scopes         text NOT NULL CHECK (length(scopes) <= 2000),
    challenge      text CHECK (length(challenge) <= 43),
    expires_at     timestamptz NOT NULL,
    used_token     bigint                                        -- a second use revokes what the first one gave
);

CREATE TABLE identity.tokens (
    id          bigint PRIMARY KEY,
    token_hash  bytea NOT NULL UNIQUE,
    application bigint REFERENCES identity.applications ON DELETE CASCADE,
    actor       bigint REFERENCES identity.accounts ON DELETE CASCADE,   -- null: the application itself
    scopes      text NOT NULL CHECK (length(scopes) <= 2000),
    created_at  timestamptz NOT NULL DEFAULT now(),
    revoked_at  timestamptz
);
CREATE INDEX tokens_actor ON identity.tokens (actor);

CREATE TABLE identity.sessions (
    id          bigint PRIMARY KEY,
    token_hash  bytea NOT NULL UNIQUE,
    actor       bigint NOT NULL REFERENCES identity.accounts ON DELETE CASCADE,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL
);
CREATE INDEX sessions_actor ON identity.sessions (actor);

-- What the operator did at the command line before the phyle was founded: append-only and public.
CREATE TABLE identity.operator_acts (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT now(),
    kind    text NOT NULL CHECK (kind IN ('create', 'approve', 'reject', 'suspend', 'restore', 'password', 'block', 'unblock')),
    subject text NOT NULL CHECK (length(subject) <= 500),
    reason  text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000)
);

CREATE FUNCTION identity.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the operator''s acts are append-only';
END $$;
CREATE TRIGGER operator_acts_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON identity.operator_acts
    FOR EACH STATEMENT EXECUTE FUNCTION identity.refuse_change();

GRANT SELECT, INSERT, UPDATE, DELETE ON identity.actors, identity.keys, identity.accounts, identity.applications,
    identity.authorization_codes, identity.tokens, identity.sessions TO phyle_server;
GRANT SELECT, INSERT ON identity.operator_acts TO phyle_server;
