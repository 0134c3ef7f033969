-- Posts and what people do with them; who follows whom; what each member sees.

CREATE SCHEMA conversation;
GRANT USAGE ON SCHEMA conversation TO phyle_server;

CREATE TABLE conversation.posts (
    id               bigint PRIMARY KEY,
    uri              text NOT NULL UNIQUE CHECK (length(uri) <= 2048),
    author           bigint NOT NULL REFERENCES identity.actors,
    local            boolean NOT NULL,
    kind             text NOT NULL CHECK (length(kind) <= 40),  -- Note, Article, Page, Question, Event, Video...; Announce for a boost
    boost_of         bigint REFERENCES conversation.posts,
    reply_to         bigint,                                    -- the post, while we have it
    reply_to_uri     text CHECK (length(reply_to_uri) <= 2048),
    reply_to_author  bigint,
    thread           bigint NOT NULL,                           -- the first post of the thread that we know
    visibility       text NOT NULL CHECK (visibility IN ('public', 'unlisted', 'followers', 'direct')),
    sensitive        boolean NOT NULL DEFAULT false,
    title            text NOT NULL DEFAULT '' CHECK (length(title) <= 2000),
    spoiler          text NOT NULL DEFAULT '' CHECK (length(spoiler) <= 10000),
    content          text NOT NULL DEFAULT '' CHECK (length(content) <= 1048576),   -- HTML, safe to show
    source           text CHECK (length(source) <= 50000),      -- what a local author typed
    language         text CHECK (length(language) <= 35),
    url              text CHECK (length(url) <= 2048),
    audience         text CHECK (length(audience) <= 2048),     -- the group it was written in
    quote_uri        text CHECK (length(quote_uri) <= 2048),
    mentions         jsonb NOT NULL DEFAULT '[]',               -- [{"id": "1", "username", "acct", "url", "uri"}], as clients see them
    tags             jsonb NOT NULL DEFAULT '[]',               -- ["name"]
    emojis           jsonb NOT NULL DEFAULT '[]',
    attachments      jsonb NOT NULL DEFAULT '[]',
    poll             jsonb,
    application      bigint REFERENCES identity.applications ON DELETE SET NULL,
    published_at     timestamptz NOT NULL,
    updated_at       timestamptz,                               -- the author's own word; older edits are ignored
    edited_at        timestamptz,
    replies_count    integer NOT NULL DEFAULT 0,
    boosts_count     integer NOT NULL DEFAULT 0,
    favourites_count integer NOT NULL DEFAULT 0
) WITH (fillfactor = 85);
CREATE INDEX posts_author ON conversation.posts (author, id);
CREATE UNIQUE INDEX posts_boosts ON conversation.posts (boost_of, author) WHERE boost_of IS NOT NULL;
CREATE INDEX posts_replies ON conversation.posts (reply_to, id) WHERE reply_to IS NOT NULL;
CREATE INDEX posts_awaited ON conversation.posts (reply_to_uri) WHERE reply_to IS NULL AND reply_to_uri IS NOT NULL;
CREATE INDEX posts_public ON conversation.posts (id) WHERE visibility = 'public' AND boost_of IS NULL;
CREATE INDEX posts_public_local ON conversation.posts (id) WHERE visibility = 'public' AND boost_of IS NULL AND local;

CREATE TABLE conversation.edits (
    post       bigint NOT NULL REFERENCES conversation.posts ON DELETE CASCADE,
    written_at timestamptz NOT NULL,
    spoiler    text NOT NULL,
    content    text NOT NULL,
    sensitive  boolean NOT NULL,
    emojis     jsonb NOT NULL,
    attachments jsonb NOT NULL,
    PRIMARY KEY (post, written_at)
);

-- Whom a post names: the only ones who see it if it is direct.
CREATE TABLE conversation.mentions (
    post  bigint NOT NULL REFERENCES conversation.posts ON DELETE CASCADE,
    actor bigint NOT NULL REFERENCES identity.actors ON DELETE CASCADE,
    silent boolean NOT NULL DEFAULT false,                      -- addressed but not named: sees it, is not notified
    PRIMARY KEY (post, actor)
);
CREATE INDEX mentions_actor ON conversation.mentions (actor, post);

