-- Tickets, merge requests, reviews, releases, what is offered to others, and what is needed here and elsewhere.

SET LOCAL lock_timeout = '20s';

-- A merge request is a ticket, too: they share their numbers and their threads.
CREATE TABLE commons.tickets (
    id            bigint PRIMARY KEY,                                     -- its address is ORIGIN/objects/ID
    repository    bigint NOT NULL REFERENCES commons.repositories ON DELETE CASCADE,
    number        integer NOT NULL CHECK (number > 0),
    author        bigint NOT NULL REFERENCES identity.actors,
    title         text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    source        text NOT NULL CHECK (length(source) <= 50000),          -- Markdown, as it was written
    kind          text NOT NULL DEFAULT '' CHECK (length(kind) <= 40),
    skills        text[] NOT NULL DEFAULT '{}' CHECK (cardinality(skills) <= 10 AND length(array_to_string(skills, '')) <= 400),
    need          text NOT NULL DEFAULT 'none' CHECK (need IN ('none', 'needed', 'claimed', 'stale', 'done')),
    claimed_by    bigint REFERENCES identity.actors,
    claimed_until timestamptz,
    assignee      bigint REFERENCES identity.actors,
    state         text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'resolved')),
    resolved_by   bigint REFERENCES identity.actors,
    resolved_at   timestamptz,
    merges        boolean NOT NULL DEFAULT false,
    post          bigint,                                                 -- where it is talked about, if everybody may
    offer         text COLLATE "C" UNIQUE CHECK (length(offer) <= 2048),  -- the activity that it came with
    created_at    timestamptz NOT NULL DEFAULT now(),
    changed_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (repository, number),
    CHECK (need <> 'claimed' OR (claimed_by IS NOT NULL AND claimed_until IS NOT NULL)),
    CHECK ((state = 'resolved') = (resolved_at IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX tickets_state ON commons.tickets (repository, merges, state, number);
CREATE INDEX tickets_need ON commons.tickets (need, id) WHERE need IN ('needed', 'claimed', 'stale');
CREATE INDEX tickets_claims ON commons.tickets (claimed_until) WHERE need = 'claimed';
CREATE UNIQUE INDEX tickets_post ON commons.tickets (post) WHERE post IS NOT NULL;
CREATE INDEX tickets_author ON commons.tickets (author, id);

-- What became of a ticket, step by step.
CREATE TABLE commons.ticket_changes (
    id     bigint PRIMARY KEY,
    ticket bigint NOT NULL REFERENCES commons.tickets ON DELETE CASCADE,
    actor  bigint REFERENCES identity.actors,                             -- none: time did it
    what   text NOT NULL CHECK (length(what) BETWEEN 1 AND 40),
    detail text NOT NULL DEFAULT '' CHECK (length(detail) <= 2000),
    at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ticket_changes_ticket ON commons.ticket_changes (ticket, id);

-- Comments where not everybody may read; all others are posts.
CREATE TABLE commons.remarks (
    id     bigint PRIMARY KEY,
    ticket bigint NOT NULL REFERENCES commons.tickets ON DELETE CASCADE,
    author bigint NOT NULL REFERENCES identity.actors,
    source text NOT NULL CHECK (length(source) BETWEEN 1 AND 50000),
    at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX remarks_ticket ON commons.remarks (ticket, id);

-- Under which terms a project takes changes in.
CREATE TABLE commons.inbound_rules (
    repository bigint PRIMARY KEY REFERENCES commons.repositories ON DELETE CASCADE,
    sign_off   boolean NOT NULL DEFAULT false,                            -- every commit is signed off (DCO)
    licence    text NOT NULL DEFAULT '' CHECK (length(licence) <= 300)    -- '': that of the project
);

CREATE TABLE commons.merge_requests (
    ticket        bigint PRIMARY KEY REFERENCES commons.tickets ON DELETE CASCADE,
    target_branch text NOT NULL CHECK (length(target_branch) BETWEEN 1 AND 250),
    origin        text COLLATE "C" NOT NULL CHECK (length(origin) <= 2048), -- the id of the repository that the branch is in
    origin_here   bigint REFERENCES commons.repositories ON DELETE SET NULL,
    clone         text CHECK (length(clone) <= 2048),                     -- where git finds it, if that is elsewhere
    origin_branch text NOT NULL CHECK (length(origin_branch) BETWEEN 1 AND 250),
    phase         text NOT NULL DEFAULT 'open' CHECK (phase IN ('open', 'applied', 'refused', 'withdrawn')),
    version       integer NOT NULL DEFAULT 1,                             -- the newest
    reason        text NOT NULL DEFAULT '' CHECK (length(reason) <= 5000),
    decided_by    bigint REFERENCES identity.actors,
    decided_at    timestamptz,
    method        text CHECK (method IN ('fast-forward', 'merge', 'squash')),
    applied_as    text COLLATE "C" CHECK (length(applied_as) <= 64),      -- what the branch was after it
    applying      jsonb,                                                  -- what is being written to the branch now
    CHECK ((phase = 'open') = (decided_at IS NULL)),
    CHECK ((phase = 'applied') = (applied_as IS NOT NULL)),
    CHECK (phase <> 'refused' OR reason <> '')
) WITH (fillfactor = 80);
CREATE INDEX merge_requests_origin ON commons.merge_requests (origin, origin_branch) WHERE phase = 'open';
CREATE INDEX merge_requests_applying ON commons.merge_requests (ticket) WHERE applying IS NOT NULL;

CREATE TABLE commons.versions (
    id       bigint PRIMARY KEY,                                          -- its address is ORIGIN/objects/ID
    ticket   bigint NOT NULL REFERENCES commons.merge_requests ON DELETE CASCADE,
    number   integer NOT NULL CHECK (number > 0),
    base     text COLLATE "C" NOT NULL CHECK (length(base) <= 64),
    head     text COLLATE "C" NOT NULL CHECK (length(head) <= 64),
    commits  integer NOT NULL CHECK (commits >= 0),
    unsigned text[] NOT NULL DEFAULT '{}',                                -- commits that are not signed off
    made_by  bigint NOT NULL REFERENCES identity.actors,
    terms    jsonb NOT NULL DEFAULT '{}',                                 -- what its author said: sign-off, licence, mandate
    claim    jsonb,                                                       -- the signed act that says whose contribution it is
    at       timestamptz NOT NULL DEFAULT now(),
    UNIQUE (ticket, number)
);

CREATE TABLE commons.reviews (
    id       bigint PRIMARY KEY,
    ticket   bigint NOT NULL REFERENCES commons.merge_requests ON DELETE CASCADE,
    version  integer NOT NULL,
    reviewer bigint NOT NULL REFERENCES identity.actors,
    verdict  text NOT NULL CHECK (verdict IN ('approve', 'changes', 'comment')),
    source   text NOT NULL DEFAULT '' CHECK (length(source) <= 50000),
    decided  boolean NOT NULL DEFAULT false,                              -- on its strength the change was applied
    at       timestamptz NOT NULL DEFAULT now(),
    CHECK (verdict = 'approve' OR source <> '')
);
CREATE INDEX reviews_ticket ON commons.reviews (ticket, id);

CREATE TABLE commons.releases (
    id         bigint PRIMARY KEY,                                        -- its address is ORIGIN/objects/ID
    repository bigint NOT NULL REFERENCES commons.repositories ON DELETE CASCADE,
    tag        text COLLATE "C" NOT NULL CHECK (length(tag) BETWEEN 1 AND 200),
    oid        text COLLATE "C" NOT NULL CHECK (length(oid) <= 64),       -- the commit
    title      text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    source     text NOT NULL DEFAULT '' CHECK (length(source) <= 50000),
    author     bigint NOT NULL REFERENCES identity.actors,
    missing    text[] NOT NULL DEFAULT '{}',                              -- what a look at the licences found wanting
    post       bigint,
    at         timestamptz NOT NULL DEFAULT now(),
    UNIQUE (repository, tag)
);
CREATE INDEX releases_repository ON commons.releases (repository, id);

-- What people here offered to projects elsewhere, as those say that it stands.
CREATE TABLE commons.offers (
    id            bigint PRIMARY KEY,
    actor         bigint NOT NULL REFERENCES identity.actors,
    kind          text NOT NULL CHECK (kind IN ('ticket', 'merge_request')),
    uri           text COLLATE "C" NOT NULL UNIQUE CHECK (length(uri) <= 2048),    -- of the activity
    target        bigint NOT NULL REFERENCES identity.actors,             -- the repository there
    title         text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    source        text NOT NULL CHECK (length(source) <= 50000),
    origin        bigint REFERENCES commons.repositories ON DELETE SET NULL,
    origin_branch text CHECK (length(origin_branch) <= 250),
    target_branch text CHECK (length(target_branch) <= 250),
    head          text COLLATE "C" CHECK (length(head) <= 64),            -- the newest that they were told of
    terms         jsonb NOT NULL DEFAULT '{}',
    claim         jsonb,
    ticket        text COLLATE "C" UNIQUE CHECK (length(ticket) <= 2048), -- its address there
    adding        text COLLATE "C" UNIQUE CHECK (length(adding) <= 2048), -- the activity with its newest version
    state         text NOT NULL DEFAULT 'sent' CHECK (state IN ('sent', 'open', 'refused', 'resolved', 'applied', 'withdrawn')),
    reason        text NOT NULL DEFAULT '' CHECK (length(reason) <= 5000),
    sent_at       timestamptz NOT NULL DEFAULT now(),
    changed_at    timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 80);
CREATE INDEX offers_actor ON commons.offers (actor, id);
CREATE INDEX offers_origin ON commons.offers (origin, origin_branch) WHERE state IN ('sent', 'open');

-- What people here asked projects elsewhere to do with their tickets, mostly by a grant that they hold there.
CREATE TABLE commons.errands (
    id       bigint PRIMARY KEY,
    actor    bigint NOT NULL REFERENCES identity.actors,
    uri      text COLLATE "C" NOT NULL UNIQUE CHECK (length(uri) <= 2048),        -- of the activity
    deed     text NOT NULL CHECK (deed IN ('resolve', 'reopen', 'claim', 'release', 'apply', 'approve', 'changes')),
    ticket   text COLLATE "C" NOT NULL CHECK (length(ticket) <= 2048),
    title    text NOT NULL DEFAULT '' CHECK (length(title) <= 200),
    until    timestamptz,
    method   text NOT NULL DEFAULT '' CHECK (length(method) <= 20),
    words    text NOT NULL DEFAULT '' CHECK (length(words) <= 50000),
    state    text NOT NULL DEFAULT 'sent' CHECK (state IN ('sent', 'done', 'refused')),
    reason   text NOT NULL DEFAULT '' CHECK (length(reason) <= 5000),
    target   bigint REFERENCES identity.actors,                          -- the repository there, once it is known
    sent_at  timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 80);
CREATE INDEX errands_actor ON commons.errands (actor, id);

-- What is needed elsewhere, as it was told last.
CREATE TABLE commons.foreign_needs (
    id         bigint PRIMARY KEY,
    uri        text COLLATE "C" NOT NULL UNIQUE CHECK (length(uri) <= 2048),
    host       text COLLATE "C" NOT NULL CHECK (length(host) <= 255),
    project    text COLLATE "C" NOT NULL CHECK (length(project) <= 2048),
    called     text NOT NULL CHECK (length(called) <= 200),
    title      text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    kind       text NOT NULL DEFAULT '' CHECK (length(kind) <= 40),
    skills     text[] NOT NULL DEFAULT '{}',
    need       text NOT NULL CHECK (need IN ('needed', 'claimed', 'stale')),
    until      timestamptz,
    seen_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX foreign_needs_host ON commons.foreign_needs (host, id);
CREATE INDEX foreign_needs_seen ON commons.foreign_needs (seen_at);

-- The phyles that are asked for what they need.
CREATE TABLE commons.need_feeds (
    host     text COLLATE "C" PRIMARY KEY CHECK (length(host) <= 255),
    address  text NOT NULL CHECK (length(address) <= 2048),
    next_at  timestamptz NOT NULL DEFAULT now(),
    failures integer NOT NULL DEFAULT 0
);
CREATE INDEX need_feeds_next ON commons.need_feeds (next_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON
    commons.tickets, commons.ticket_changes, commons.remarks, commons.inbound_rules, commons.merge_requests,
    commons.versions, commons.reviews, commons.releases, commons.offers, commons.errands, commons.foreign_needs, commons.need_feeds
TO phyle_server;
