-- The ledger of record: what is asked for, what was entered, and what follows from it.

CREATE SCHEMA cooperative;
GRANT USAGE ON SCHEMA cooperative TO phyle_server;

-- The one ledger of this instance. `nothing_before`: no act that was received earlier (in milliseconds) is still on its
-- way, so what was due by then may be entered; the clock of the ledger never stands earlier, whatever the machine's does.
CREATE TABLE cooperative.ledger (
    single         boolean PRIMARY KEY DEFAULT true CHECK (single),
    nothing_before bigint NOT NULL DEFAULT 0,
    stopped        text CHECK (length(stopped) BETWEEN 1 AND 2000),     -- why nothing is entered now
    stopped_at     timestamptz,
    fault          boolean NOT NULL DEFAULT false                       -- an error of ours: the next start tries again
);
INSERT INTO cooperative.ledger DEFAULT VALUES;

-- The inbox: acts as they were signed, durable before they are judged.
CREATE TABLE cooperative.acts (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash     text COLLATE "C" NOT NULL UNIQUE CHECK (length(hash) = 64),
    author   text NOT NULL CHECK (author IN ('member-key', 'server-key', 'attested', 'operator', 'host')),
    by       text COLLATE "C" NOT NULL CHECK (length(by) <= 64),
    nonce    text COLLATE "C" NOT NULL CHECK (length(nonce) = 32),
    received bigint NOT NULL,                                           -- milliseconds: this time decides
    document bytea NOT NULL CHECK (length(document) <= 65535),          -- canonical JSON
    evidence jsonb NOT NULL DEFAULT '{}',                               -- name -> commitment
    state    text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'entered', 'refused')),
    seq      bigint,
    at       bigint,                                                    -- when it was entered or refused
    status   smallint,                                                  -- of the refusal, as HTTP knows it
    sentence text CHECK (length(sentence) <= 4000),
    CHECK ((state = 'entered') = (seq IS NOT NULL) AND (state = 'refused') = (sentence IS NOT NULL)
           AND (state = 'waiting') = (at IS NULL))
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
-- A forgery that was refused does not use up the nonce of the one it was made to look like.
CREATE UNIQUE INDEX acts_once ON cooperative.acts (by, nonce) WHERE state <> 'refused';
CREATE INDEX acts_waiting ON cooperative.acts (received, id) WHERE state = 'waiting';
CREATE INDEX acts_seq ON cooperative.acts (seq) WHERE seq IS NOT NULL;
CREATE INDEX acts_by ON cooperative.acts (by, id);

-- The leaves of the ledger's tree, each with its hash (RFC 6962).
CREATE TABLE cooperative.entries (
    seq  bigint PRIMARY KEY CHECK (seq >= 0),
    at   bigint NOT NULL,
    kind text NOT NULL CHECK (length(kind) <= 64),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    leaf bytea NOT NULL CHECK (length(leaf) <= 65535)
);
CREATE INDEX entries_kind ON cooperative.entries (kind, seq);

-- Inner nodes that tiles are made of: the n-th full subtree of 256^level leaves (C2SP tlog-tiles), from level 1 on.
CREATE TABLE cooperative.hashes (
    level  smallint NOT NULL CHECK (level BETWEEN 1 AND 7),
    number bigint NOT NULL CHECK (number >= 0),
    hash   bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, number)
);

CREATE FUNCTION cooperative.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only';
END $$;
CREATE TRIGGER entries_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON cooperative.entries
    FOR EACH STATEMENT EXECUTE FUNCTION cooperative.refuse_change();
CREATE TRIGGER hashes_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON cooperative.hashes
    FOR EACH STATEMENT EXECUTE FUNCTION cooperative.refuse_change();

