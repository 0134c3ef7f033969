"""Invitations into a repository, and questions to be let into one; both sides are here or elsewhere."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal, get_args

from phyle.commons.events import InvitationAnswered, InvitationMade
from phyle.commons.grants import Role
from phyle.errors import Conflict, Missing, Unprocessable
from phyle.ids import ActorId
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx
from phyle.text import well_formed

SQL = queries(__file__)

What = Literal["invite", "join"]
State = Literal["open", "accepted", "refused", "withdrawn"]
MOST_WORDS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """`what`: `invite`, which the person answers, or `join`, which the repository answers. `invited_by`: None where the
    person asked. `uri`: the id of the Invite or Join."""

    id: int
    uri: str
    what: What
    repository: ActorId
    person: ActorId
    invited_by: ActorId | None
    role: Role
    words: str
    state: State
    made_at: datetime
    answered_at: datetime | None


_COLUMNS = tuple(field.name for field in fields(Invitation))


async def make(
    tx: Tx,
    what: What,
    repository: int,
    person: int,
    role: Role,
    *,
    invited_by: int | None = None,
    words: str = "",
    uri: str | None = None,
) -> Invitation:
    """An open one. `uri`: its id, where it came from elsewhere. Conflict if there is an open one for this role already;
    Unprocessable for words that are too long. Whether it may be made, whoever calls this has found out."""
    if role not in get_args(Role):
        raise Unprocessable("One is let in as a contributor or as a maintainer.")
    if len(words) > MOST_WORDS:
        raise Unprocessable(f"Say it in at most {MOST_WORDS} characters.")
    number = tx.new_id()
    ours = f"{tx.store.settings.origin}/activities/{number}"
    row = await tx.change_one(
        SQL.make, number, uri or ours, what, repository, person, invited_by, role, well_formed(words).strip()
    )
    if row is None:
        raise Conflict("That is open already: it waits for an answer.")
    await tx.emit(InvitationMade(invitation=number))
    return _from_row(row)


async def answer(tx: Tx, invitation: int, state: State) -> Invitation:
    """It is answered. Conflict if it was before. Whoever calls this has found out that it is theirs to answer."""
    row = await tx.change_one(SQL.answer, invitation, state)
    if row is None:
        raise Conflict("That is answered already.")
    await tx.emit(InvitationAnswered(invitation=invitation))
    return _from_row(row)


async def get(tx: Tx, invitation: int) -> Invitation:
    """Raises Missing."""
    row = await tx.row(SQL.get, invitation)
    if row is None:
        raise Missing
    return _from_row(row)


async def by_uri(tx: Tx, uri: str | None) -> Invitation | None:
    """The one that came or went by this activity."""
    row = await tx.row(SQL.by_uri, uri or "")
    return None if row is None else _from_row(row)


async def open_of(tx: Tx, repository: int, person: int) -> list[Invitation]:
    """What is open between a repository and a person."""
    return [_from_row(row) for row in await tx.rows(SQL.open_of, repository, person)]


async def of_repository(tx: Tx, repository: int) -> list[Invitation]:
    """The open ones of a repository, oldest first."""
    return [_from_row(row) for row in await tx.rows(SQL.of_repository, repository)]


async def of_person(tx: Tx, person: int) -> list[Invitation]:
    """All of a person, the latest first."""
    return [_from_row(row) for row in await tx.rows(SQL.of_person, person)]


def _from_row(row: Record) -> Invitation:
    values: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    return Invitation(**values)
