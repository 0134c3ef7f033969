-- What came in, what goes out, and with whom we speak.

CREATE SCHEMA federation;
GRANT USAGE ON SCHEMA federation TO phyle_server;

-- One lane per host: deliveries to it go in order of their keys, and wait here while it is silent.
CREATE TABLE federation.lanes (
    host          text PRIMARY KEY CHECK (length(host) <= 260),
    waiting       boolean NOT NULL DEFAULT false,                -- there may be deliveries; guarded by this row's lock
    next_at       timestamptz NOT NULL DEFAULT '-infinity',      -- not before
    failures      integer NOT NULL DEFAULT 0,                    -- in a row
    failing_since timestamptz,
    succeeded_at  timestamptz,
    heard_at      timestamptz,                                   -- when the host last proved itself to us
    closed_at     timestamptz,                                   -- gone or silent too long; nothing is queued until it speaks
    rfc9421       boolean NOT NULL DEFAULT false,                -- known to take RFC 9421 signatures
    last_error    text
) WITH (fillfactor = 70);
CREATE INDEX lanes_waiting ON federation.lanes (next_at) WHERE waiting;

CREATE TABLE federation.blocked_hosts (
    host       text PRIMARY KEY,
    blocked_at timestamptz NOT NULL DEFAULT now(),
    reason     text NOT NULL
);

-- An activity as sent: its bytes and their digest, once for all its recipients.
CREATE TABLE federation.sent_activities (
    id         bigint PRIMARY KEY,
    uri        text NOT NULL UNIQUE,
    sender     bigint NOT NULL REFERENCES identity.actors ON DELETE CASCADE,
    body       bytea NOT NULL,
    digest     text NOT NULL,
    public     boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sent_activities_age ON federation.sent_activities (created_at);

CREATE TABLE federation.deliveries (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    host       text NOT NULL,
    inbox      text NOT NULL,
    activity   bigint NOT NULL REFERENCES federation.sent_activities ON DELETE CASCADE ON UPDATE CASCADE,
    order_key  text NOT NULL,                                    -- a hash of the inbox and of what the activity is about
    attempts   integer NOT NULL DEFAULT 0,
    next_at    timestamptz NOT NULL DEFAULT now(),
    claimed_by integer,
    last_error text
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX deliveries_lane ON federation.deliveries (host, next_at);
CREATE INDEX deliveries_order ON federation.deliveries (order_key, id);
CREATE INDEX deliveries_activity ON federation.deliveries (activity);

-- Every activity that was proven and taken, so that the second copy does nothing. Keys are hashes of actor and id.
CREATE TABLE federation.seen (
    key     bytea PRIMARY KEY,
    seen_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX seen_age ON federation.seen USING brin (seen_at);

-- What was deleted or undone, kept for ever; also before we ever saw it, so that the late original meets it.
-- The key is a hash of the actor whose word it was and the id: only their own things are refused by it.
CREATE TABLE federation.tombstones (
    key        bytea PRIMARY KEY,
    uri        text NOT NULL,
    former     text NOT NULL DEFAULT '',
    local      boolean NOT NULL,
    deleted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX tombstones_local ON federation.tombstones (uri) WHERE local;

-- When the key of a stranger was last asked for, and what came of it; shared by all processes.
CREATE UNLOGGED TABLE federation.key_fetches (
    key        bytea PRIMARY KEY,
    fetched_at timestamptz NOT NULL DEFAULT now(),
    outcome    text NOT NULL
);

CREATE TABLE federation.unknown_activities (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    actor       text NOT NULL,
    kind        text NOT NULL,
    body        jsonb NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX unknown_activities_age ON federation.unknown_activities (received_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA federation TO phyle_server;
REVOKE UPDATE, DELETE ON federation.tombstones FROM phyle_server;
