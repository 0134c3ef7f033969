"""Posts as a viewer sees them: with their authors and with what the viewer did with them, in two queries."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from phyle.conversation import timelines
from phyle.conversation.paging import Page
from phyle.conversation.posts import Post
from phyle.errors import Missing
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.ids import ActorId
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx

SQL = queries(__file__)

_WIDTH = len(Post._fields)
_BOOST_OF = Post._fields.index("boost_of")


class View(NamedTuple):
    """A post as one viewer sees it. For a boost `boosted` is what it boosts, and the flags are about that one.
    `choices` is None for who has not voted in its poll."""

    post: Post
    boosted: Post | None
    author: Actor
    boosted_author: Actor | None
    favourited: bool
    reblogged: bool
    bookmarked: bool
    muted: bool
    choices: Sequence[int] | None = None


async def of_ids(tx: Tx, viewer: ActorId | None, ids: Iterable[int]) -> list[View]:
    """Those of the posts that this viewer (None: anyone) may see, in the order of `ids`."""
    wanted = list(ids)
    if not wanted:
        return []
    rows = await tx.rows(SQL.of_ids, viewer, wanted)
    found: dict[int, View] = {view.post.id: view for view in await _views(tx, rows)}
    return [found[number] for number in wanted if number in found]


async def of_id(tx: Tx, viewer: ActorId | None, post: int) -> View:
    """One post. Raises Missing if there is none for this viewer."""
    found = await of_ids(tx, viewer, (post,))
    if not found:
        raise Missing
    return found[0]


async def home(tx: Tx, viewer: ActorId, page: Page) -> list[View]:
    """A page of the member's home, newest first; beyond what home holds, from the posts of those they follow."""
    rows = await tx.rows(page.way(SQL.home), viewer, page.below, page.above, page.limit)
    found = await _views(tx, page.ordered(rows))
    if len(rows) < page.limit and page.max_id is not None and not page.upward:
        lowest = rows[-1][0] if rows else page.below
        rest = replace(page, max_id=lowest, limit=page.limit - len(rows))
        found += await of_ids(tx, viewer, await timelines.beyond(tx, viewer, rest))
    return found


async def _views(tx: Tx, rows: Sequence[Record]) -> list[View]:
    pairs = [_pair(row) for row in rows]
    authors = await actors.by_ids(tx, {post.author for pair in pairs for post in pair if post is not None})
    views = []
    for row, (post, boosted) in zip(rows, pairs, strict=True):
        author, boosted_author = authors[post.author], authors[boosted.author] if boosted else None
        if author.gone or (boosted_author and boosted_author.gone):
            continue
        *own, choices = row[2 * _WIDTH :]
        flags = (value is True for value in own)
        views.append(View._make((post, boosted, author, boosted_author, *flags, choices)))
    return views


def _pair(row: Record) -> tuple[Post, Post | None]:
    boosted = None if row[_BOOST_OF] is None else Post._make(row[_WIDTH : 2 * _WIDTH])
    return Post._make(row[:_WIDTH]), boosted
