"""Requests as they were signed, kept for those who may have to show what somebody sent them.

A handler that asks for it finds the number of the request in its arrival. Unless it keeps the request, that is
forgotten together with the job. Whoever hears of it later takes it, and keeps it where it belongs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from phyle.errors import Missing
from phyle.store.jobs import Body
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

LOCK = 5785209340512
"""The advisory lock under which requests are kept: shared by those who write one, exclusive for who wants a moment at
which all that came before it is there to be seen."""
LARGEST = 1 << 14
"""Bytes of a body. What proves something says little."""
PATIENCE = timedelta(minutes=10)
"""So long is waited for what was kept and not taken: what its handler refused is never taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A request byte for byte as its signature covers it, and when the database's clock said that it came."""

    id: int
    received_at: datetime
    method: str
    target: str
    scheme: str
    headers: Mapping[str, str]
    body: bytes


async def keep(tx: Tx, number: int) -> None:
    """The request outlives the job that it brought. Raises Missing."""
    if not await tx.run(SQL.keep, number):
        raise Missing("The request is not kept any more.", cause=str(number))


async def take(tx: Tx, number: int) -> Evidence:
    """The request, which is kept here no longer. Raises Missing."""
    row = await tx.change_one(SQL.take, number)
    if row is None:
        raise Missing("The request is not kept any more.", cause=str(number))
    return Evidence(**row)


async def drop(tx: Tx, number: int) -> None:
    """Whoever kept the request needs it no more."""
    await tx.run(SQL.take, number)


async def settle(tx: Tx, number: int) -> None:
    """The job of the request is over: it is forgotten, unless its handler kept it."""
    await tx.run(SQL.settle, number)


async def waiting(tx: Tx, before: datetime) -> bool:
    """Is there anything received before that instant that was neither taken nor forgotten? What is being written is
    waited for, and nothing else can be until the transaction is over."""
    await tx.run(SQL.alone, LOCK)
    return bool(await tx.value(SQL.waiting, before, PATIENCE))


async def forget(tx: Tx, _body: Body) -> None:
    """Recurring: what nobody took."""
    await tx.run(SQL.forget)
