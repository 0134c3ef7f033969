"""What a member writes: publish, edit, delete."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from phyle.clock import now
from phyle.conversation import groups, notifications, polls, posts
from phyle.conversation.polls import PollDraft
from phyle.conversation.posts import OPEN, VISIBILITIES, Erased, Post
from phyle.errors import Missing, Unprocessable
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.ids import ActorId, PostId
from phyle.store.sql import queries
from phyle.store.transaction import Tx
from phyle.text import Link, Rendered, fold, mentions_in, normal_hashtag, render, well_formed
from phyle.text.scanning import scan

SQL = queries(__file__)

LONGEST = 5_000
_LONGEST_TYPED = 50_000
_LINK_COUNTS = 23
_LONGEST_LANGUAGE = 35
_LONGEST_KEY = 500
_MOST_MENTIONS = 100
_LONGEST_TITLE = 200
_OURS = "phyle:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a member asks to publish. `idempotency_key`: the same one within an hour gives the same post. `extension`
    is what the document of a group's post says besides: names that begin with `phyle:` and their JSON."""

    text: str
    title: str = ""
    spoiler: str = ""
    sensitive: bool = False
    visibility: str = "public"
    language: str | None = None
    reply_to: int | None = None
    application: int | None = None
    idempotency_key: str | None = None
    poll: PollDraft | None = None
    extension: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPublished:
    """A member published a post."""

    post: int
    author: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEdited:
    """A member edited a post."""

    post: int
    author: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDeleted:
    """A member deleted a post: its row is gone, this is what is left to tell others. Numbers are ids of actors;
    `boosters` are those who had boosted it."""

    post: int
    uri: str
    author: int
    visibility: str
    mentioned: list[int]
    reply_to_author: int | None
    boosters: list[int]
    audience: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """A text made ready to be stored."""

    text: str
    title: str
    spoiler: str
    sensitive: bool
    language: str | None
    rendered: Rendered
    mentioned: Sequence[Actor]


def length(text: str) -> int:
    """The length that counts: a link is 23 characters, and of a mention the host does not count, as in Mastodon.
    Characters are code points, not graphemes."""
    counted = 0
    for piece in scan(text):
        if piece.kind == "link":
            counted += _LINK_COUNTS
        elif piece.kind == "mention":
            counted += 1 + len(piece.name.partition("@")[0])
        else:
            counted += len(piece.text)
    return counted


async def publish(tx: Tx, author: Actor, draft: Draft) -> Post:
    """A new post of `author`. Mentions of actors that we do not know stay text. What names a group, or answers what is
    in one, is written in that group, if they may post there.

    Raises Unprocessable (blank, too long, unknown visibility, no proper poll) and Missing (what it answers is not there
    for them).
    """
    return await _publish(tx, author, draft, most=LONGEST)


async def publish_as(tx: Tx, group: Actor, draft: Draft) -> Post:
    """A new post of a group of this instance, for its followers; longer than a member's, and with an `extension`.

    Raises as `publish`.
    """
    _check_extension(draft.extension)
    return await _publish(tx, group, draft, most=_LONGEST_TYPED)


async def extend(tx: Tx, group: Actor, post: Post, extension: Mapping[str, Any]) -> None:
    """What the document of a group's post says besides, from now on. Raises Missing if it is not the group's, and
    Unprocessable if that is not ours to say."""
    if post.author != group.id:
        raise Missing
    _check_extension(extension)
    await tx.run(SQL.extend, post.id, extension)
    await tx.emit(PostEdited(post=post.id, author=group.id))


def _check_extension(extension: Mapping[str, Any] | None) -> None:
    if any(not name.startswith(_OURS) for name in extension or {}):
        raise Unprocessable(f"What a post says besides has names that begin with {_OURS}")


