"""Posts: the value, who may see it, its thread and its history."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from phyle.errors import Missing
from phyle.ids import ActorId, PostId
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx

SQL = queries(__file__)

ANNOUNCE = "Announce"
VISIBILITIES = ("public", "unlisted", "followers", "direct")
OPEN = ("public", "unlisted")
"""What anyone may see."""
OLD = timedelta(days=1)
"""What is older than this when it arrives sorts by its own date, and comes into no home."""
TRIES = 8
"""How often an id is drawn for what is old."""
_MOST_ANCESTORS = 100
_MOST_DESCENDANTS = 500
_DEEPEST = 50
MOST_EDITS = 100


class Post(NamedTuple):
    """One row of `conversation.posts`, in the order of its columns (a tuple, because home makes forty of them).

    `content` is HTML that is safe to show; `source` what a local author typed. `boost_of` is set for a boost, whose
    `kind` is Announce. `mentions`, `tags`, `emojis`, `attachments` and `poll` are as clients see them: mentions are
    `{"id", "username", "acct", "url", "uri"}`, tags are names, the others as the client API describes them.
    """

    id: PostId
    uri: str
    author: ActorId
    local: bool
    kind: str
    boost_of: PostId | None
    reply_to: PostId | None
    reply_to_uri: str | None
    reply_to_author: ActorId | None
    thread: PostId
    visibility: str
    sensitive: bool
    title: str
    spoiler: str
    content: str
    source: str | None
    language: str | None
    url: str | None
    audience: str | None
    quote_uri: str | None
    mentions: Sequence[Mapping[str, Any]]
    tags: Sequence[str]
    emojis: Sequence[Mapping[str, Any]]
    attachments: Sequence[Mapping[str, Any]]
    poll: Mapping[str, Any] | None
    application: int | None
    published_at: datetime
    updated_at: datetime | None
    edited_at: datetime | None
    replies_count: int
    boosts_count: int
    favourites_count: int

    @property
    def open(self) -> bool:
        """Whether anyone may see it (public or unlisted)."""
        return self.visibility in OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What a post said from `written_at` on, until the next edit."""

    written_at: datetime
    spoiler: str
    content: str
    sensitive: bool
    emojis: Sequence[Mapping[str, Any]]
    attachments: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What is known of a post that is no longer there: enough to tell everyone who has it."""

    post: int
    uri: str
    kind: str
    author: int
    local: bool
    visibility: str
    mentioned: list[int]
    reply_to_author: int | None
    boosters: list[int]
    audience: str | None


def from_row(row: Record) -> Post:
    """The value of a row that has all columns of `conversation.posts`."""
    return Post(*[row[name] for name in Post._fields])


def number_at(tx: Tx, published: datetime) -> PostId:
    """An id that sorts in the second of `published`, the finest that most servers say. Many are of the same one, so a
    place in it is drawn, and if somebody has it already, another."""
    second = published.replace(microsecond=0)
    return PostId(tx.new_id_at(second + timedelta(milliseconds=secrets.randbelow(1000))))


async def by_id(tx: Tx, post: int) -> Post | None:
    """The post, whoever may see it."""
    row = await tx.row(SQL.by_id, post)
    return from_row(row) if row else None


async def by_ids(tx: Tx, numbers: Iterable[int]) -> dict[int, Post]:
    """Those that exist, by id, whoever may see them."""
    wanted = list(set(numbers))
    if not wanted:
        return {}
    return {row["id"]: from_row(row) for row in await tx.rows(SQL.by_ids, wanted)}


async def by_uri(tx: Tx, uri: str) -> Post | None:
    """The post with this id on the wire, whoever may see it."""
    row = await tx.row(SQL.by_uri, uri)
    return from_row(row) if row else None


async def by_uris(tx: Tx, uris: Iterable[str]) -> dict[str, Post]:
    """Those that we have, by their id on the wire, whoever may see them."""
    wanted = list(set(uris))
    if not wanted:
        return {}
    return {row["uri"]: from_row(row) for row in await tx.rows(SQL.by_uris, wanted)}


async def get(tx: Tx, viewer: ActorId | None, post: int) -> Post:
    """The post, if this viewer (None: anyone) may see it; a boost, if also what it boosts. Raises Missing."""
    row = await tx.row(SQL.get, post, viewer)
    if row is None:
        raise Missing
    return from_row(row)


async def own(tx: Tx, author: ActorId, post: int) -> Post:
    """The post, if it is this author's. Raises Missing, so that nobody learns of what is not theirs."""
    found = await by_id(tx, post)
    if found is None or found.author != author:
        raise Missing
    return found


