"""Reviews: what people who may sort changes think of a version, each in public and with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal, get_args

from phyle.commons import merge_requests, permission, threads, tickets
from phyle.commons.repositories import Repository
from phyle.commons.tickets import Ticket
from phyle.errors import Conflict, Missing, Refused, Unprocessable
from phyle.identity.actors import Actor
from phyle.ids import ActorId
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx
from phyle.text import well_formed

SQL = queries(__file__)

LONGEST = 50_000
SHOWN = 1900

Verdict = Literal["approve", "changes", "comment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One row of `commons.reviews`. `source`: Markdown. `decided`: on its strength the change was applied."""

    id: int
    ticket: int
    version: int
    reviewer: ActorId
    verdict: Verdict
    source: str
    decided: bool
    at: datetime


_COLUMNS = tuple(field.name for field in fields(Review))


async def give(
    tx: Tx, by: Actor, repository: Repository, ticket: Ticket, *, version: int, verdict: str, source: str
) -> Review:
    """A review of the newest version. To approve, or to ask for changes, takes a grant, and is not for the author.

    Raises Conflict once it is decided or when there is a newer version, Unprocessable without a reason where one must
    be given.
    """
    await permission.require(tx, by.id, repository, "comment" if verdict == "comment" else "review")
    await threads.check(tx, repository, by)
    if verdict not in get_args(Verdict):
        raise Unprocessable(f"A review says one of these: {', '.join(get_args(Verdict))}.")
    if verdict != "comment" and by.id == ticket.author:
        raise Refused("Nobody decides on their own change.")
    source = well_formed(source).strip()
    if len(source) > LONGEST or (not source and verdict != "approve"):
        raise Unprocessable("A review says why, so that everybody can learn from it.")
    found = await merge_requests.held(tx, ticket.id)
    if found.phase != "open":
        raise Conflict("This change was decided on.")
    if found.version != version:
        raise Conflict("There is a newer version than the one you have looked at.")
    row = await tx.change_one(SQL.give, tx.new_id(), ticket.id, version, by.id, verdict, source)
    if row is None:
        raise Missing
    await tickets.step(tx, repository, ticket, by, verdict, source[:SHOWN])
    return _from_row(row)


async def get(tx: Tx, id: int) -> Review:
    """Raises Missing."""
    row = await tx.row(SQL.get, id)
    if row is None:
        raise Missing
    return _from_row(row)


async def of(tx: Tx, ticket: int) -> list[Review]:
    """All of them, oldest first."""
    return [_from_row(row) for row in await tx.rows(SQL.of, ticket)]


async def asking(tx: Tx, ticket: int, version: int) -> list[Review]:
    """The reviews of a version that ask for changes, and that their reviewers have not replaced by an approval."""
    return [each for each in _last(await of(tx, ticket), version) if each.verdict == "changes"]


async def mark_deciding(tx: Tx, ticket: int, version: int) -> None:
    """The approvals of this version are what it was applied on."""
    deciding = [each.id for each in _last(await of(tx, ticket), version) if each.verdict == "approve"]
    await tx.run(SQL.mark, deciding)


def _last(reviews: Sequence[Review], version: int) -> list[Review]:
    """What each reviewer said last of a version, comments aside."""
    said = {each.reviewer: each for each in reviews if each.version == version and each.verdict != "comment"}
    return list(said.values())


def _from_row(row: Record) -> Review:
    values: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    return Review(**values)
