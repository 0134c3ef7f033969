-- What follows from decisions outside of the ledger: how the instance shows itself, and what is out of sight.

SET LOCAL lock_timeout = '20s';

-- What the phyle decided about its face; before that, what the settings said when it was founded.
CREATE TABLE identity.face (
    name  text COLLATE "C" PRIMARY KEY CHECK (name IN ('name', 'description', 'registrations', 'limits')),
    value text NOT NULL CHECK (length(value) <= 5000)
);

-- Posts that are withheld: whom they were for.
CREATE TABLE conversation.withheld (
    post       bigint PRIMARY KEY REFERENCES conversation.posts ON DELETE CASCADE,
    visibility text NOT NULL
);
ALTER TABLE conversation.posts DROP CONSTRAINT posts_visibility_check;
ALTER TABLE conversation.posts ADD CONSTRAINT posts_visibility_check
    CHECK (visibility IN ('public', 'unlisted', 'followers', 'direct', 'withheld')) NOT VALID;

CREATE OR REPLACE FUNCTION conversation.visible(viewer bigint, post bigint, author bigint, visibility text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF EXISTS (SELECT FROM identity.actors a WHERE a.id = visible.author AND (a.suspended_at IS NOT NULL OR a.deleted_at IS NOT NULL)) THEN
        RETURN false;
    END IF;
    IF viewer IS NULL THEN
        RETURN visibility IN ('public', 'unlisted');
    END IF;
    IF viewer = author THEN
        RETURN true;
    END IF;
    IF visibility = 'withheld' THEN
        RETURN false;
    END IF;
    IF EXISTS (SELECT FROM conversation.blocks b WHERE b.blocker = visible.author AND b.blocked = viewer) THEN
        RETURN false;
    END IF;
    IF visibility IN ('public', 'unlisted') THEN
        RETURN true;
    END IF;
    IF EXISTS (SELECT FROM conversation.mentions m WHERE m.post = visible.post AND m.actor = viewer) THEN
        RETURN true;
    END IF;
    RETURN visibility = 'followers' AND EXISTS (
        SELECT FROM conversation.follows f WHERE f.follower = viewer AND f.followed = visible.author AND f.state = 'accepted');
END $$;

-- What was done because of a moderation or a withholding, until it is undone; or why it could not be done.
CREATE TABLE cooperative.moderated (
    moderation text COLLATE "C" PRIMARY KEY CHECK (length(moderation) <= 100),
    what       text CHECK (what IN ('post', 'account', 'actor', 'host')),
    name       text COLLATE "C" CHECK (length(name) <= 400),
    done       boolean NOT NULL,
    error      text CHECK (length(error) <= 1000),
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX moderated_name ON cooperative.moderated (what, name) WHERE done;

-- Memberships of people here in other phyles: how each was asked for, how it stands as far as we were told, and the
-- credential that the other phyle gave.
CREATE TABLE cooperative.elsewhere (
    origin     text COLLATE "C" NOT NULL CHECK (length(origin) <= 300),
    member     text COLLATE "C" NOT NULL CHECK (length(member) = 26),
    actor      bigint NOT NULL REFERENCES identity.actors,
    phyle      bigint NOT NULL REFERENCES identity.actors,   -- the group of its members
    activity   text COLLATE "C" NOT NULL CHECK (length(activity) <= 2048),
    state      text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'admitted', 'refused', 'left')),
    credential jsonb,
    reason     text CHECK (length(reason) <= 2000),          -- why the application was not taken at all
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (origin, member)
);
CREATE INDEX elsewhere_actor ON cooperative.elsewhere (actor, origin);
CREATE UNIQUE INDEX elsewhere_activity ON cooperative.elsewhere (activity);

-- Acts of people here that went to other phyles, until they are answered.
CREATE TABLE cooperative.sent_acts (
    activity text COLLATE "C" PRIMARY KEY CHECK (length(activity) <= 2048),
    act      text COLLATE "C" NOT NULL CHECK (length(act) = 64),
    kind     text NOT NULL CHECK (length(kind) <= 64),
    origin   text COLLATE "C" NOT NULL,
    member   text COLLATE "C" NOT NULL,
    state    text NOT NULL DEFAULT 'sent' CHECK (state IN ('sent', 'entered', 'refused')),
    reason   text CHECK (length(reason) <= 2000),
    sent_at  timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (origin, member) REFERENCES cooperative.elsewhere ON DELETE CASCADE
);
CREATE INDEX sent_acts_member ON cooperative.sent_acts (origin, member, sent_at);

-- By which Follow or Join a member asked to be one, so that it can be answered.
CREATE TABLE cooperative.asked (
    member   text COLLATE "C" PRIMARY KEY CHECK (length(member) = 26),
    kind     text NOT NULL CHECK (kind IN ('Follow', 'Join')),
    activity text COLLATE "C" NOT NULL CHECK (length(activity) <= 2048)
);

-- Acts that came in activities, and which activity their receipt answers.
CREATE TABLE cooperative.offers (
    act      text COLLATE "C" PRIMARY KEY CHECK (length(act) = 64),
    kind     text NOT NULL CHECK (kind IN ('Offer', 'Join', 'Leave')),
    activity text COLLATE "C" NOT NULL CHECK (length(activity) <= 2048),
    actor    bigint NOT NULL REFERENCES identity.actors
);

GRANT SELECT, INSERT, UPDATE, DELETE ON identity.face, conversation.withheld, cooperative.moderated, cooperative.elsewhere,
    cooperative.sent_acts, cooperative.asked, cooperative.offers TO phyle_server;