CREATE TABLE conversation.tags (
    tag  text NOT NULL CHECK (length(tag) <= 255),
    post bigint NOT NULL REFERENCES conversation.posts ON DELETE CASCADE,
    PRIMARY KEY (tag, post)
);
CREATE INDEX tags_post ON conversation.tags (post);

CREATE TABLE conversation.favourites (
    id    bigint PRIMARY KEY,
    post  bigint NOT NULL REFERENCES conversation.posts ON DELETE CASCADE,
    actor bigint NOT NULL REFERENCES identity.actors ON DELETE CASCADE,
    uri   text CHECK (length(uri) <= 2048),
    UNIQUE (post, actor)
);
CREATE INDEX favourites_actor ON conversation.favourites (actor, id);
CREATE INDEX favourites_uri ON conversation.favourites (uri);

CREATE TABLE conversation.bookmarks (
    id    bigint PRIMARY KEY,
    post  bigint NOT NULL REFERENCES conversation.posts ON DELETE CASCADE,
    actor bigint NOT NULL REFERENCES identity.accounts ON DELETE CASCADE,
    UNIQUE (post, actor)
);
CREATE INDEX bookmarks_actor ON conversation.bookmarks (actor, id);

CREATE TABLE conversation.follows (
    id       bigint PRIMARY KEY,
    follower bigint NOT NULL REFERENCES identity.actors ON DELETE CASCADE,
    followed bigint NOT NULL REFERENCES identity.actors ON DELETE CASCADE,
    state    text NOT NULL CHECK (state IN ('asked', 'accepted')),
    uri      text NOT NULL CHECK (length(uri) <= 2048),
    boosts   boolean NOT NULL DEFAULT true,                     -- show their boosts in home
    notify   boolean NOT NULL DEFAULT false,                    -- tell of each post
    languages text[],
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (follower, followed)
);
CREATE INDEX follows_followed ON conversation.follows (followed, id);
CREATE INDEX follows_follower ON conversation.follows (follower, id);
CREATE INDEX follows_uri ON conversation.follows (uri);
CREATE INDEX follows_notify ON conversation.follows (followed) WHERE notify;

CREATE TABLE conversation.blocks (
    id      bigint PRIMARY KEY,
    blocker bigint NOT NULL REFERENCES identity.actors ON DELETE CASCADE,
    blocked bigint NOT NULL REFERENCES identity.actors ON DELETE CASCADE,
    uri     text CHECK (length(uri) <= 2048),
    UNIQUE (blocker, blocked)
);
CREATE INDEX blocks_blocked ON conversation.blocks (blocked);
CREATE INDEX blocks_uri ON conversation.blocks (uri);

CREATE TABLE conversation.mutes (
    id            bigint PRIMARY KEY,
    muter         bigint NOT NULL REFERENCES identity.accounts ON DELETE CASCADE,
    muted         bigint NOT NULL REFERENCES identity.actors ON DELETE CASCADE,
    notifications boolean NOT NULL DEFAULT true,
    expires_at    timestamptz,
    UNIQUE (muter, muted)
);

CREATE TABLE conversation.account_notes (
    member  bigint NOT NULL REFERENCES identity.accounts ON DELETE CASCADE,
    subject bigint NOT NULL REFERENCES identity.actors ON DELETE CASCADE,
    comment text NOT NULL CHECK (length(comment) <= 2000),
    PRIMARY KEY (member, subject)
);

CREATE TABLE conversation.notifications (
    id     bigint PRIMARY KEY,
    member bigint NOT NULL REFERENCES identity.accounts ON DELETE CASCADE,
    kind   text NOT NULL CHECK (length(kind) <= 40),            -- mention, reblog, favourite, follow, follow_request, status, update, poll
    actor  bigint NOT NULL REFERENCES identity.actors ON DELETE CASCADE,
    post   bigint REFERENCES conversation.posts ON DELETE CASCADE
);
CREATE UNIQUE INDEX notifications_once ON conversation.notifications (member, kind, actor, coalesce(post, 0));
CREATE INDEX notifications_member ON conversation.notifications (member, id);
CREATE INDEX notifications_post ON conversation.notifications (post) WHERE post IS NOT NULL;

