"""The unit of work. Transactions open at the edges (web, cli, worker, conductors), never inside a command."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from contextvars import ContextVar
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeAlias

import asyncpg

from phyle.ids import Sequence as IdSequence
from phyle.ids import lowest_at
from phyle.settings import Settings
from phyle.store.away import DATABASE_IS_AWAY, unavailable
from phyle.store.jobs import SQL as JOBS_SQL
from phyle.store.jobs import Job, Subscription
from phyle.store.listen import Wakes
from phyle.store.sql import Query, writes

Record: TypeAlias = asyncpg.Record

in_transaction: ContextVar[bool] = ContextVar("in_transaction", default=False)
"""True while the current task holds a `Tx`; the guarded client refuses to speak then."""


class Tx:
    """An open transaction, or a connection for reading without one."""

    __slots__ = ("_connection", "store", "wakes", "writes")

    def __init__(self, store: "Store", connection: Any) -> None:
        self.store = store
        self._connection = connection
        self.wakes: set[str] = set()
        self.writes = 0
        """How many statements may have changed something: a refusal before the first needs no rollback."""

    async def rows(self, query: Query, *args: Any) -> list[Record]:
        """All rows of a query."""
        self.writes += writes(query)
        return await self._connection.fetch(query, *args)  # type: ignore[no-any-return]

    async def row(self, query: Query, *args: Any) -> Record | None:
        """The first row, or None."""
        self.writes += writes(query)
        return await self._connection.fetchrow(query, *args)

    async def value(self, query: Query, *args: Any) -> Any:
        """The first column of the first row, or None."""
        self.writes += writes(query)
        return await self._connection.fetchval(query, *args)

    async def run(self, query: Query, *args: Any) -> int:
        """Change something; how many rows it touched."""
        self.writes += writes(query)
        status: str = await self._connection.execute(query, *args)
        return int(status.rsplit(" ", 1)[-1]) if status[-1:].isdigit() else 0

    async def change(self, query: Query, *args: Any) -> list[Record]:
        """Change something and have the rows that it returns."""
        self.writes += writes(query)
        return await self._connection.fetch(query, *args)  # type: ignore[no-any-return]

    async def change_one(self, query: Query, *args: Any) -> Record | None:
        """Change something and have the first row that it returns, or None."""
        self.writes += 1
        return await self._connection.fetchrow(query, *args)

    async def queue(
        self, job: str, body: Mapping[str, Any], *, order_key: str | None = None, run_at: datetime | None = None
    ) -> None:
        """A job that exists if and only if this transaction commits. Equal order keys run one after the other; without
        one given, the job's own table entry says what orders it."""
        entry = self.store.jobs[job]
        await self.run(JOBS_SQL.queue, job, body, entry.network, order_key or entry.order_key(body), run_at)
        self.wakes.add("network_jobs" if entry.network else "jobs")

    async def emit(self, event: Any) -> None:
        """Tell the subscribers of an event (a dataclass of plain values), each by a job in this commit."""
        if subscription := self.store.subscriptions.get(type(event)):
            for job in subscription.jobs:
                await self.queue(job, asdict(event))

    def new_id(self) -> int:
        """An id greater than all that this process made before."""
        return self.store.sequence.next()

    def new_id_at(self, instant: datetime) -> int:
        """An id that sorts at `instant`: for what is old already when it arrives."""
        fresh = self.store.sequence.next()
        return lowest_at(instant) | (fresh & 0xFFFF)


class Store:
    """The database of one process."""

    def __init__(
        self,
        *,
        settings: Settings,
        pool: Any,
        sequence: IdSequence,
        wakes: Wakes,
        jobs: Mapping[str, Job],
        subscriptions: Mapping[type, Subscription],
    ) -> None:
        self.settings = settings
        self.pool = pool
        self.sequence = sequence
        self.wakes = wakes
        self.jobs = jobs
        self.subscriptions = subscriptions

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """BEGIN, the block, COMMIT; any exception rolls back. Unavailable if the database is away."""
        async with self._connection() as connection:
            tx = Tx(self, connection)
            async with connection.transaction():
                yield tx
        for channel in tx.wakes:
            self.wakes.wake(channel)

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        """A connection without a transaction, for reads on hot paths: two exchanges fewer."""
        async with self._connection() as connection:
            yield Tx(self, connection)

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        if in_transaction.get():
            raise RuntimeError("a transaction is already open in this task; pass its tx")
        marker = in_transaction.set(True)
        try:
            connection = await self._acquired()
            try:
                yield connection
            except asyncpg.InternalClientError:  # not to be trusted with another query
                connection.terminate()
                raise
            finally:
                await self.pool.release(connection)
        except DATABASE_IS_AWAY as error:
            if isinstance(error, ValueError):  # the driver says so of arguments that do not fit the query
                raise
            raise unavailable(error) from error
        finally:
            in_transaction.reset(marker)

    async def _acquired(self) -> Any:
        try:
            return await self.pool.acquire(timeout=10)
        except (OSError, asyncpg.PostgresError) as error:  # it cannot even be connected to, for whatever reason
            raise unavailable(error) from error
