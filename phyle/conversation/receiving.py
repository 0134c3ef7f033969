"""What was written elsewhere: receive a post, revise it, remove it.

Who may say so was proven before; that the author of a post never changes, and what it answers neither, is kept here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from phyle.clock import now
from phyle.conversation import groups, notifications, posts, timelines
from phyle.conversation.posts import ANNOUNCE, OLD, OPEN, TRIES, VISIBILITIES, Post
from phyle.conversation.publishing import mention
from phyle.errors import Conflict, Refused, Unprocessable
from phyle.identity.actors import Actor
from phyle.ids import PostId
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx
from phyle.text import normal_hashtag

SQL = queries(__file__)

_LONGEST_URI = 2_048
_LONGEST_CONTENT = 1_048_576
_LONGEST_SPOILER = 10_000
_LONGEST_TITLE = 2_000
_MOST_TAGS = 100
_MOST_LINKED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteDraft:
    """A post as another server wrote it, already read: HTML sanitised, addresses normal, its author proven.

    `mentioned` are the known actors whom it names, `silent` those whom it addresses without naming them (members here
    only are of interest). `emojis`, `attachments` and `poll` are as clients see them, `tags` are names without #.
    """

    uri: str
    author: Actor
    kind: str
    published_at: datetime
    visibility: str
    content: str = ""
    title: str = ""
    spoiler: str = ""
    sensitive: bool = False
    language: str | None = None
    url: str | None = None
    audience: str | None = None
    quote_uri: str | None = None
    reply_to_uri: str | None = None
    updated_at: datetime | None = None
    mentioned: Sequence[Actor] = ()
    silent: Sequence[Actor] = ()
    tags: Sequence[str] = ()
    emojis: Sequence[Mapping[str, Any]] = ()
    attachments: Sequence[Mapping[str, Any]] = ()
    poll: Mapping[str, Any] | None = None
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentAwaited:
    """A post from elsewhere answers the post `uri`, which is not here. `depth`: how many steps it was fetched above one
    that was sent to us."""

    post: int
    uri: str
    depth: int


async def receive(tx: Tx, draft: RemoteDraft, *, evidence: int | None = None) -> Post | None:
    """Store a post from elsewhere, show it in the homes of its readers, tell those it names.

    None if it is here already, or its author is suspended or deleted.

    A post older than a day sorts by its own date and appears in no home. `evidence`: the request that brought it, which
    whoever keeps the group that it is in hears of. Raises Unprocessable if something is too long.
    """
    _check(draft)
    if draft.author.gone:
        return None
    published = min(draft.published_at, now())
    old = now() - published > OLD
    row = await _insert(tx, draft, published, old)
    if row is None:
        return None
    post = posts.from_row(row)
    await _attach(tx, post, draft)
    if row["awaited"]:
        await link(tx, post)
    if post.reply_to is not None:
        await tx.run(SQL.count_parent, post.reply_to)
    await tx.run(SQL.count_author, post.author, post.visibility != "direct", published)
    await notifications.of_mentions(tx, post)
    if not old:
        await timelines.spread(tx, post)
    if group := await groups.at(tx, post.audience):
        await tx.emit(groups.GroupPosted(group=group.id, post=post.id, evidence=evidence))
    elif (group := alone_with(draft)) is not None:
        await tx.emit(groups.GroupAddressed(group=group.id, author=post.author, post=post.id, evidence=evidence))
    if post.reply_to is None and post.reply_to_uri is not None:
        await tx.emit(ParentAwaited(post=post.id, uri=post.reply_to_uri, depth=draft.depth))
    return post


def alone_with(draft: RemoteDraft) -> Actor | None:
    """The group of this instance to which a direct post is written, and to nobody else here."""
    ours = {actor.id: actor for actor in (*draft.mentioned, *draft.silent) if actor.local}
    if draft.visibility != "direct" or len(ours) != 1:
        return None
    (only,) = ours.values()
    return only if only.kind == groups.KIND and not only.gone else None


async def revise(tx: Tx, post: Post, draft: RemoteDraft) -> Post | None:
    """What its author now says. None if it is not newer than what we have; then nothing changes.

    Without a newer `updated_at` only the tally of a poll is taken. Raises Refused if the author or what it answers
    differs.
    """
    _check(draft)
    if post.author != draft.author.id or post.local or post.kind == ANNOUNCE:
        raise Refused("Only its author may change a post.", cause=f"{draft.author.uri} {post.uri}")
    if post.reply_to_uri != draft.reply_to_uri:
        raise Refused("What a post answers cannot change.", cause=f"{post.reply_to_uri} -> {draft.reply_to_uri}")
    if draft.author.gone:
        return None
    if draft.updated_at is None:
        return await _recount(tx, post, draft)
    rows = await tx.change(
        SQL.revise,
        post.id,
        min(draft.updated_at, now()),
        draft.sensitive or bool(draft.spoiler),
        draft.title,
        draft.spoiler,
        draft.content,
        draft.language,
        draft.url,
        [mention(actor) for actor in draft.mentioned],
        list(draft.tags)[:_MOST_TAGS],
        list(draft.emojis),
        list(draft.attachments),
        draft.poll,
    )
    if not rows:
        return await _recount(tx, post, draft)
    changed = posts.from_row(rows[0])
    await tx.run(SQL.keep_edit, post.id)
    await tx.run(SQL.forget_tags, post.id)
    await tx.run(SQL.silence_mentions, post.id)
    if post.poll and (not draft.poll or _titles(post.poll) != _titles(draft.poll)):
        await tx.run(SQL.forget_votes, post.id)
    await _attach(tx, changed, draft)
    await notifications.of_mentions(tx, changed)
    await notifications.of_edit(tx, changed)
    return changed


async def _recount(tx: Tx, post: Post, draft: RemoteDraft) -> Post | None:
    """The numbers of a poll that asks the same as before: they change without an edit."""
    if not post.poll or not draft.poll or _titles(post.poll) != _titles(draft.poll):
        return None
    rows = await tx.change(SQL.recount_poll, post.id, draft.poll)
    return posts.from_row(rows[0]) if rows else None


def _titles(poll: Mapping[str, Any]) -> list[str]:
    return [option["title"] for option in poll.get("options", ())]


async def remove(tx: Tx, post: Post) -> None:
    """Its author deleted it: the post and all that hangs on it are gone. The tombstone is the caller's matter."""
    await posts.erase(tx, post)


