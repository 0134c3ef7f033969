"""Grants: who may do what in a repository (ForgeFed's object capabilities), given for a time and revoked at once."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal, get_args

from phyle.commons.events import Granted, Revoked
from phyle.errors import Conflict, Missing, Unprocessable
from phyle.ids import ActorId
from phyle.settings import Settings
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx

SQL = queries(__file__)

Role = Literal["contributor", "maintainer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """`given_by`: None where the rule of the project itself gave it. `until`: None for without an end."""

    id: int
    repository: ActorId
    holder: ActorId
    role: Role
    given_by: ActorId | None
    since: datetime
    until: datetime | None
    revoked_at: datetime | None
    revoked_by: ActorId | None
    reason: str


def uri(settings: Settings, grant: int) -> str:
    """The id of the Grant on the wire: what is shown as a `capability`."""
    return f"{settings.origin}/activities/{grant}"


def number_of(settings: Settings, uri: str | None) -> int | None:
    """The number of a grant that this instance may have given; None if the id is not of that shape."""
    prefix = f"{settings.origin}/activities/"
    number = (uri or "").removeprefix(prefix)
    fits = (uri or "").startswith(prefix) and number.isascii() and number.isdigit() and len(number) < 19
    return int(number) if fits else None


_COLUMNS = tuple(field.name for field in fields(Grant))


async def give(
    tx: Tx, repository: int, holder: int, role: Role, *, given_by: int | None, until: datetime | None = None
) -> Grant:
    """A grant that holds from now on. Conflict if the holder has a live one of this role."""
    if role not in get_args(Role):
        raise Unprocessable("A grant makes somebody a contributor or a maintainer.")
    await tx.run(SQL.expire, repository, holder)
    row = await tx.change_one(SQL.give, tx.new_id(), repository, holder, role, given_by, until)
    if row is None:
        raise Conflict(f"They are {role} already.")
    await tx.emit(Granted(grant=row["id"]))
    return _from_row(row)


async def revoke(tx: Tx, grant: int, *, revoked_by: int | None, reason: str = "") -> Grant:
    """It holds no more, from this commit on. Missing if it did not hold."""
    row = await tx.change_one(SQL.revoke, grant, revoked_by, reason[:2000])
    if row is None:
        raise Missing("There is no such live grant.")
    await tx.emit(Revoked(grant=grant))
    return _from_row(row)


async def get(tx: Tx, grant: int) -> Grant:
    """Raises Missing."""
    row = await tx.row(SQL.get, grant)
    if row is None:
        raise Missing
    return _from_row(row)


async def find(tx: Tx, grant: int) -> Grant | None:
    """The grant with this number, live or not."""
    row = await tx.row(SQL.get, grant)
    return None if row is None else _from_row(row)


async def maintainers(tx: Tx, repository: int) -> int:
    """How many hold a live grant as maintainers, but for those who left for good."""
    found: int = await tx.value(SQL.maintainers, repository)
    return found


async def maintained(tx: Tx, repository: int, holder: int) -> bool:
    """Whether somebody holds a grant as a maintainer, or ever held one."""
    return bool(await tx.value(SQL.maintained, repository, holder))


async def of(tx: Tx, repository: int) -> list[Grant]:
    """The live grants of a repository, oldest first."""
    return [_from_row(row) for row in await tx.rows(SQL.of, repository)]


async def held(tx: Tx, repository: int, holder: int) -> Grant | None:
    """The greatest live grant that somebody holds in a repository."""
    row = await tx.row(SQL.held, repository, holder)
    return None if row is None else _from_row(row)


async def by_holder(tx: Tx, holder: int) -> list[Grant]:
    """The live grants of repositories of this instance that somebody holds, newest first."""
    return [_from_row(row) for row in await tx.rows(SQL.by_holder, holder)]


async def hold(tx: Tx, repository: int) -> None:
    """Whatever gives or takes in a repository begins with this lock, so that the last maintainer is counted once."""
    await tx.rows(SQL.hold, repository)


async def role(tx: Tx, repository: int, holder: int) -> Role | None:
    """The greatest role that somebody holds by a live grant."""
    found: Role | None = await tx.value(SQL.role, repository, holder)
    return found


def _from_row(row: Record) -> Grant:
    values: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    return Grant(**values)
