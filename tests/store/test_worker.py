"""The worker: local jobs once with their effect, network jobs at least once, and none that keeps the others from it."""

import asyncio
import logging
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from phyle.errors import Refused, Unreachable
from phyle.powers import NONE
from phyle.settings import Settings
from phyle.store.jobs import Become, Body, Job, local, network, recurring
from phyle.store.pool import opened
from phyle.store.sql import Query
from phyle.store.transaction import Store, Tx
from phyle.store.worker import Worker
from tests.servers import eventually
from tests.store.working import at_work, effects, left, prepared, queue, write

NOW = Query("UPDATE store.jobs SET run_at = now()")
CLAIMED = Query("UPDATE store.jobs SET claimed_by = $1")


async def _nothing_left(store: Store) -> bool:
    return not await left(store)


async def _has(store: Store, number: int) -> bool:
    return len(await effects(store)) >= number


async def _first_left(store: Store, field: str) -> Any:
    rows = await left(store)
    return rows and rows[0][field]


async def test_two_processes_do_each_job_once(settings: Settings, database: str) -> None:
    jobs = {"write": local(write, NONE)}
    async with prepared(settings, database, jobs) as one:
        async with opened(settings, database, jobs=jobs, subscriptions={}) as other:
            for start in range(0, 300, 30):
                await queue(one, "write", *({"what": str(number)} for number in range(start, start + 30)))
            async with at_work(one, other):
                await eventually(partial(_nothing_left, one))
        assert Counter(await effects(one)) == Counter(str(number) for number in range(300))


async def test_a_refusal_ends_its_job_and_leaves_no_half_of_it(settings: Settings, database: str) -> None:
    async def refuse(tx: Tx, body: Body) -> None:
        if body["after"]:
            await write(tx, {"what": "half"})
        raise Refused("No.")

    async with prepared(settings, database, {"write": local(write, NONE), "refuse": local(refuse, NONE)}) as store:
        await queue(store, "write", {"what": "before"})
        await queue(store, "refuse", {"after": False}, {"after": True})
        await queue(store, "write", {"what": "behind"})
        async with at_work(store):
            await eventually(partial(_nothing_left, store))
        assert await effects(store) == ["before", "behind"]


async def test_one_that_fails_does_not_keep_a_batch(
    settings: Settings, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "phyle.store.worker")  # test processes cannot tell each other half a character

    async def fail(tx: Tx, body: Body) -> None:
        await write(tx, body)
        raise ValueError("a bug, with a \0 and a \ud800 in its words")

    async with prepared(
        settings, database, {"write": local(write, NONE), "fail": local(fail, NONE, attempts=2)}
    ) as store:
        await queue(store, "write", {"what": "before"})
        await queue(store, "fail", {"what": "half"})
        await queue(store, "write", {"what": "behind"})
        async with at_work(store):
            await eventually(partial(_has, store, 2))
            await eventually(partial(_first_left, store, "attempts"))
            (row,) = await left(store)
            assert (row["failed_at"], row["run_at"] > row["queued_at"]) == (None, True)
            async with store.transaction() as tx:
                await tx.run(NOW)
            await eventually(partial(_first_left, store, "failed_at"))
        assert await effects(store) == ["before", "behind"]
        assert "a bug" in (await left(store))[0]["last_error"]


async def test_a_query_without_end_stops_only_its_own_job(settings: Settings, database: str) -> None:
    async def linger(tx: Tx, _: Body) -> None:
        await tx.value(Query("SELECT set_config('statement_timeout', '50ms', true)"))
        await tx.value(Query("SELECT pg_sleep(10)"))

    async with prepared(
        settings, database, {"write": local(write, NONE), "linger": local(linger, NONE, attempts=1)}
    ) as store:
        await queue(store, "linger", {})
        await queue(store, "write", {"what": "behind"})
        async with at_work(store):
            await eventually(partial(_has, store, 1))
            await eventually(partial(_first_left, store, "attempts"))
        assert await _first_left(store, "failed_at") is None


async def test_a_job_of_a_newer_release_waits_for_it(settings: Settings, database: str) -> None:
    async with prepared(settings, database, {"write": local(write, NONE)}) as store:
        async with opened(settings, database, jobs={"later": local(write, NONE)}, subscriptions={}) as newer:
            await queue(newer, "later", {"what": "later"})
            async with at_work(store):
                await eventually(partial(_first_left, store, "attempts"))
            async with newer.transaction() as tx:
                await tx.run(NOW)
            async with at_work(newer):
                await eventually(partial(_nothing_left, newer))
        assert await effects(store) == ["later"]


async def test_equal_keys_go_in_order_and_never_side_by_side(settings: Settings, database: str) -> None:
    running: Counter[str] = Counter()

    async def careful(tx: Tx, body: Body) -> None:
        running[body["key"]] += 1
        assert running[body["key"]] == 1
        await tx.value(Query("SELECT pg_sleep(0.002)"))
        await write(tx, {"what": f"{body['key']}{body['number']:02}"})
        running[body["key"]] -= 1

    jobs = {"careful": local(careful, NONE, ordered_by=("key",))}
    async with prepared(settings, database, jobs) as one:
        async with opened(settings, database, jobs=jobs, subscriptions={}) as other:
            await queue(one, "careful", *({"key": key, "number": number} for number in range(12) for key in "abc"))
            async with at_work(one, other):
                await eventually(partial(_nothing_left, one))
        done = await effects(one)
        assert len(done) == 36
        for key in "abc":
            mine = [what for what in done if what.startswith(key)]
            assert mine == sorted(mine)