async def visible(tx: Tx, viewer: ActorId | None, posts: Iterable[int]) -> set[PostId]:
    """Those of the posts that this viewer may see."""
    wanted = list(set(posts))
    if not wanted:
        return set()
    return {row["id"] for row in await tx.rows(SQL.visible, wanted, viewer)}


async def mentioned(tx: Tx, post: int, *, silent: bool = True) -> list[int]:
    """The actors whom the post addresses; without the silent ones, those whom it names."""
    return [row["actor"] for row in await tx.rows(SQL.mentioned, post, silent)]


async def thread(tx: Tx, viewer: ActorId | None, post: Post) -> tuple[list[PostId], list[PostId]]:
    """What the post answers, oldest first, and the answers, each below its parent; only what this viewer may see.

    Bounded in depth and number, because threads from the network can be endless or circular.
    """
    above = await tx.rows(SQL.ancestors, post.id, viewer, _MOST_ANCESTORS)
    below = await tx.rows(SQL.descendants, post.id, viewer, _DEEPEST, _MOST_DESCENDANTS)
    ancestors = dict.fromkeys(row["id"] for row in above if row["id"] != post.id)
    shown = dict.fromkeys(row["id"] for row in below if row["id"] != post.id and row["id"] not in ancestors)
    return list(reversed(ancestors)), list(shown)


async def extension(tx: Tx, post: int) -> Mapping[str, Any] | None:
    """What the document of the post says besides, by names that begin with `phyle:`."""
    found: Mapping[str, Any] | None = await tx.value(SQL.extension, post)
    return found


async def history(tx: Tx, post: Post) -> list[Edit]:
    """What the post said, the oldest version first and the present one last; of very many the latest."""
    rows = await tx.rows(SQL.edits, post.id, MOST_EDITS)
    return [Edit(**row) for row in rows] or [_present(post)]


def _present(post: Post) -> Edit:
    return Edit(
        written_at=post.edited_at or post.published_at,
        spoiler=post.spoiler,
        content=post.content,
        sensitive=post.sensitive,
        emojis=post.emojis,
        attachments=post.attachments,
    )


async def erase(tx: Tx, post: Post) -> Erased:
    """Remove the post and all that hangs on it, its boosts included, and set the counters right.

    Here and everywhere posts are locked before actors, and actors before homes: then nobody waits in a circle.
    """
    boosts = await tx.rows(SQL.boosts, post.id) if post.boost_of is None else []
    boosters = [row["author"] for row in boosts]
    erased = Erased(
        post=post.id,
        uri=post.uri,
        kind=post.kind,
        author=post.author,
        local=post.local,
        visibility=post.visibility,
        mentioned=await mentioned(tx, post.id),
        reply_to_author=post.reply_to_author,
        boosters=boosters,
        audience=post.audience,
    )
    await tx.run(SQL.recount_parent, post.boost_of or post.reply_to, post.boost_of is not None)
    await tx.run(SQL.release_replies, post.id)
    await tx.run(SQL.erase, post.id)
    authors = [*boosters, *([post.author] if post.visibility != "direct" else [])]
    await tx.rows(SQL.hold_authors, authors)
    await tx.run(SQL.recount_authors, authors)
    await tx.run(SQL.forget_home, [post.id, *(row["id"] for row in boosts)])
    return erased
