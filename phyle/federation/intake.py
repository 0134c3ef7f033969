"""Keeping what was proven: those who arrive while one statement is under way go together in the next.

Nobody is answered before their row is committed, so nothing waits in memory that anyone believes to be kept.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from phyle.errors import Unavailable
from phyle.federation.claims import Request
from phyle.federation.evidence import LOCK
from phyle.federation.wire import Document
from phyle.store.sql import queries
from phyle.store.transaction import Store

SQL = queries(__file__)

MOST_TOGETHER = 64
MOST_WAITING = 1000
"""More are refused with 503 while the database is slow: their senders keep them better than our memory would."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """An activity whose sender is proven. `seen`: the hash by which a second copy is known; `again`: a copy that was
    taken before this instant does not count; `evidence`: the request, if it may have to be shown later."""

    seen: bytes
    activity: Document
    order_key: str
    again: datetime | None
    evidence: Request | None = None


Shown = tuple[int, Request]


class Intake:
    """Writes for one process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[tuple[Proven, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def keep(self, proven: Proven) -> None:
        """Returns when it is committed, or was before. Raises Unavailable, and then it is not kept."""
        if len(self._waiting) >= MOST_WAITING:
            raise Unavailable("Too much arrives at once. Try again later.", retry_after=60)
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((proven, kept))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write(), name="intake")
        await kept

    async def _write(self) -> None:
        try:
            while self._waiting:
                together, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
                await self._write_together(together)
        finally:
            self._writer = None

    async def _write_together(self, together: Sequence[tuple[Proven, asyncio.Future[None]]]) -> None:
        try:
            await self._insert([proven for proven, _ in together])
        except Unavailable as error:
            _settle(together, error)
        except Exception as error:
            if len(together) == 1:
                _settle(together, error)
                return
            for one in together:  # it is one of them, not all
                await self._write_together([one])
        else:
            _settle(together, None)

    async def _insert(self, proven: Sequence[Proven]) -> None:
        once = {each.seen: each for each in reversed(proven)}.values()  # of two copies in one breath the first
        bodies = [orjson.dumps({"activity": each.activity}).decode() for each in once]
        keys, orders, again = zip(*((each.seen, each.order_key, each.again) for each in once), strict=True)
        shown = [(place, each.evidence) for place, each in enumerate(once, 1) if each.evidence is not None]
        if shown:
            await self._insert_shown(keys, bodies, orders, again, shown)
        else:
            async with self._store.reading() as tx:
                await tx.run(SQL.take, keys, bodies, orders, again)
        self._store.wakes.wake("jobs")

    async def _insert_shown(self, keys: Any, bodies: Any, orders: Any, again: Any, shown: Sequence[Shown]) -> None:
        """The same with some of the requests. Whoever must know of all that came until now has the lock alone."""
        async with self._store.transaction() as tx:
            await tx.run(SQL.share, LOCK)
            await tx.run(
                SQL.take_shown,
                keys,
                bodies,
                orders,
                again,
                [place for place, _ in shown],
                [request.method for _, request in shown],
                [request.target for _, request in shown],
                [request.scheme for _, request in shown],
                [orjson.dumps(dict(request.headers)).decode() for _, request in shown],
                [request.body for _, request in shown],
                [tx.new_id() for _ in shown],
            )


def _settle(together: Sequence[tuple[Proven, asyncio.Future[None]]], error: Exception | None) -> None:
    for _, kept in together:
        if kept.done():  # whoever waited has hung up
            continue
        if error is None:
            kept.set_result(None)
        else:
            kept.set_exception(error)
