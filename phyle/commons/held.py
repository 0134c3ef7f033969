"""Grants by repositories elsewhere to people here: kept, so that they can be shown there as a capability."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from phyle.commons.events import Left
from phyle.commons.grants import Role
from phyle.errors import Missing
from phyle.ids import ActorId
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx

SQL = queries(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """`uri`: the id of the Grant, which its repository knows it by."""

    id: int
    uri: str
    repository: ActorId
    holder: ActorId
    role: Role
    since: datetime
    until: datetime | None
    revoked_at: datetime | None


_COLUMNS = tuple(field.name for field in fields(Held))


async def keep(tx: Tx, uri: str, repository: int, holder: int, role: Role, until: datetime | None) -> None:
    """A repository elsewhere granted somebody here a role. The same Grant twice is one; nobody else's is replaced."""
    await tx.run(SQL.keep, tx.new_id(), uri, repository, holder, role, until)


async def revoke(tx: Tx, uri: str, repository: int) -> None:
    """It holds no more, says who gave it. Of others' grants nobody says anything."""
    await tx.run(SQL.revoke, uri, repository)


async def of(tx: Tx, holder: int, repository: int) -> Held | None:
    """The greatest live one that somebody holds there."""
    row = await tx.row(SQL.of, holder, repository)
    return None if row is None else _from_row(row)


async def mine(tx: Tx, holder: int) -> list[Held]:
    """All live ones of somebody, newest first."""
    return [_from_row(row) for row in await tx.rows(SQL.mine, holder)]


async def leave(tx: Tx, holder: int, repository: int) -> None:
    """Give back what one was granted there. Missing if that is nothing."""
    if not await tx.run(SQL.leave, holder, repository):
        raise Missing("You hold no grant there.")
    await tx.emit(Left(repository=repository, person=holder))


def _from_row(row: Record) -> Held:
    values: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    return Held(**values)