async def test_what_becomes_another_job_keeps_its_place(settings: Settings, database: str) -> None:
    may_go_on, gathering = asyncio.Event(), asyncio.Event()

    async def begin(_tx: Tx, body: Body) -> Become:
        return Become(job="gather", body=body)

    async def gather(_net: object, _store: Store, body: Body) -> Become:
        gathering.set()
        await may_go_on.wait()
        return Become(job="write", body=body)

    jobs = {"begin": local(begin, NONE), "gather": network(gather, NONE), "write": local(write, NONE)}
    async with prepared(settings, database, jobs) as store:
        await queue(store, "begin", {"what": "first"}, order_key="k")
        await queue(store, "write", {"what": "second"}, order_key="k")
        await queue(store, "write", {"what": "another"})
        async with at_work(store):
            await asyncio.wait_for(gathering.wait(), 10)
            await eventually(partial(_has, store, 1))
            assert await effects(store) == ["another"]
            may_go_on.set()
            await eventually(partial(_nothing_left, store))
        assert await effects(store) == ["another", "first", "second"]


async def _note(_net: object, store: Store, body: Body) -> None:
    async with store.transaction() as tx:
        await write(tx, body)


async def test_what_a_dead_process_had_claimed_is_done(settings: Settings, database: str) -> None:
    async with prepared(settings, database, {"note": network(_note, NONE)}) as store:
        dead = (store.wakes.slot + 1) % 64
        await queue(store, "note", {"what": "claimed by the dead"})
        async with store.transaction() as tx:
            await tx.run(CLAIMED, dead)
        async with at_work(store):
            await eventually(partial(_nothing_left, store))


async def test_what_a_living_process_had_claimed_is_left_to_it(settings: Settings, database: str) -> None:
    async with prepared(settings, database, {"note": network(_note, NONE)}) as store:
        async with opened(settings, database, jobs={}, subscriptions={}) as other:
            await queue(store, "note", {"what": "claimed"})
            async with store.transaction() as tx:
                await tx.run(CLAIMED, other.wakes.slot)
            await Worker(store, object())._free()
            assert (await left(store))[0]["claimed_by"] == other.wakes.slot
        await Worker(store, object())._free()  # gone a moment ago: perhaps it only connects again
        assert (await left(store))[0]["claimed_by"] == other.wakes.slot


async def test_a_claim_whose_answer_was_lost_is_found(settings: Settings, database: str) -> None:
    async with prepared(settings, database, {"note": network(_note, NONE)}) as store:
        await queue(store, "note", {"what": "claimed by nobody who knows"})
        async with store.transaction() as tx:
            await tx.run(CLAIMED, store.wakes.slot)
        async with at_work(store):
            await eventually(partial(_nothing_left, store))


async def test_what_runs_at_the_end_is_free_for_others(settings: Settings, database: str) -> None:
    started = asyncio.Event()

    async def forever(_net: object, _store: Store, _body: Body) -> None:
        started.set()
        await asyncio.Event().wait()

    async with prepared(settings, database, {"forever": network(forever, NONE)}) as store:
        await queue(store, "forever", {})
        async with at_work(store):
            await asyncio.wait_for(started.wait(), 10)
            assert (await left(store))[0]["claimed_by"] == store.wakes.slot
        assert (await left(store))[0]["claimed_by"] is None


@pytest.mark.parametrize(("error", "kept"), [(Refused("No."), False), (Unreachable("Away."), True)])
async def test_a_network_job_is_tried_again_and_then_kept(
    settings: Settings, database: str, error: Exception, kept: bool
) -> None:
    async def fail(_net: object, _store: Store, _body: Body) -> None:
        raise error

    async with prepared(settings, database, {"fail": network(fail, NONE, attempts=1)}) as store:
        await queue(store, "fail", {})
        async with at_work(store):
            await eventually(partial(_first_left, store, "failed_at") if kept else partial(_nothing_left, store))


async def test_recurring_work_is_done_by_one_of_several(settings: Settings, database: str) -> None:
    async def tick(tx: Tx, _body: Body) -> None:
        await write(tx, {"what": "tick"})

    async def fail(_tx: Tx, _body: Body) -> None:
        raise ValueError("a bug")

    hour = timedelta(hours=1)
    jobs: dict[str, Job] = {
        "fail": recurring(fail, NONE, every=hour),
        "tick": recurring(tick, NONE, every=hour),
    }
    async with prepared(settings, database, jobs) as one:
        async with opened(settings, database, jobs=jobs, subscriptions={}) as other:
            async with at_work(one, other):
                await eventually(partial(_has, one, 1))
            for store in (one, other):  # each looks once more
                await Worker(store, object())._recur("tick", jobs["tick"])
        assert await effects(one) == ["tick"]
