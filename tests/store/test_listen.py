"""Waking each other: after commits only and seldom; and the slots by which processes are told apart."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import asyncpg
import pytest

from phyle.powers import NONE
from phyle.settings import Settings
from phyle.store.jobs import Body, local
from phyle.store.pool import opened
from phyle.store.sql import Query
from phyle.store.transaction import Store, Tx
from tests.servers import eventually
from tests.store.clusters import ask


async def _nothing(_tx: Tx, _body: Body) -> None:
    pass


@pytest.fixture
async def store(database: str, settings: Settings) -> AsyncIterator[Store]:
    async with opened(settings, database, jobs={"nothing": local(_nothing, NONE)}, subscriptions={}) as store:
        yield store


@contextlib.asynccontextmanager
async def _listening(database: str) -> AsyncIterator[list[str]]:
    heard: list[str] = []
    connection = await asyncpg.connect(database)
    for channel in ("jobs", "network_jobs", "deliveries", "end"):
        await connection.add_listener(channel, lambda _c, _pid, channel, _payload: heard.append(channel))
    try:
        yield heard
    finally:
        await connection.close()


async def _all_heard(store: Store, heard: list[str]) -> list[str]:
    """What was heard before a last notification, which comes after all that were sent before it."""
    await asyncio.sleep(0.05)
    async with store.reading() as tx:
        await tx.value(Query("SELECT pg_notify('end', '')"))

    async def ended() -> bool:
        return "end" in heard

    await eventually(ended)
    return heard[: heard.index("end")]


async def test_others_are_woken_after_the_commit_and_not_before(store: Store, database: str) -> None:
    async with _listening(database) as heard:
        async with store.transaction() as tx:
            await tx.queue("nothing", {})
            await asyncio.sleep(0.1)
            assert heard == []
        assert await _all_heard(store, heard) == ["jobs"]


async def test_what_is_rolled_back_wakes_nobody(store: Store, database: str) -> None:
    async with _listening(database) as heard:
        with contextlib.suppress(ZeroDivisionError):
            async with store.transaction() as tx:
                await tx.queue("nothing", {})
                raise ZeroDivisionError
        assert await _all_heard(store, heard) == []


async def test_a_thousand_wakes_are_few_notifications(store: Store, database: str) -> None:
    async with _listening(database) as heard:
        started = asyncio.get_running_loop().time()
        for _ in range(1000):
            store.wakes.wake("jobs")
            store.wakes.wake("deliveries")
            await asyncio.sleep(0)
        took = asyncio.get_running_loop().time() - started
        told = await _all_heard(store, heard)
        assert set(told) == {"jobs", "deliveries"}
        assert len(told) <= 2 * (took / 0.02 + 2)


async def test_what_is_woken_while_others_are_told_is_told_too(store: Store, database: str) -> None:
    async with _listening(database) as heard:
        store.wakes.wake("jobs")
        async with store.wakes._asking:  # the notification waits to be sent
            await asyncio.sleep(0.05)
            store.wakes.wake("deliveries")
        assert await _all_heard(store, heard) == ["jobs", "deliveries"]


@pytest.mark.parametrize("steps", range(5))
async def test_a_waiting_task_can_be_ended_in_the_moment_it_is_woken(store: Store, steps: int) -> None:
    async def wait_forever() -> None:
        while True:
            await store.wakes.wait("jobs")

    task = asyncio.create_task(wait_forever())
    await asyncio.sleep(0.01)
    store.wakes.wake("jobs")
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=1)
    task.cancel()
    assert done == {task}


async def test_each_process_has_a_slot_of_its_own(store: Store, database: str, settings: Settings) -> None:
    async with contextlib.AsyncExitStack() as stack:
        others = [
            await stack.enter_async_context(opened(settings, database, jobs={}, subscriptions={})) for _ in range(5)
        ]
        slots = {store.wakes.slot, *(other.wakes.slot for other in others)}
        assert len(slots) == 6
        assert set(await store.wakes.live_slots()) == slots
        made = [await _ids(other) for other in (store, *others)]
        assert len(set().union(*made)) == 6 * 3000


async def _ids(store: Store) -> set[int]:
    async with store.reading() as tx:
        return {tx.new_id() for _ in range(3000)}


async def _lose_connection(store: Store, database: str) -> None:
    """As if its session had been killed."""
    pid = store.wakes._connection.get_server_pid()
    await ask(database.replace("phyle_server@", "postgres@"), f"SELECT pg_terminate_backend({pid}, 5000)")


async def _connected(store: Store) -> bool:
    return not store.wakes._connection.is_closed()


async def test_a_lost_connection_is_made_again_with_the_same_slot(store: Store, database: str) -> None:
    slot = store.wakes.slot
    await _lose_connection(store, database)

    async def again() -> bool:
        return await _connected(store)

    await eventually(again)
    assert store.wakes.slot == slot
    assert slot in await store.wakes.live_slots()
    async with _listening(database) as heard:
        store.wakes.wake("jobs")
        assert await _all_heard(store, heard) == ["jobs"]


async def test_a_slot_that_was_taken_meanwhile_is_left_to_the_other(store: Store, database: str) -> None:
    slot, before = store.wakes.slot, max(await _ids(store))
    other = await asyncpg.connect(database)
    try:
        await _lose_connection(store, database)
        assert await other.fetchval("SELECT pg_try_advisory_lock(1347963205, $1)", slot)

        async def moved() -> bool:
            return store.wakes.slot != slot and await _connected(store)

        await eventually(moved)
        assert store.sequence.slot == store.wakes.slot
        assert min(await _ids(store)) > before
    finally:
        await other.close()
