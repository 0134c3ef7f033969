"""Lists of what the state of the ledger holds, newest first: proposals, members, charges and the like, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from phyle.conversation.paging import Page
from phyle.cooperative.law.state import Slice
from phyle.cooperative.law.values import read
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

S = TypeVar("S", bound=Slice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Generic[S]):
    """One of a list. `began`: when it did, in milliseconds, by which lists are paged."""

    id: str
    value: S
    began: int


async def newest(tx: Tx, kind: type[S], page: Page, *, phases: Sequence[str] = ()) -> list[Held[S]]:
    """A page of a kind, of these phases (or standings) if any are named. `page`: its bounds are times in milliseconds.
    What began in one millisecond is never torn apart, so a page can be longer than its limit."""
    bounds = (kind.SLICE, page.below, page.above, page.limit)
    if phases:
        rows = await tx.rows(page.way(SQL.newest_of), *bounds, list(phases))
    else:
        rows = await tx.rows(page.way(SQL.newest), *bounds)
    held = [Held(id=row["id"], value=_read(kind, row["value"]), began=row["began"]) for row in rows]
    return page.ordered(held)


async def by_ids(tx: Tx, kind: type[S], ids: Sequence[str]) -> dict[str, S]:
    """Those that there are, by id."""
    rows = await tx.rows(SQL.by_ids, kind.SLICE, list(dict.fromkeys(ids)))
    return {row["id"]: _read(kind, row["value"]) for row in rows}


async def phases(tx: Tx, kind: type[S]) -> Mapping[str, int]:
    """How many there are of a kind, by phase or standing."""
    return {row["phase"]: row["number"] for row in await tx.rows(SQL.phases, kind.SLICE)}


async def about(tx: Tx, kind: type[S], member: str) -> dict[str, S]:
    """The mandates or charges of a member, by id."""
    query = {"mandate": SQL.mandates_of, "charge": SQL.charges_of}[kind.SLICE]
    return {row["id"]: _read(kind, row["value"]) for row in await tx.rows(query, member)}


def _read(kind: type[S], value: object) -> S:
    return read(kind, value, kind.SLICE)