def _check(draft: RemoteDraft) -> None:
    """What the columns do not take is refused with a sentence before the database refuses it."""
    if draft.visibility not in VISIBILITIES or draft.kind == ANNOUNCE:
        raise Unprocessable("This is not a post.", cause=f"{draft.kind} {draft.visibility}")
    uris = (draft.uri, draft.url, draft.audience, draft.quote_uri, draft.reply_to_uri)
    if any(uri is not None and len(uri) > _LONGEST_URI for uri in uris):
        raise Unprocessable(f"An address is longer than {_LONGEST_URI} characters.", cause=draft.uri[:200])
    limits = (
        (draft.content, _LONGEST_CONTENT),
        (draft.spoiler, _LONGEST_SPOILER),
        (draft.title, _LONGEST_TITLE),
        (draft.kind, 40),
        (draft.language or "", 35),
    )
    if any(len(text) > most for text, most in limits):
        raise Unprocessable("The post is longer than we keep.", cause=draft.uri[:200])


async def _insert(tx: Tx, draft: RemoteDraft, published: datetime, old: bool) -> Record | None:
    parent = await posts.by_uri(tx, draft.reply_to_uri) if draft.reply_to_uri else None
    if parent is not None and parent.boost_of is not None:
        parent = None
    if parent is not None and parent.poll is not None and not (draft.content or draft.attachments):
        return None  # a vote that came by another way than votes do
    audience = await _audience(tx, draft, parent)
    for _ in range(TRIES):
        number = posts.number_at(tx, published) if old else PostId(tx.new_id())
        rows = await tx.change(
            SQL.insert,
            number,
            draft.uri,
            draft.author.id,
            draft.kind,
            parent and parent.id,
            draft.reply_to_uri,
            parent and parent.author,
            parent.thread if parent else number,
            draft.visibility,
            draft.sensitive or bool(draft.spoiler),
            draft.title,
            draft.spoiler,
            draft.content,
            draft.language,
            draft.url,
            audience,
            draft.quote_uri,
            [mention(actor) for actor in draft.mentioned],
            list(draft.tags)[:_MOST_TAGS],
            list(draft.emojis),
            list(draft.attachments),
            draft.poll,
            published,
            draft.updated_at,
        )
        if rows:
            return rows[0]
        if not old or await posts.by_uri(tx, draft.uri):
            return None
    raise Conflict("Too many posts of one moment.", cause=draft.uri)


async def _audience(tx: Tx, draft: RemoteDraft, parent: Post | None) -> str | None:
    """The group in which it is written. What it says itself counts for groups elsewhere only."""
    said = draft.audience
    if said is not None and said.startswith(f"{tx.store.settings.origin}/"):
        said = None
    if draft.visibility not in OPEN:
        return said
    group = await groups.host(tx, draft.author, [*draft.mentioned, *draft.silent], parent)
    return group.uri if group is not None else said


async def _attach(tx: Tx, post: Post, draft: RemoteDraft) -> None:
    if draft.mentioned or draft.silent:
        named = {actor.id for actor in draft.mentioned}
        silent = {actor.id for actor in draft.silent} - named
        await tx.run(SQL.mention, post.id, [*named, *silent], [*([False] * len(named)), *([True] * len(silent))])
    if post.tags:
        folded = {normal_hashtag(tag)[:255] for tag in post.tags} - {""}
        await tx.run(SQL.tag, post.id, list(folded))


async def link(tx: Tx, post: Post) -> None:
    """Give the post the answers that came before it (or at the same moment), and those the thread it is in."""
    linked = [row["id"] for row in await tx.change(SQL.link_waiting, post.uri, post.id, post.author, post.thread)]
    if linked:
        await tx.run(SQL.count_replies, post.id, len(linked))
        await tx.run(SQL.join_thread, linked, post.thread, _MOST_LINKED)
