-- Contributions and uses: how the ledger's are listed, the documents behind them, and what other phyles told of theirs.

SET LOCAL lock_timeout = '20s';

CREATE INDEX slices_contributions ON cooperative.slices (((value ->> 'entry')::bigint)) WHERE kind = 'contribution';
CREATE INDEX slices_contributors ON cooperative.slices ((value ->> 'by'), ((value ->> 'entry')::bigint))
    WHERE kind = 'contribution';
CREATE INDEX slices_uses ON cooperative.slices (((value ->> 'entry')::bigint)) WHERE kind = 'use';
CREATE INDEX slices_users ON cooperative.slices ((value ->> 'by'), ((value ->> 'entry')::bigint)) WHERE kind = 'use';
CREATE INDEX slices_named_users ON cooperative.slices (lower((value ->> 'name') COLLATE "C"), ((value ->> 'entry')::bigint))
    WHERE kind = 'use';

CREATE INDEX repositories_chain ON commons.repositories USING gin (chain jsonb_path_ops);

-- Documents behind declarations: the ledger names them by their hash, and here they can be erased.
CREATE TABLE commons.evidence (
    digest  text COLLATE "C" PRIMARY KEY CHECK (length(digest) = 64),
    what    text NOT NULL CHECK (length(what) <= 64),
    body    text NOT NULL CHECK (length(body) <= 300000),
    public  boolean NOT NULL,                                        -- else for members, and for whoever kept it
    said    jsonb,                                                   -- what was found out about it when it came
    kept_by bigint NOT NULL REFERENCES identity.actors,
    kept_at timestamptz NOT NULL DEFAULT now()
);

-- A use in the ledger as others know it: an Agreement of its own number, and what was last told of it.
CREATE TABLE commons.agreements (
    id         bigint PRIMARY KEY,
    use        text COLLATE "C" NOT NULL UNIQUE CHECK (length(use) <= 400),        -- work/use
    repository bigint NOT NULL REFERENCES commons.repositories ON DELETE CASCADE,
    told       text NOT NULL DEFAULT ''
);

-- What somebody here declared to another phyle, by the activity that carried it.
CREATE TABLE commons.declarations (
    id        bigint PRIMARY KEY,
    uri       text NOT NULL UNIQUE CHECK (length(uri) <= 2048),
    actor     bigint NOT NULL REFERENCES identity.actors,
    home      bigint NOT NULL REFERENCES identity.actors,                          -- the repository there
    origin    text NOT NULL CHECK (length(origin) <= 300),                         -- of the ledger there
    act       text COLLATE "C" NOT NULL CHECK (length(act) <= 128),
    kind      text NOT NULL CHECK (kind IN ('declare_use', 'withdraw_use', 'claim')),
    payload   jsonb NOT NULL,
    state     text NOT NULL DEFAULT 'sent' CHECK (state IN ('sent', 'recorded', 'refused')),
    reason    text NOT NULL DEFAULT '' CHECK (length(reason) <= 5000),
    agreement text CHECK (length(agreement) <= 2048),
    receipt   jsonb,
    sent_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX declarations_actor ON commons.declarations (actor, id);
CREATE INDEX declarations_agreement ON commons.declarations (agreement) WHERE agreement IS NOT NULL;

-- Uses in the ledgers of other phyles, as they told us because a fork is here, or whoever declared.
CREATE TABLE commons.uses_elsewhere (
    id         bigint PRIMARY KEY,
    uri        text NOT NULL UNIQUE CHECK (length(uri) <= 2048),
    repository text NOT NULL CHECK (length(repository) <= 2048),                   -- the id of the work's actor
    home       bigint NOT NULL REFERENCES identity.actors,
    declarer   text NOT NULL DEFAULT '' CHECK (length(declarer) <= 2048),
    name       text NOT NULL DEFAULT '' CHECK (length(name) <= 300),
    phase      text NOT NULL CHECK (length(phase) <= 40),
    document   jsonb NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX uses_elsewhere_repository ON commons.uses_elsewhere (repository, id);
CREATE INDEX uses_elsewhere_name ON commons.uses_elsewhere (lower(name COLLATE "C"), id);

GRANT SELECT, INSERT, UPDATE, DELETE ON commons.evidence, commons.agreements, commons.declarations,
    commons.uses_elsewhere TO phyle_server;
