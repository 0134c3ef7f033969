-- What this phyle shows of its ledger, who vouches for that, and what it holds of the ledgers of others.

-- Heads of our ledger that were signed and shown. None of them may contradict another.
CREATE TABLE cooperative.checkpoints (
    origin       text NOT NULL,
    size         bigint NOT NULL CHECK (size > 0),
    root         bytea NOT NULL CHECK (length(root) = 32),
    note         bytea NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (origin, size)
);

-- What witnesses signed under them.
CREATE TABLE cooperative.cosignatures (
    origin  text NOT NULL,
    size    bigint NOT NULL,
    name    text NOT NULL,
    key_id  bytea NOT NULL CHECK (length(key_id) = 4),
    data    bytea NOT NULL CHECK (length(data) = 72),
    seconds bigint NOT NULL,                                      -- the time that the witness names, POSIX
    PRIMARY KEY (origin, size, name, key_id),
    FOREIGN KEY (origin, size) REFERENCES cooperative.checkpoints
);

-- Phyles that are asked to cosign our heads.
CREATE TABLE cooperative.witnesses (
    host         text PRIMARY KEY CHECK (length(host) <= 260),
    vkey         text,                                            -- known once its keys were fetched
    size         bigint NOT NULL DEFAULT 0,                       -- what it holds of our ledger
    cosigned_at  timestamptz,
    failures     integer NOT NULL DEFAULT 0,                      -- in a row
    next_at      timestamptz NOT NULL DEFAULT now(),              -- not before
    last_error   text
);
CREATE INDEX witnesses_next ON cooperative.witnesses (next_at);

-- The keys with which this phyle cosigns. One that was in use when state was lost is retired, for it may have signed more
-- than is known.
CREATE TABLE cooperative.witness_keys (
    number     integer PRIMARY KEY,
    secret     bytea NOT NULL CHECK (length(secret) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    retired_at timestamptz
);

-- Ledgers of others that are watched here, each with the newest head that was found consistent and cosigned.
CREATE TABLE cooperative.logs (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    origin      text NOT NULL UNIQUE,
    hash        text NOT NULL UNIQUE,                             -- SHA-256 of the origin, in hex
    host        text NOT NULL CHECK (length(host) <= 260),
    vkeys       text[] NOT NULL,
    size        bigint NOT NULL DEFAULT 0,
    root        bytea NOT NULL DEFAULT sha256('') CHECK (length(root) = 32),
    note        bytea,                                            -- with our cosignature; none before the first
    cosigned_at timestamptz,
    mirrored    bigint NOT NULL DEFAULT 0 CHECK (mirrored <= size), -- entries that are held here
    bytes       bigint NOT NULL DEFAULT 0,                        -- what they take
    blobs       bigint NOT NULL DEFAULT 0,                        -- entries whose blobs are held here
    failures    integer NOT NULL DEFAULT 0,
    next_at     timestamptz NOT NULL DEFAULT now(),
    last_error  text
);
CREATE INDEX logs_host ON cooperative.logs (host);
CREATE INDEX logs_next ON cooperative.logs (next_at);

-- Heads of other ledgers, signed by their keys, that do not follow from the one we cosigned, or not yet.
CREATE TABLE cooperative.heads_seen (
    log     integer NOT NULL REFERENCES cooperative.logs ON DELETE CASCADE,
    size    bigint NOT NULL,
    root    bytea NOT NULL CHECK (length(root) = 32),
    note    bytea NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (log, size, root)
);

-- Two heads of one ledger that contradict each other: for everybody to check.
CREATE TABLE cooperative.equivocations (
    log      integer NOT NULL REFERENCES cooperative.logs,
    hash     text NOT NULL,                                       -- SHA-256 of the document, in hex
    document jsonb NOT NULL,
    found_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (log, hash)
);

-- Whole copies of the ledgers that are watched.
CREATE TABLE cooperative.mirrored_entries (
    log  integer NOT NULL REFERENCES cooperative.logs,
    seq  bigint NOT NULL,
    leaf bytea NOT NULL CHECK (length(leaf) <= 65535),
    PRIMARY KEY (log, seq)
);
CREATE TABLE cooperative.mirrored_hashes (
    log   integer NOT NULL REFERENCES cooperative.logs,
    level smallint NOT NULL,
    place bigint NOT NULL,
    hash  bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (log, level, place)
);
CREATE TABLE cooperative.mirrored_blobs (
    log  integer NOT NULL REFERENCES cooperative.logs,
    hash text COLLATE "C" NOT NULL CHECK (length(hash) = 64),
    data bytea NOT NULL CHECK (length(data) <= 16777216),
    seq    bigint NOT NULL,                                       -- the first entry that names it
    ballot text COLLATE "C" CHECK (length(ballot) <= 64),         -- whose papers it holds, for a sheet
    PRIMARY KEY (log, hash)
);
CREATE INDEX mirrored_sheets ON cooperative.mirrored_blobs (log, ballot) WHERE ballot IS NOT NULL;
CREATE INDEX mirrored_blobs_seq ON cooperative.mirrored_blobs (log, seq, hash);

GRANT SELECT, INSERT ON cooperative.checkpoints, cooperative.cosignatures, cooperative.equivocations,
    cooperative.mirrored_entries, cooperative.mirrored_hashes, cooperative.mirrored_blobs TO phyle_server;
GRANT SELECT, INSERT, UPDATE ON cooperative.witness_keys TO phyle_server;
GRANT SELECT, INSERT, UPDATE, DELETE ON cooperative.witnesses, cooperative.logs, cooperative.heads_seen TO phyle_server;
GRANT DELETE ON cooperative.mirrored_blobs TO phyle_server;

-- Which hosts our members are known by, and in which other ledgers people here are members: those are the witnesses.
CREATE INDEX slices_via ON cooperative.slices ((value ->> 'via')) WHERE kind = 'member';
CREATE INDEX keys_elsewhere ON cooperative.keys (origin) WHERE purpose = 'member' AND retired_at IS NULL;
