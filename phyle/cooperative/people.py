"""Who is which member: the link between an account, here or elsewhere, and a membership of the ledger."""

from collections.abc import Sequence

from phyle.errors import Refused
from phyle.ids import ActorId
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)


async def link(tx: Tx, member: str, actor: int) -> None:
    """The membership is this actor's from now on; also after a move."""
    await tx.run(SQL.link, member, actor)


async def unlink(tx: Tx, member: str) -> None:
    """Nothing says any more whose membership it is."""
    await tx.run(SQL.unlink, member)


async def member_of(tx: Tx, actor: int) -> str | None:
    """The newest membership of an actor in this phyle, None for somebody who never applied."""
    found: str | None = await tx.value(SQL.member_of, actor)
    return found


async def member(tx: Tx, actor: int) -> str:
    """The membership of an actor. Refused, with what to do, for somebody who has none."""
    found = await member_of(tx, actor)
    if found is None:
        raise Refused("You are no member of this phyle: apply first.")
    return found


async def actor_of(tx: Tx, member: str) -> ActorId | None:
    """Whose membership it is, None if that was erased."""
    found: ActorId | None = await tx.value(SQL.actor_of, member)
    return found


async def actors_of(tx: Tx, members: Sequence[str]) -> dict[str, ActorId]:
    """Whose memberships they are, by member; those that were erased are absent."""
    return {row["member"]: row["actor"] for row in await tx.rows(SQL.actors_of, list(members))}
