"""Several processes on one ledger: each act is entered once, in order, and nothing that came early counts as late."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest

from phyle.app import JOBS, SUBSCRIPTIONS
from phyle.cooperative.ledger import append, reading
from phyle.cooperative.ledger.acts import submit, submit_in
from phyle.cooperative.tree import hashing
from phyle.errors import Refused
from phyle.settings import Settings
from phyle.store.pool import opened
from phyle.store.transaction import Store, Tx
from tests.cooperative.ledger.phyles import Phyle, step


@pytest.fixture
async def stores(database: str, settings: Settings) -> AsyncIterator[list[Store]]:
    """As of three processes."""
    async with contextlib.AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(opened(settings, database, jobs=JOBS, subscriptions=SUBSCRIPTIONS, size=6))
            for _ in range(3)
        ]


@pytest.fixture
async def phyle(stores: list[Store]) -> Phyle:
    return Phyle(store=stores[0])


async def consistent(phyle: Phyle) -> None:
    """Entries without a gap, times that never fall, and a tree over exactly them."""
    rows = await phyle.rows("SELECT seq, at, hash, leaf FROM cooperative.entries ORDER BY seq")
    assert [row["seq"] for row in rows] == list(range(len(rows)))
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    leaves = hashing.leaves(row["leaf"] for row in rows)
    async with phyle.store.reading() as tx:
        head = await reading.head(tx)
    assert (head.size, head.root) == (len(rows), hashing.root(leaves))


async def test_each_act_is_entered_once_however_many_processes_enter(phyle: Phyle, stores: list[Store]) -> None:
    founders = await phyle.founded()
    ballot = await phyle.to_ballot(await phyle.resolution(founders[0]))
    running = [asyncio.create_task(append.of(store).run()) for store in stores]
    doors = [Phyle(store=store) for store in stores]
    votes = [door.vote(person, ballot, {"paper": "for"}) for _ in range(10) for door in doors for person in founders]
    answers = await asyncio.gather(*votes)
    for each in running:
        each.cancel()
    assert sorted({answer.seq for answer in answers if answer.seq}) == sorted(answer.seq or 0 for answer in answers)
    assert (await phyle.kinds()).count("vote") == 90
    await consistent(phyle)


async def test_the_same_act_at_every_process_is_one_entry(phyle: Phyle, stores: list[Store]) -> None:
    person = (await phyle.founded())[0]
    act = await phyle.document(person, "exit", {})
    answers = await asyncio.gather(*(submit(store, act, author="server-key") for store in stores * 10))
    assert len(set(answers)) == 1
    assert (await phyle.kinds()).count("exit") == 1


async def test_a_vote_received_before_the_close_counts_though_its_commit_comes_later(
    phyle: Phyle, stores: list[Store], database: str
) -> None:
    founders = await phyle.founded()
    ballot = await phyle.to_ballot(await phyle.resolution(founders[0]))
    closes = (await phyle.agenda())[0][0]
    sealed, document = await phyle.paper(founders[0], ballot, {"paper": "for"})
    committed = asyncio.Event()

    async def slow_door() -> None:
        async with stores[1].transaction() as tx:
            await submit_in(tx, document, author="server-key", openings=[sealed])
            received.set()
            await committed.wait()

    received = asyncio.Event()
    door = asyncio.create_task(slow_door())
    await received.wait()
    await step(database, closes - int(time.time() * 1000))
    closing = asyncio.create_task(append.drain(stores[2]))
    done, _ = await asyncio.wait([closing], timeout=0.5)
    before = await phyle.kinds()
    committed.set()
    await asyncio.gather(door, closing)
    assert not done
    assert before[-1] == "open"
    kinds = await phyle.kinds()
    assert kinds[kinds.index("open") + 1 :][:2] == ["vote", "close"]


async def test_a_vote_received_at_the_close_is_late_wherever_it_comes_in(phyle: Phyle, stores: list[Store]) -> None:
    founders = await phyle.founded()
    ballot = await phyle.to_ballot(await phyle.resolution(founders[0]))
    closes = (await phyle.agenda())[0][0]
    await phyle.turn(to=closes - 1)
    await Phyle(store=stores[1]).vote(founders[0], ballot, {"paper": "for"})
    await phyle.turn(to=closes, drain=False)
    with pytest.raises(Refused, match="closed"):
        await Phyle(store=stores[2]).vote(founders[1], ballot, {"paper": "against"})
    counted = await phyle.rows("SELECT value -> 'counts' -> 0 AS c FROM cooperative.slices WHERE kind = 'ballot'")
    assert counted[0]["c"]["for_"] == 1
    assert counted[0]["c"]["against"] == 0


async def test_what_another_door_still_holds_is_waited_for(phyle: Phyle, database: str) -> None:
    founders = await phyle.founded()
    await phyle.to_ballot(await phyle.resolution(founders[0]))
    closes = (await phyle.agenda())[0][0]
    asked: list[int] = []

    async def door(tx: Tx, before: int) -> bool:
        asked.append(before)
        return len(asked) > 3

    append.of(phyle.store).quiet = [door]
    await step(database, closes - int(time.time() * 1000))
    await append.drain(phyle.store)
    closed = await phyle.rows("SELECT at FROM cooperative.entries WHERE kind = 'close'")
    assert closes <= asked[0] <= asked[3] <= closed[0]["at"]


async def test_a_clock_that_steps_back_brings_no_late_vote_before_the_close(phyle: Phyle, database: str) -> None:
    founders = await phyle.founded()
    ballot = await phyle.to_ballot(await phyle.resolution(founders[0]))
    closes = (await phyle.agenda())[0][0]
    await step(database, closes - int(time.time() * 1000))
    await append.drain(phyle.store)
    await step(database, 0)
    with pytest.raises(Refused, match="closed"):
        await phyle.vote(founders[0], ballot, {"paper": "for"})
    late = await phyle.rows("SELECT received FROM cooperative.acts WHERE state = 'refused'")
    assert late[0]["received"] >= closes
    await phyle.act(founders[0], "exit", {})
    await consistent(phyle)