async def _publish(tx: Tx, author: Actor, draft: Draft, *, most: int) -> Post:
    if draft.visibility not in VISIBILITIES:
        raise Unprocessable("Validation failed: Visibility is not included in the list", cause=draft.visibility[:40])
    written = await _written(tx, draft, most=most)
    parent = await _parent(tx, author.id, draft.reply_to)
    number = PostId(tx.new_id())
    if draft.idempotency_key:
        earlier = await _claim(tx, author.id, draft.idempotency_key, number)
        if earlier is not None:
            return earlier
    group = await groups.place(tx, author, written.mentioned, parent) if draft.visibility in OPEN else None
    if group is not None:
        written = _naming(written, author, group)
    post = await _insert(tx, number, author, draft, written, parent, group)
    await _attach(tx, post, written)
    await _add(tx, post, draft)
    if post.reply_to is not None:
        await tx.run(SQL.count_parent, post.reply_to)
    await tx.run(SQL.count_author, author.id, post.visibility != "direct", post.published_at)
    await notifications.of_mentions(tx, post)
    await tx.emit(PostPublished(post=post.id, author=author.id))
    if group is not None and group.local:
        await tx.emit(groups.GroupPosted(group=group.id, post=post.id))
    return post


def _naming(written: _Written, author: Actor, group: Actor) -> _Written:
    """Whoever answers what is in a group is to reach it, so all that is written there names it."""
    if group.id == author.id or group.id in {actor.id for actor in written.mentioned}:
        return written
    return replace(written, mentioned=[*written.mentioned, group])


async def _insert(
    tx: Tx, number: PostId, author: Actor, draft: Draft, written: _Written, parent: Post | None, group: Actor | None
) -> Post:
    poll = polls.draft(draft.poll) if draft.poll else None
    rows = await tx.change(
        SQL.insert,
        number,
        f"{tx.store.settings.origin}/objects/{number}",
        author.id,
        parent and parent.id,
        parent and parent.uri,
        parent and parent.author,
        parent.thread if parent else number,
        draft.visibility,
        written.sensitive,
        written.spoiler,
        written.rendered.html,
        written.text,
        written.language,
        f"{author.url}/{number}",
        [mention(actor) for actor in written.mentioned],
        list(written.rendered.hashtags),
        draft.application,
        now(),
        polls.KIND if poll else "Note",
        written.title,
        group and group.uri,
        poll,
        author.kind != groups.KIND,
    )
    return posts.from_row(rows[0])


async def _add(tx: Tx, post: Post, draft: Draft) -> None:
    """What lies beside the row."""
    if draft.poll:
        await polls.begin(tx, post.id, draft.poll)
    if draft.extension:
        await tx.run(SQL.extend, post.id, draft.extension)


async def edit(tx: Tx, author: Actor, post: Post, draft: Draft) -> Post:
    """New text, content warning, sensitivity and language for an own post; what it said before is kept.

    Visibility, what it answers, its group and its poll stay as they are. Raises Missing if it is not theirs, and
    Unprocessable as `publish`.
    """
    if post.author != author.id or post.boost_of is not None:
        raise Missing
    written = await _written(tx, draft, most=LONGEST if author.kind != groups.KIND else _LONGEST_TYPED)
    if post.audience and (group := await actors.by_uri(tx, post.audience)):
        written = _naming(written, author, group)
    await tx.run(SQL.keep_first, post.id)
    rows = await tx.change(
        SQL.edit,
        post.id,
        written.spoiler,
        written.rendered.html,
        written.text,
        written.sensitive,
        written.language,
        [mention(actor) for actor in written.mentioned],
        list(written.rendered.hashtags),
        now(),
        written.title,
    )
    if not rows:
        raise Missing
    changed = posts.from_row(rows[0])
    await tx.run(SQL.keep_edit, post.id)
    if draft.extension is not None and author.kind == groups.KIND:
        _check_extension(draft.extension)
        await tx.run(SQL.extend, post.id, draft.extension)
    await tx.run(SQL.forget_tags, post.id)
    await tx.run(SQL.silence_mentions, post.id)
    await _attach(tx, changed, written)
    await notifications.of_mentions(tx, changed)
    await notifications.of_edit(tx, changed)
    await tx.emit(PostEdited(post=post.id, author=author.id))
    return changed


async def delete(tx: Tx, author: Actor, post: Post) -> Post:
    """Remove an own post for ever; the post as it was, for drafting it again. Raises Missing if it is not theirs."""
    if post.author != author.id or post.boost_of is not None:
        raise Missing
    erased = await posts.erase(tx, post)
    await tx.emit(_deleted(erased))
    return post


