"""Waking each other: which process is there, and a tap on the shoulder when rows wait.

NOTIFY takes a database-wide lock through the flush, so no transaction that keeps data notifies: after its commit a
process taps itself at once, and the others at most once per channel in 20 ms. A lost tap costs at most a second,
because everyone who waits also looks once a second.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import asyncpg

from phyle.errors import Unavailable
from phyle.ids import SLOTS
from phyle.store.away import DATABASE_IS_AWAY, unavailable
from phyle.store.sql import queries

SQL = queries(__file__)
CHANNELS = ("jobs", "network_jobs", "deliveries", "acts")
PAUSE = 0.02
GRACE = 10.0
"""Seconds for which a process counts as living that lost its connection: most likely it is about to connect again."""
_log = logging.getLogger(__name__)


class Wakes:
    """The channels of one process, on a connection of its own that also holds the process's slot."""

    def __init__(self, dsn: str, *, channels: tuple[str, ...] = CHANNELS) -> None:
        self.slot = -1
        self.moved: Callable[[int], None] = lambda _: None
        """Called when the process had to take another slot because its old one was gone when it connected again."""
        self._living: dict[int, float] = {}
        self._asking = asyncio.Lock()
        self._dsn = dsn
        self._channels = channels
        self._events: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._pending: set[str] = set()
        self._teller: asyncio.Task[None] | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._connection: Any = None

    async def open(self) -> None:
        """Connect, take a slot, listen; from then on reconnect whenever the connection is lost."""
        await self._connect()
        self._keeper = asyncio.create_task(self._keep(), name="wakes")

    async def close(self) -> None:
        """Give the slot back."""
        for task in (self._keeper, self._teller):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        if self._connection is not None and not self._connection.is_closed():
            await self._connection.close(timeout=2)

    def wake(self, channel: str) -> None:
        """Tap everyone who waits on the channel, here now and elsewhere within 20 ms."""
        self._events[channel].set()
        self._pending.add(channel)
        if self._teller is None or self._teller.done():
            self._teller = asyncio.create_task(self._tell())

    async def wait(self, channel: str, *, seconds: float = 1.0) -> None:
        """Until tapped, at most `seconds`."""
        event = self._events[channel]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):  # wait_for of Python 3.11 may swallow the end of the waiting task
                await event.wait()
        event.clear()

    async def live_slots(self) -> list[int]:
        """The slots of all processes that are there now, or were `GRACE` seconds ago. Raises Unavailable."""
        try:
            async with self._asking:
                found: list[int] = await self._connection.fetchval(SQL.live_slots, timeout=10)
        except (*DATABASE_IS_AWAY, asyncpg.PostgresError) as error:
            raise unavailable(error) from error
        moment = time.monotonic()
        self._living.update(dict.fromkeys([*found, self.slot], moment))
        self._living = {slot: seen for slot, seen in self._living.items() if moment - seen < GRACE}
        return list(self._living)

    async def _tell(self) -> None:
        """Until nobody is left to be told: what is woken while one NOTIFY is on its way goes with the next."""
        while self._pending:
            await asyncio.sleep(PAUSE)
            channels, self._pending = list(self._pending), set()
            with contextlib.suppress(*DATABASE_IS_AWAY, asyncpg.PostgresError, OSError):
                async with self._asking:
                    await self._connection.execute(SQL.notify, channels, timeout=10)

    async def _connect(self) -> None:
        connection = await asyncpg.connect(self._dsn, timeout=10, server_settings={"application_name": "phyle"})
        try:
            await self._take_slot(connection)
            for channel in self._channels:
                await connection.add_listener(channel, self._tapped)
        except BaseException:
            connection.terminate()
            raise
        self._connection = connection

    async def _take_slot(self, connection: Any) -> None:
        """Our own again if it is free, else any: two processes with one slot would make the same ids."""
        for slot in ([self.slot] if self.slot >= 0 else []) + random.sample(range(SLOTS), SLOTS):
            if await connection.fetchval(SQL.try_slot, slot):
                if self.slot not in (slot, -1):
                    self.moved(slot)
                self.slot = slot
                return
        raise Unavailable(f"All {SLOTS} places for processes on this database are taken.")

    def _tapped(self, _connection: Any, _pid: int, channel: str, _payload: str) -> None:
        self._events[channel].set()

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(1)
            if not self._connection.is_closed():
                continue
            try:
                await self._connect()
                _log.info("connected to the database again")
            except (*DATABASE_IS_AWAY, asyncpg.PostgresError, OSError, Unavailable) as error:
                _log.warning("the database does not answer: %s", error)
