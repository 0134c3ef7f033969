"""The unit of work: all or nothing, and honest when the database is away."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from phyle.errors import Unavailable
from phyle.powers import NONE
from phyle.settings import Settings
from phyle.store import migrations
from phyle.store.embedded import Embedded
from phyle.store.jobs import Body, local
from phyle.store.pool import opened
from phyle.store.sql import Query
from phyle.store.transaction import Store, Tx, in_transaction
from tests.servers import eventually
from tests.store.working import at_work, effects, left, prepared, queue, write

ONE = Query("SELECT 1")
SIDE_BY_SIDE = 12


async def test_all_or_nothing(settings: Settings, database: str) -> None:
    async with prepared(settings, database, {"write": local(write, NONE)}) as store:
        with contextlib.suppress(ZeroDivisionError):
            async with store.transaction() as tx:
                await write(tx, {"what": "half"})
                await tx.queue("write", {"what": "half"})
                raise ZeroDivisionError
        assert (await effects(store), await left(store)) == ([], [])


async def test_one_task_holds_one_transaction(store: Store) -> None:
    async with store.transaction():
        assert in_transaction.get()
        with pytest.raises(RuntimeError, match="already open"):
            async with store.reading():
                pass
    assert not in_transaction.get()


async def test_arguments_that_do_not_fit_are_not_taken_for_a_database_that_is_away(store: Store) -> None:
    with pytest.raises((asyncpg.DataError, ValueError)):
        async with store.reading() as tx:
            await tx.value(Query("SELECT $1::bigint"), "no number")


async def test_a_query_that_takes_too_long_is_said_to_be_so(store: Store) -> None:
    async def linger() -> None:
        async with store.transaction() as tx:
            await tx.value(Query("SELECT set_config('statement_timeout', '20ms', true)"))
            await tx.value(Query("SELECT pg_sleep(5)"))

    with pytest.raises(Unavailable, match="QueryCanceledError") as caught:
        await linger()
    assert caught.value.retry_after
    async with store.reading() as tx:
        assert await tx.value(ONE) == 1


@pytest.fixture
async def own(home: Path) -> AsyncIterator[Embedded]:
    """A PostgreSQL of the test's own, which is started again whenever it dies."""
    embedded = await Embedded.start(home)
    await migrations.migrate(embedded.dsn_owner, progress=lambda _: None)
    keeper = asyncio.create_task(embedded.keep())
    yield embedded
    keeper.cancel()
    await asyncio.to_thread(embedded.stop)


async def _asked(store: Store) -> bool:
    """As many at once as there are connections, so that none of them can hide."""

    async def ask() -> int:
        async with store.reading() as tx:
            await tx.value(Query("SELECT pg_sleep(0.01)"))
            return int(await tx.value(ONE))

    answers = await asyncio.gather(*(ask() for _ in range(SIDE_BY_SIDE)), return_exceptions=True)
    for answer in answers:
        assert answer == 1 or isinstance(answer, Unavailable), repr(answer)
    return answers == [1] * SIDE_BY_SIDE


async def test_a_killed_postgresql_is_an_honest_refusal_and_then_forgotten(own: Embedded, settings: Settings) -> None:
    async def steady(tx: Tx, body: Body) -> None:
        await write(tx, body)
        await tx.value(Query("SELECT pg_sleep(0.005)"))

    async with prepared(settings, own.dsn_server, {"steady": local(steady, NONE)}) as store:
        assert await _asked(store)
        async with at_work(store):
            for round_ in range(3):
                await queue(store, "steady", *({"what": f"{round_} {number}"} for number in range(50)))
                await asyncio.sleep(0.05)
                assert own.pid
                os.kill(own.pid, signal.SIGKILL)

                async def answers() -> bool:
                    return await _asked(store)

                await eventually(answers, seconds=30)

            async def done() -> bool:
                return not await left(store)

            await eventually(done)
        assert sorted(await effects(store)) == sorted(
            f"{round_} {number}" for round_ in range(3) for number in range(50)
        )


async def test_nobody_at_the_address_is_an_honest_refusal(own: Embedded, settings: Settings) -> None:
    async with opened(settings, own.dsn_server, jobs={}, subscriptions={}) as store:
        assert own.pid
        os.kill(own.pid, signal.SIGKILL)

        async def refused() -> bool:
            try:
                async with store.transaction() as tx:
                    await tx.value(ONE)
            except Unavailable as refusal:
                return refusal.retry_after > 0
            return False

        await eventually(refused)
