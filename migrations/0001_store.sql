-- The unit of work: jobs that are written with what changed, periodic work, limits, and what was decided once.

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA store TO phyle_server;

CREATE TABLE store.facts (
    name  text PRIMARY KEY,
    value text NOT NULL
);

CREATE TABLE store.jobs (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL,
    body       jsonb NOT NULL,
    network    boolean NOT NULL,
    order_key  text,
    run_at     timestamptz NOT NULL DEFAULT now(),
    queued_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempts   integer NOT NULL DEFAULT 0,
    claimed_by integer,
    failed_at  timestamptz,
    last_error text
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
-- By time, not by id: so that no plan, however empty the table was when it was made, can walk the primary key instead.
CREATE INDEX jobs_waiting ON store.jobs (network, queued_at) WHERE claimed_by IS NULL AND failed_at IS NULL;
CREATE INDEX jobs_order ON store.jobs (order_key, id) WHERE order_key IS NOT NULL AND failed_at IS NULL;

CREATE TABLE store.recurring (
    name    text PRIMARY KEY,
    next_at timestamptz NOT NULL DEFAULT now()
);

-- Counters that need not outlive a crash, but that all processes must share.
CREATE UNLOGGED TABLE store.limits (
    bucket   text NOT NULL,
    began_at timestamptz NOT NULL,
    count    integer NOT NULL,
    PRIMARY KEY (bucket)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON store.jobs, store.recurring, store.limits TO phyle_server;
GRANT SELECT, INSERT ON store.facts TO phyle_server;
GRANT SELECT ON store.migrations TO phyle_server;