async def forget_keys(tx: Tx, _body: Mapping[str, Any]) -> None:
    """Recurring: idempotency keys are for one hour."""
    await tx.run(SQL.drop_keys)


def mention(actor: Actor) -> Mapping[str, Any]:
    """An actor as a post names them for clients."""
    return {"id": str(actor.id), "username": actor.name, "acct": actor.acct, "url": actor.url, "uri": actor.uri}


def _deleted(erased: Erased) -> PostDeleted:
    return PostDeleted(
        post=erased.post,
        uri=erased.uri,
        author=erased.author,
        visibility=erased.visibility,
        mentioned=erased.mentioned,
        reply_to_author=erased.reply_to_author,
        boosters=erased.boosters,
        audience=erased.audience,
    )


async def _written(tx: Tx, draft: Draft, *, most: int) -> _Written:
    text, spoiler = well_formed(draft.text).strip(), well_formed(draft.spoiler).strip()
    if not text:
        blank = [{"error": "ERR_BLANK", "description": "can't be blank"}]
        raise Unprocessable("Validation failed: Text can't be blank", details={"text": blank})
    if len(text) > _LONGEST_TYPED or len(spoiler) > LONGEST or length(text) + len(spoiler) > most:
        long = [{"error": "ERR_TOO_LONG", "description": f"character limit of {most} exceeded"}]
        raise Unprocessable(f"Validation failed: Text character limit of {most} exceeded", details={"text": long})
    title = well_formed(draft.title).strip()
    if len(title) > _LONGEST_TITLE:
        raise Unprocessable(f"Validation failed: Title character limit of {_LONGEST_TITLE} exceeded")
    if draft.language and len(draft.language) > _LONGEST_LANGUAGE:
        raise Unprocessable("Validation failed: Language is not a language code")
    named = await _named(tx, text)
    origin = tx.store.settings.origin
    rendered = render(
        text,
        mentions={typed: Link(url=actor.url, name=actor.name) for typed, actor in named.items()},
        hashtag_url=lambda tag: f"{origin}/tags/{tag}",
    )
    return _Written(
        text=text,
        title=title,
        spoiler=spoiler,
        sensitive=draft.sensitive or bool(spoiler),
        language=draft.language or None,
        rendered=rendered,
        mentioned=list({actor.id: actor for actor in named.values()}.values()),
    )


async def _named(tx: Tx, text: str) -> dict[str, Actor]:
    """The actors whom the text names and we know, by the name as `mentions_in` finds it."""
    settings = tx.store.settings
    ours = {"", fold(settings.domain), fold(settings.account_domain)}
    pairs = {}
    for typed in mentions_in(text)[:_MOST_MENTIONS]:
        name, _, host = typed.partition("@")
        pairs[typed] = (fold(name), "" if fold(host) in ours else fold(host))
    known = await actors.by_names(tx, pairs.values())
    return {typed: known[pair] for typed, pair in pairs.items() if pair in known and not known[pair].gone}


async def _parent(tx: Tx, author: ActorId, reply_to: int | None) -> Post | None:
    if reply_to is None:
        return None
    try:
        parent = await posts.get(tx, author, reply_to)
        return parent if parent.boost_of is None else await posts.get(tx, author, parent.boost_of)
    except Missing:
        raise Missing("The post you are trying to reply to does not appear to exist.", cause=str(reply_to)) from None


async def _claim(tx: Tx, member: ActorId, key: str, number: PostId) -> Post | None:
    """The post that this key gave within the hour, if it is still there. One of two at the same time waits here."""
    if len(key) > _LONGEST_KEY:
        raise Unprocessable(f"The Idempotency-Key is longer than {_LONGEST_KEY} characters.")
    row = await tx.change_one(SQL.claim_key, member, key, number)
    earlier = row["post"] if row else number
    found = None if earlier == number else await posts.by_id(tx, earlier)
    if found is None and earlier != number:
        await tx.run(SQL.renew_key, member, key, number)
    return found


async def _attach(tx: Tx, post: Post, written: _Written) -> None:
    if written.mentioned:
        await tx.run(SQL.mention, post.id, [actor.id for actor in written.mentioned])
    if written.rendered.hashtags:
        await tx.run(SQL.tag, post.id, [normal_hashtag(tag) for tag in written.rendered.hashtags])