-- What each member sees at home: written once when a post arrives, so that reading costs the same for all.
CREATE TABLE conversation.home (
    member bigint NOT NULL,
    post   bigint NOT NULL,
    author bigint NOT NULL,                                     -- who brought it: the author, or the booster
    PRIMARY KEY (member, post)
);
CREATE INDEX home_author ON conversation.home (member, author);
CREATE INDEX home_post ON conversation.home USING hash (post);  -- it has no order: no plan can walk it instead of a member's rows

CREATE TABLE conversation.muted_threads (
    member bigint NOT NULL REFERENCES identity.accounts ON DELETE CASCADE,
    thread bigint NOT NULL,
    PRIMARY KEY (member, thread)
);

CREATE TABLE conversation.markers (
    member     bigint NOT NULL REFERENCES identity.accounts ON DELETE CASCADE,
    timeline   text NOT NULL CHECK (timeline IN ('home', 'notifications')),
    last_read  bigint NOT NULL,
    version    integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (member, timeline)
);

-- The same request sent twice within the hour gives the same post.
CREATE TABLE conversation.idempotency_keys (
    member     bigint NOT NULL REFERENCES identity.accounts ON DELETE CASCADE,
    key        text NOT NULL CHECK (length(key) <= 500),
    post       bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (member, key)
);

CREATE TABLE conversation.reports (
    id         bigint PRIMARY KEY,
    reporter   bigint NOT NULL REFERENCES identity.actors,
    subject    bigint NOT NULL REFERENCES identity.actors,
    posts      text[] NOT NULL DEFAULT '{}',                    -- their uris
    comment    text NOT NULL DEFAULT '' CHECK (length(comment) <= 5000),
    category   text NOT NULL DEFAULT 'other' CHECK (length(category) <= 40),
    forwarded  boolean NOT NULL DEFAULT false,
    uri        text UNIQUE CHECK (length(uri) <= 2048),
    created_at timestamptz NOT NULL DEFAULT now(),
    resolved_at timestamptz
);

-- The one law of who may see a post; every query that returns posts asks it. PL/pgSQL keeps the plans of its parts for
-- the whole session, and each part is a look at one unique key.
CREATE FUNCTION conversation.visible(viewer bigint, post bigint, author bigint, visibility text) RETURNS boolean
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

-- Whom a member does not meet in lists: those they block or mute, and those who block them.
CREATE FUNCTION conversation.unwanted(viewer bigint, author bigint) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF viewer IS NULL OR viewer = author THEN
        RETURN false;
    END IF;
    RETURN EXISTS (SELECT FROM conversation.blocks b WHERE b.blocker = viewer AND b.blocked = unwanted.author)
        OR EXISTS (SELECT FROM conversation.blocks b WHERE b.blocker = unwanted.author AND b.blocked = viewer)
        OR EXISTS (SELECT FROM conversation.mutes m WHERE m.muter = viewer AND m.muted = unwanted.author
                   AND (m.expires_at IS NULL OR m.expires_at > now()));
END $$;

-- Whether a member is told of what an actor did (with a post, or NULL).
CREATE FUNCTION conversation.may_notify(member bigint, actor bigint, post bigint) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF member = actor OR EXISTS (
        SELECT FROM identity.actors a WHERE a.id = may_notify.actor AND (a.suspended_at IS NOT NULL OR a.deleted_at IS NOT NULL)) THEN
        RETURN false;
    END IF;
    IF EXISTS (SELECT FROM conversation.blocks b WHERE b.blocker = may_notify.member AND b.blocked = may_notify.actor)
        OR EXISTS (SELECT FROM conversation.blocks b WHERE b.blocker = may_notify.actor AND b.blocked = may_notify.member)
        OR EXISTS (SELECT FROM conversation.mutes m WHERE m.muter = may_notify.member AND m.muted = may_notify.actor
                   AND m.notifications AND (m.expires_at IS NULL OR m.expires_at > now())) THEN
        RETURN false;
    END IF;
    RETURN may_notify.post IS NULL OR NOT EXISTS (
        SELECT FROM conversation.posts p JOIN conversation.muted_threads t ON t.thread = p.thread
        WHERE p.id = may_notify.post AND t.member = may_notify.member);
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA conversation TO phyle_server;
