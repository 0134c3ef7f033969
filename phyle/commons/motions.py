"""Motions: where a majority of a repository's maintainers gives and takes grants, what is moved and who is for it."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

from phyle.commons import grants
from phyle.commons.grants import Role
from phyle.commons.repositories import Rule
from phyle.errors import Conflict, Missing, Refused
from phyle.ids import ActorId
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx

SQL = queries(__file__)

What = Literal["give", "revoke", "rule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """`give` a role to `holder`, `revoke` the one they have, or let another `rule` hold. `votes`: of those who
    are for it and still maintain it."""

    id: int
    repository: ActorId
    what: What
    holder: ActorId | None
    role: Role | None
    rule: Rule | None
    moved_by: ActorId
    reason: str
    state: Literal["open", "carried", "withdrawn"]
    moved_at: datetime
    votes: int


_COLUMNS = tuple(field.name for field in fields(Motion))


async def move(
    tx: Tx,
    repository: int,
    mover: int,
    what: What,
    *,
    holder: int | None = None,
    role: Role | None = None,
    rule: Rule | None = None,
    reason: str = "",
) -> Motion:
    """A motion of a maintainer, who is for it; the same one that is open already is seconded instead. It is carried at
    once if that is a majority."""
    row = await tx.change_one(SQL.move, tx.new_id(), repository, what, holder, role, rule, mover, reason[:2000])
    number = row["id"] if row is not None else await tx.value(SQL.open_one, repository, what, holder, role, rule)
    return await second(tx, repository, int(number), mover)


async def second(tx: Tx, repository: int, motion: int, voter: int) -> Motion:
    """Somebody is for it. Carried, from this commit on, when more than half of all maintainers are: those whom it is
    about count like everybody else. Missing, Conflict; Refused for who is no maintainer by a grant."""
    await grants.hold(tx, repository)
    if await grants.role(tx, repository, voter) != "maintainer":
        raise Refused("Only maintainers vote on this.")
    found = await get(tx, motion)
    if found.repository != repository:
        raise Missing
    if found.state != "open":
        raise Conflict("This is decided already.")
    await tx.run(SQL.vote, motion, voter)
    found = await get(tx, motion)
    if found.votes * 2 > await grants.maintainers(tx, repository):
        await tx.run(SQL.close, motion, "carried")
        found = await get(tx, motion)
    return found


async def withdraw(tx: Tx, repository: int, motion: int, by: int) -> None:
    """Whoever moved it takes it back."""
    found = await get(tx, motion)
    if found.repository != repository or found.moved_by != by:
        raise Missing("There is no such motion of yours.")
    if not await tx.run(SQL.close, motion, "withdrawn"):
        raise Conflict("This is decided already.")


async def was_carried(tx: Tx, repository: int, holder: int, role: Role) -> bool:
    """Whether a majority wanted somebody to have a role."""
    return bool(await tx.value(SQL.was_carried, repository, holder, role))


async def get(tx: Tx, motion: int) -> Motion:
    """Raises Missing."""
    row = await tx.row(SQL.get, motion)
    if row is None:
        raise Missing
    return _from_row(row)


async def of(tx: Tx, repository: int) -> list[Motion]:
    """The open ones, oldest first."""
    return [_from_row(row) for row in await tx.rows(SQL.of, repository)]


def _from_row(row: Record) -> Motion:
    values: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    return Motion(**values)
