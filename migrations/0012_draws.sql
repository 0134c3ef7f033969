-- Draws between phyles: this one signs the pools of others, and asks others to sign its own.

SET LOCAL lock_timeout = '20s';

ALTER TABLE cooperative.keys DROP CONSTRAINT keys_purpose_check;
ALTER TABLE cooperative.keys ADD CONSTRAINT keys_purpose_check
    CHECK (purpose IN ('log', 'credential', 'member', 'draw'));

-- Before which time nothing is on its way any more, as it was committed while locks were waited for.
CREATE FUNCTION cooperative.nothing_before() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN (SELECT l.nothing_before FROM cooperative.ledger l);
END $$;

-- Which draws of others were signed here: one pool of each, whatever is asked for later.
CREATE TABLE cooperative.draws_signed (
    log       integer NOT NULL REFERENCES cooperative.logs,
    draw      text COLLATE "C" NOT NULL CHECK (length(draw) = 26),
    entry     text COLLATE "C" NOT NULL CHECK (length(entry) = 64),      -- the leaf hash of the pool's entry, in hex
    key       text COLLATE "C" NOT NULL CHECK (length(key) <= 100),      -- by which key of ours
    signature text NOT NULL CHECK (length(signature) = 128),
    signed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (log, draw)
);

-- Which phyles are still to be asked to sign which draws of ours, and how it went.
CREATE TABLE cooperative.draws_asked (
    draw       text COLLATE "C" NOT NULL CHECK (length(draw) = 26),
    origin     text COLLATE "C" NOT NULL CHECK (length(origin) <= 300),
    failures   integer NOT NULL DEFAULT 0,
    next_at    timestamptz NOT NULL DEFAULT now(),
    last_error text CHECK (length(last_error) <= 500),
    PRIMARY KEY (draw, origin)
);
CREATE INDEX draws_asked_next ON cooperative.draws_asked (next_at);

-- What was done to the same thing before.
CREATE INDEX moderated_target ON cooperative.moderated (what, name);

GRANT SELECT, INSERT ON cooperative.draws_signed TO phyle_server;
GRANT SELECT, INSERT, UPDATE, DELETE ON cooperative.draws_asked TO phyle_server;
