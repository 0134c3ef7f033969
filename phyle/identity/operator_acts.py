"""What the operator did at the command line: append-only, public on a page, and told to whoever keeps the ledger."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from phyle.errors import Unprocessable
from phyle.store.sql import queries
from phyle.store.transaction import Tx
from phyle.text import well_formed

SQL = queries(__file__)

Kind = Literal["create", "approve", "reject", "suspend", "restore", "password", "block", "unblock", "resolve"]

LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorAct:
    """One act. `subject`: the name of an account, a host, or the number of a report, whose subject it does not name."""

    id: int
    at: datetime
    kind: Kind
    subject: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorActed:
    """Event: the operator did something."""

    act: int


async def record(tx: Tx, kind: Kind, subject: str, reason: str) -> None:
    """Written in the transaction of the act itself. Raises Unprocessable without a reason."""
    reason = well_formed(reason).strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise Unprocessable(f"Give a reason of at most {LONGEST_REASON} characters: it will be shown publicly.")
    await tx.emit(OperatorActed(act=await tx.value(SQL.insert, kind, subject, reason)))


async def by_id(tx: Tx, act: int) -> OperatorAct | None:
    """One of them."""
    row = await tx.row(SQL.by_id, act)
    return OperatorAct(**row) if row else None


async def listing(tx: Tx, *, before: int | None = None, limit: int = 100) -> list[OperatorAct]:
    """Newest first, from the act before the one with the id `before`."""
    return [OperatorAct(**dict(row)) for row in await tx.rows(SQL.listing, before, limit)]
