"""Who hears of it: inboxes of followers, of those who are named, of those who may hold a copy."""

from collections.abc import Iterable

from phyle.federation.outgoing import Inbox
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx

SQL = queries(__file__)


def _inboxes(rows: list[Record]) -> set[Inbox]:
    return {(row["inbox_host"], row["inbox"]) for row in rows}


async def followers(tx: Tx, actor: int) -> set[Inbox]:
    """The inboxes of the actor's followers elsewhere; those who share one are reached through it once."""
    return _inboxes(await tx.rows(SQL.of_followers, actor))


async def actors(tx: Tx, numbers: Iterable[int | None]) -> set[Inbox]:
    """The inboxes of these actors, as far as they are elsewhere."""
    wanted = sorted({number for number in numbers if number is not None})
    return _inboxes(await tx.rows(SQL.of_actors, wanted)) if wanted else set()


async def acquaintances(tx: Tx, actor: int) -> set[Inbox]:
    """The inboxes of all who may hold something of this actor, for what concerns the actor itself."""
    return _inboxes(await tx.rows(SQL.of_acquaintances, actor))


async def audience(tx: Tx, author: int, visibility: str, named: Iterable[int | None]) -> set[Inbox]:
    """Who hears of a post: those it names, and unless it is direct the author's followers. A post for followers goes to
    no host that has none (E8)."""
    reached = await actors(tx, named)
    return reached if visibility == "direct" else reached | await followers(tx, author)
