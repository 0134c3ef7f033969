"""Timelines: what is in a member's home, and the ids of the other lists of posts. `views` makes values of the ids."""

from collections.abc import Mapping, Sequence
from typing import Any

from phyle.conversation import notifications, posts
from phyle.conversation.paging import Page
from phyle.conversation.posts import Post
from phyle.ids import ActorId, PostId
from phyle.store.sql import queries
from phyle.store.transaction import Tx
from phyle.text import normal_hashtag

SQL = queries(__file__)

HOME_HOLDS = 800
HOME_KEPT_DAYS = 30
NEWEST = 40
"""So many posts of somebody newly followed come home; among so many a second boost of the same post is left out."""


async def spread(tx: Tx, post: Post) -> None:
    """Write the post into the homes of its author's followers here, and tell those who asked for each post.

    An answer comes only to those who also follow whom it answers, or are answered; a direct post only to whom it names;
    a boost only to those who want this booster's boosts, may see the post, and did not just have it.
    """
    if post.boost_of is not None:
        await tx.run(SQL.spread_boost, post.id, post.author, post.boost_of, NEWEST, HOME_KEPT_DAYS)
        return
    curious = await tx.change(
        SQL.spread,
        post.id,
        post.author,
        post.reply_to_uri is not None and post.reply_to_author != post.author,
        post.reply_to_author,
        post.visibility == "direct",
        post.language,
        HOME_KEPT_DAYS,
    )
    if post.reply_to_uri is None and post.visibility != "direct":
        await notifications.tell(tx, [row["follower"] for row in curious], "status", post.author, post.id)


async def spread_job(tx: Tx, body: Mapping[str, Any]) -> None:
    """Local job: `spread` for the post `body["post"]`, if it is still there."""
    post = await posts.by_id(tx, body["post"])
    if post is not None and post.visibility in posts.VISIBILITIES:
        await spread(tx, post)


async def add(tx: Tx, member: ActorId, post: Post) -> None:
    """Into one member's home: what they wrote or boosted themselves."""
    await tx.run(SQL.add, member, post.id, post.author)


async def withdraw(tx: Tx, member: int, author: int) -> None:
    """Out of the member's home: what this author wrote or boosted."""
    await tx.run(SQL.withdraw, member, author)


async def withdraw_all(tx: Tx, member: int, author: int) -> None:
    """Out of the member's home: what this author wrote or boosted, and boosts of it by others."""
    await tx.run(SQL.withdraw, member, author)
    await tx.run(SQL.withdraw_boosts, member, author)


async def withdraw_author(tx: Tx, author: int) -> None:
    """Out of every home, when an author is suspended or deleted."""
    await tx.run(SQL.withdraw_author, author)


async def fetch(tx: Tx, member: int, author: int) -> None:
    """Into the member's home: the newest posts of somebody whom they follow now."""
    await tx.run(SQL.fetch, member, author, NEWEST)


async def refill(tx: Tx, member: int) -> None:
    """Fill a home that was dropped, from what the member's followed have written."""
    await tx.run(SQL.refill, member, HOME_HOLDS)


async def returned_job(tx: Tx, body: Mapping[str, Any]) -> None:
    """Local job: `refill` for the member `body["actor"]`, who came back."""
    await refill(tx, body["actor"])


async def trim(tx: Tx, _body: Mapping[str, Any]) -> None:
    """Recurring: homes hold 800 posts, and those of members away for 30 days nothing."""
    await tx.run(SQL.trim, HOME_HOLDS)
    await tx.run(SQL.drop, HOME_KEPT_DAYS)


async def beyond(tx: Tx, member: ActorId, page: Page) -> list[PostId]:
    """Older posts than home holds, found the slow way, newest first."""
    rows = await tx.rows(SQL.beyond, member, page.below, page.above, page.limit)
    return [row["id"] for row in rows]


async def public(
    tx: Tx, viewer: ActorId | None, page: Page, *, local: bool = False, remote: bool = False, only_media: bool = False
) -> list[PostId]:
    """Public posts, without boosts and without answers to others; of this instance only, or of others only."""
    query = page.way(SQL.public_local if local else SQL.public)
    rows = await tx.rows(query, viewer, page.below, page.above, page.limit, only_media, remote)
    return page.ordered([row["id"] for row in rows])


async def tag(
    tx: Tx,
    viewer: ActorId | None,
    page: Page,
    tags: Sequence[str],
    *,
    every: Sequence[str] = (),
    none: Sequence[str] = (),
    local: bool = False,
    remote: bool = False,
    only_media: bool = False,
) -> list[PostId]:
    """Public posts with one of `tags`, with `every` one of those, and with `none` of those."""
    rows = await tx.rows(
        page.way(SQL.tag),
        viewer,
        page.below,
        page.above,
        page.limit,
        sorted({normal_hashtag(name) for name in tags}),
        sorted({normal_hashtag(name) for name in every}),
        sorted({normal_hashtag(name) for name in none}),
        local,
        remote,
        only_media,
    )
    return page.ordered([row["id"] for row in rows])


async def account(
    tx: Tx,
    viewer: ActorId | None,
    author: ActorId,
    page: Page,
    *,
    exclude_replies: bool = False,
    exclude_reblogs: bool = False,
    only_media: bool = False,
    pinned: bool = False,
    tagged: str | None = None,
) -> list[PostId]:
    """What an actor wrote and boosted, as far as this viewer may see it. Answers to oneself are not replies here;
    nothing is pinned yet."""
    if pinned:
        return []
    rows = await tx.rows(
        page.way(SQL.account),
        viewer,
        page.below,
        page.above,
        page.limit,
        author,
        exclude_replies,
        exclude_reblogs,
        only_media,
        normal_hashtag(tagged) if tagged else None,
    )
    return page.ordered([row["id"] for row in rows])