-- The state that follows from the entries: a projection, written in the commit of the entry that changed it.
CREATE TABLE cooperative.slices (
    kind  text COLLATE "C" NOT NULL CHECK (length(kind) <= 64),
    id    text COLLATE "C" NOT NULL CHECK (length(id) <= 400),
    value jsonb NOT NULL,
    PRIMARY KEY (kind, id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX slices_members ON cooperative.slices ((value ->> 'standing'), id) WHERE kind = 'member';
CREATE INDEX slices_identities ON cooperative.slices ((value -> 'identity' ->> 'actor')) WHERE kind = 'member';
CREATE INDEX slices_proposals ON cooperative.slices ((value ->> 'phase'), id) WHERE kind = 'proposal';
CREATE INDEX slices_mandates ON cooperative.slices ((value ->> 'member'), id) WHERE kind = 'mandate';

-- Longer matter that entries name by its hash. `seq`: the first entry that does; until then it is only a draft.
CREATE TABLE cooperative.blobs (
    hash    text COLLATE "C" PRIMARY KEY CHECK (length(hash) = 64),
    data    bytea NOT NULL CHECK (length(data) <= 16777216),
    seq     bigint,
    kept_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX blobs_drafts ON cooperative.blobs (kept_at) WHERE seq IS NULL;
CREATE INDEX blobs_seq ON cooperative.blobs (seq, hash) WHERE seq IS NOT NULL;

-- What entries only commit to: here it can be erased, and the entry stands nevertheless. Each act brings its own, so that
-- none goes with another act that is refused.
CREATE TABLE cooperative.openings (
    commitment text COLLATE "C" NOT NULL CHECK (length(commitment) = 64),
    act        text COLLATE "C" NOT NULL REFERENCES cooperative.acts (hash) DEFERRABLE INITIALLY DEFERRED,
    seq        bigint,                                                  -- of the entry, once there is one
    name       text COLLATE "C" NOT NULL CHECK (length(name) <= 64),
    salt       text NOT NULL CHECK (length(salt) = 32),
    value      bytea NOT NULL,                                          -- canonical JSON
    audience   text NOT NULL CHECK (audience IN ('public', 'closed', 'members', 'register', 'self')),
    about      text COLLATE "C" NOT NULL DEFAULT '' CHECK (length(about) <= 400),
    by         text COLLATE "C" NOT NULL,
    PRIMARY KEY (commitment, act)
);
CREATE INDEX openings_act ON cooperative.openings (act);
CREATE INDEX openings_seq ON cooperative.openings (seq, commitment) WHERE seq IS NOT NULL;
CREATE INDEX openings_about ON cooperative.openings (about, name);

-- What was erased, by which entry: so that nobody takes it for withheld.
CREATE TABLE cooperative.erasures (
    commitment text COLLATE "C" PRIMARY KEY,
    seq        bigint NOT NULL
);

-- The opened papers of a closed ballot, as the entry of its count names them.
CREATE TABLE cooperative.sheets (
    ballot   text COLLATE "C" PRIMARY KEY CHECK (length(ballot) <= 64),
    hash     text COLLATE "C" NOT NULL CHECK (length(hash) = 64),
    data     bytea NOT NULL,
    audience text NOT NULL CHECK (audience IN ('public', 'members')),
    seq      bigint NOT NULL
);
CREATE INDEX sheets_seq ON cooperative.sheets (seq);

-- Private keys. `log` and `credential` are the ledger's; `member` those of memberships, here or elsewhere, of people here.
CREATE TABLE cooperative.keys (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    purpose    text NOT NULL CHECK (purpose IN ('log', 'credential', 'member')),
    origin     text COLLATE "C" NOT NULL CHECK (length(origin) <= 300),
    member     text COLLATE "C" CHECK (length(member) = 26),
    actor      bigint REFERENCES identity.actors,
    public     text COLLATE "C" NOT NULL UNIQUE CHECK (length(public) <= 100),
    secret     text NOT NULL CHECK (length(secret) <= 200),
    made_at    timestamptz NOT NULL DEFAULT now(),
    retired_at timestamptz,
    CHECK ((purpose = 'member') = (member IS NOT NULL) AND (purpose = 'member') = (actor IS NOT NULL))
);
CREATE UNIQUE INDEX keys_own ON cooperative.keys (purpose) WHERE purpose <> 'member' AND retired_at IS NULL;
CREATE UNIQUE INDEX keys_member ON cooperative.keys (origin, member) WHERE retired_at IS NULL;
CREATE INDEX keys_actor ON cooperative.keys (actor, origin);

-- Receipts that other phyles gave to people here, and those of ours that somebody asked for.
CREATE TABLE cooperative.receipts (
    origin   text COLLATE "C" NOT NULL CHECK (length(origin) <= 300),
    act      text COLLATE "C" NOT NULL CHECK (length(act) = 64),
    member   text COLLATE "C" NOT NULL,
    document jsonb NOT NULL,
    kept_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (origin, act)
);
CREATE INDEX receipts_member ON cooperative.receipts (member, kept_at);

-- What the phyle owes to the outside because of a decision, until it is discharged or has failed.
CREATE TABLE cooperative.obligations (
    id         text COLLATE "C" PRIMARY KEY CHECK (length(id) <= 400),
    seq        bigint NOT NULL,
    kind       text NOT NULL CHECK (length(kind) <= 64),
    body       jsonb NOT NULL,
    state      text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'discharged', 'failed')),
    attempts   integer NOT NULL DEFAULT 0,
    last_error text,
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX obligations_open ON cooperative.obligations (seq, id) WHERE state = 'open';

-- The clock of the ledger, in milliseconds.
CREATE FUNCTION cooperative.clock() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT greatest(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint, nothing_before) FROM cooperative.ledger
$$;

-- The time at which an act counts as received: taken when the receivers' lock is held, in a statement that sees what was
-- committed while it was waited for.
CREATE FUNCTION cooperative.receive(receivers bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(receivers);
    RETURN cooperative.clock();
END $$;

GRANT SELECT, UPDATE ON cooperative.ledger TO phyle_server;
GRANT SELECT, INSERT ON cooperative.entries, cooperative.hashes, cooperative.erasures TO phyle_server;
GRANT SELECT, INSERT, UPDATE ON cooperative.acts, cooperative.keys TO phyle_server;
GRANT SELECT, INSERT, UPDATE, DELETE ON cooperative.slices, cooperative.blobs, cooperative.openings, cooperative.sheets,
    cooperative.receipts, cooperative.obligations TO phyle_server;
