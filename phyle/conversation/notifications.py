"""Notifications: what members here are told of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from phyle.conversation.paging import Page
from phyle.conversation.posts import Post
from phyle.errors import Missing
from phyle.ids import ActorId, PostId, made_at
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx

SQL = queries(__file__)

KINDS = ("follow", "follow_request", "mention", "reblog", "favourite", "status", "update", "poll")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """Somebody (`actor`) did something (`kind`, one of KINDS), mostly with a post."""

    id: int
    kind: str
    actor: ActorId
    post: PostId | None

    @property
    def created_at(self) -> datetime:
        """When it was written."""
        return made_at(self.id)


async def tell(tx: Tx, members: Iterable[int], kind: str, actor: int, post: int | None = None) -> None:
    """Notify those who are members here, once each; not of their own acts, nor of those they block or muted."""
    told = sorted(set(members) - {actor})
    if told:
        await tx.run(SQL.tell, [tx.new_id() for _ in told], told, kind, actor, post)


async def of_mentions(tx: Tx, post: Post) -> None:
    """Tell those whom the post names."""
    await tell(tx, [int(mention["id"]) for mention in post.mentions], "mention", post.author, post.id)


async def of_edit(tx: Tx, post: Post) -> None:
    """Tell those here who boosted it that it changed."""
    if post.boosts_count:
        boosters = [row["author"] for row in await tx.rows(SQL.boosters_here, post.id)]
        await tell(tx, boosters, "update", post.author, post.id)


async def of_poll(tx: Tx, post: PostId, author: ActorId) -> None:
    """Tell those here who voted in a poll, and whoever asked, that it is over."""
    voters = [row["actor"] for row in await tx.rows(SQL.voters_here, post)]
    await tell(tx, voters, "poll", author, post)
    await tx.run(SQL.tell_own, tx.new_id(), author, "poll", post)


async def listing(
    tx: Tx,
    member: ActorId,
    page: Page,
    *,
    kinds: Sequence[str] | None = None,
    excluded: Sequence[str] = (),
    actor: int | None = None,
) -> list[Notification]:
    """A member's notifications, newest first: of these kinds (None: all), without the excluded, of one actor's acts."""
    rows = await tx.rows(
        page.way(SQL.listing),
        member,
        page.below,
        page.above,
        page.limit,
        None if kinds is None else list(kinds),
        list(excluded),
        actor,
    )
    return page.ordered([_from_row(row) for row in rows])


async def get(tx: Tx, member: ActorId, number: int) -> Notification:
    """One of the member's own. Raises Missing."""
    row = await tx.row(SQL.get, member, number)
    if row is None:
        raise Missing
    return _from_row(row)


async def dismiss(tx: Tx, member: ActorId, number: int) -> None:
    """Forget one of the member's own. Raises Missing."""
    if not await tx.run(SQL.dismiss, member, number):
        raise Missing


async def clear(tx: Tx, member: ActorId) -> None:
    """Forget all of the member's own."""
    await tx.run(SQL.clear, member)


async def withdraw(tx: Tx, member: int, kind: str, actor: int, post: int | None = None) -> None:
    """What was told has been undone."""
    await tx.run(SQL.withdraw, member, kind, actor, post)


async def withdraw_all(tx: Tx, member: int, actor: int) -> None:
    """Nothing that this actor did is shown to this member any more."""
    await tx.run(SQL.withdraw_all, member, actor)


def _from_row(row: Record) -> Notification:
    return Notification(id=row["id"], kind=row["kind"], actor=row["actor"], post=row["post"])
