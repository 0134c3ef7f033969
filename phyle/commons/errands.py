"""Errands: what people here ask projects elsewhere to do with their tickets, mostly by a grant that they hold there."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from phyle.clock import now
from phyle.commons import needing
from phyle.commons.events import ErrandMade
from phyle.commons.merge_requests import Method
from phyle.errors import Missing, TooMany, Unprocessable
from phyle.identity import limits
from phyle.identity.actors import Actor
from phyle.identity.limits import Limit
from phyle.ids import ActorId
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx
from phyle.text import well_formed

SQL = queries(__file__)

MADE = Limit(name="errands", most=120, window=timedelta(hours=1), sentence="That is a lot. Please go on in an hour.")
LONGEST_REASON, LONGEST_WORDS = 5000, 50_000

Deed = Literal["resolve", "reopen", "claim", "release", "apply", "approve", "changes"]
"""The last two are reviews of the newest version of a change."""
State = Literal["sent", "done", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What shall be done with the ticket at an address. `until`: of a claim. `method`: of applying a change. `words`:
    of a review, Markdown."""

    deed: str
    ticket: str
    until: datetime | None = None
    method: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One row of `commons.errands`. `title`: of the ticket, and `target`: its repository, once they are known."""

    id: int
    actor: ActorId
    uri: str
    deed: Deed
    ticket: str
    title: str
    until: datetime | None
    method: str
    words: str
    state: State
    reason: str
    target: ActorId | None
    sent_at: datetime


_COLUMNS = tuple(field.name for field in fields(Errand))


async def make(tx: Tx, actor: Actor, wish: Wish) -> Errand:
    """It is on its way. Unprocessable for what nobody can ask for."""
    if wish.deed not in get_args(Deed):
        raise Unprocessable(f"One can ask for one of these: {', '.join(get_args(Deed))}.")
    ticket = wish.ticket.strip()
    if not ticket.startswith(("https://", "http://")) or len(ticket) > 2048 or not ticket.isprintable():
        raise Unprocessable("A ticket elsewhere is named by its address.")
    if ticket.startswith(f"{tx.store.settings.origin}/"):
        raise Unprocessable("That ticket is here: open its page.")
    if wish.deed == "claim" and (wish.until is None or not now() < wish.until <= now() + needing.LONGEST):
        raise Unprocessable(f"Say until when, at most {needing.LONGEST.days} days from now.")
    if wish.method and wish.method not in get_args(Method):
        raise Unprocessable(f"A change is applied in one of these ways: {', '.join(get_args(Method))}.")
    words = well_formed(wish.words).strip()
    if len(words) > LONGEST_WORDS or (wish.deed == "changes" and not words):
        raise Unprocessable("A review says why, so that everybody can learn from it.")
    if not await limits.within(tx, MADE, str(actor.id)):
        raise TooMany(MADE.sentence)
    uri = f"{tx.store.settings.origin}/activities/{tx.new_id()}"
    row = await tx.change_one(SQL.make, tx.new_id(), actor.id, uri, wish.deed, ticket, wish.until, wish.method, words)
    made = _given(row)
    await tx.emit(ErrandMade(errand=made.id))
    return made


async def get(tx: Tx, id: int) -> Errand:
    """Raises Missing."""
    return _given(await tx.row(SQL.get, id))


async def by_uri(tx: Tx, uri: str) -> Errand | None:
    """The errand that went out with an activity."""
    row = await tx.row(SQL.by_uri, uri)
    return None if row is None else _from_row(row)


async def of(tx: Tx, actor: ActorId, *, below: int | None = None, limit: int = 40) -> list[Errand]:
    """What somebody asked for, newest first."""
    return [_from_row(row) for row in await tx.rows(SQL.of, actor, below, limit)]


async def found(tx: Tx, errand: Errand, target: Actor, title: str) -> Errand | None:
    """Whose ticket it is; None if the errand is over."""
    row = await tx.change_one(SQL.found, errand.id, target.id, title[:200])
    return None if row is None else _from_row(row)


async def settle(tx: Tx, errand: Errand, state: State, reason: str = "") -> None:
    """What became of it."""
    await tx.change_one(SQL.settle, errand.id, state, well_formed(reason)[:LONGEST_REASON])


def _given(row: Record | None) -> Errand:
    if row is None:
        raise Missing
    return _from_row(row)


def _from_row(row: Record) -> Errand:
    values: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    return Errand(**values)
