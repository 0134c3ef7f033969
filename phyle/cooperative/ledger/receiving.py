"""Receiving in one process: those who come while one transaction is under way go together in the next."""

import asyncio
from weakref import WeakKeyDictionary

from phyle.cooperative.ledger import inbox
from phyle.cooperative.ledger.inbox import Given
from phyle.errors import Unavailable
from phyle.store.transaction import Store

MOST_TOGETHER = 256
MOST_WAITING = 4000
"""More are refused while the database is slow: who sent them keeps them better than our memory would."""


class Receiver:
    """Nobody is answered before their row is committed, so nothing waits here that anyone believes to be kept."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Given, asyncio.Future[bool]]] = []
        self._task: asyncio.Task[None] | None = None

    async def receive(self, store: Store, act: Given) -> bool:
        """Whether the act came for the first time. Raises what the database raises, Unavailable if too many wait."""
        if len(self._waiting) >= MOST_WAITING:
            raise Unavailable("Too many acts arrive at once. Yours was not kept: hand it in again.", retry_after=2)
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((act, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(store), name="acts received")
        return await future

    async def _run(self, store: Store) -> None:
        while self._waiting:
            together, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            try:
                await self._write(store, together)
            except Exception as error:
                if len(together) == 1 or isinstance(error, Unavailable):
                    _fail(together, error)
                else:  # one of them spoils it for all
                    for each in together:
                        await self._alone(store, each)

    async def _alone(self, store: Store, one: tuple[Given, asyncio.Future[bool]]) -> None:
        try:
            await self._write(store, [one])
        except Exception as error:
            _fail([one], error)

    async def _write(self, store: Store, together: list[tuple[Given, asyncio.Future[bool]]]) -> None:
        async with store.transaction() as tx:
            fresh = await inbox.receive(tx, [act for act, _ in together])
        for act, future in together:
            if not future.done():
                future.set_result(act.hash in fresh)


def _fail(together: list[tuple[Given, asyncio.Future[bool]]], error: Exception) -> None:
    for _, future in together:
        if not future.done():
            future.set_exception(error)


_RECEIVERS: WeakKeyDictionary[Store, Receiver] = WeakKeyDictionary()


async def receive(store: Store, act: Given) -> bool:
    """The act is durable when this returns; whether it came for the first time. Not within a transaction."""
    return await _RECEIVERS.setdefault(store, Receiver()).receive(store, act)
