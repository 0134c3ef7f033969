"""The worker: takes jobs and does them, local ones in batches of one commit, network ones side by side."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from phyle.errors import Refusal, Unavailable
from phyle.powers import NONE
from phyle.store.jobs import SQL, Become, Job, backoff
from phyle.store.transaction import Record, Store, Tx
from phyle.text import well_formed

BATCH = 40
SIDE_BY_SIDE = 100
LOOK = 5.0
"""Seconds between two looks for what dead processes left, and for what is due again."""
_STRANGE = Job(run=lambda: asyncio.sleep(0), power=NONE)
"""For names that only another release knows: they wait for it as long as for a failure."""
_log = logging.getLogger(__name__)


class Worker:
    """Runs the jobs of one process until cancelled. `net` is what network jobs speak through."""

    def __init__(self, store: Store, net: object) -> None:
        self._store = store
        self._net = net
        self._running: dict[int, asyncio.Task[None]] = {}
        self._claiming = asyncio.Lock()

    async def run(self) -> None:
        """All loops; ends only by cancellation. Whatever goes wrong is logged and tried again."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._forever(self._local_round, "jobs"), name="local jobs")
                group.create_task(self._forever(self._network_round, "network_jobs"), name="network jobs")
                group.create_task(self._watch(), name="recurring jobs")
        finally:
            await self._stop()

    async def _stop(self) -> None:
        """What was running is for others to begin anew, at once rather than when they find that we are gone."""
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        self._running.clear()
        with contextlib.suppress(Unavailable, TimeoutError):
            async with asyncio.timeout(2):
                await self._free()

    async def _forever(self, one_round: Callable[[], Awaitable[bool]], channel: str) -> None:
        while True:
            try:
                if await one_round():
                    continue
            except Unavailable as error:
                _log.warning("jobs wait: %s", error)
                await asyncio.sleep(1)
            except Exception:
                _log.exception("jobs wait after what nobody expected")
                await asyncio.sleep(1)
            await self._store.wakes.wait(channel)

    # Local jobs

    async def _local_round(self) -> bool:
        """One batch in one commit. Falls back to one by one if any of them fails after having written."""
        taken: list[Record] = []
        try:
            async with self._store.transaction() as tx:
                taken = await tx.rows(SQL.claim_local, BATCH)
                over = [row["id"] for row in taken if await self._run_local(tx, row)]
                if over:
                    await tx.run(SQL.finish, over)
        except Exception as error:
            if not taken:
                raise
            _log.info("a batch of %d jobs is done one by one: %r", len(taken), error)
            for row in taken:
                await self._local_alone(row["id"])
        return bool(taken)

    async def _run_local(self, tx: Tx, row: Record) -> bool:
        """Is it over? A refusal before anything was written needs no rollback, so it does not spoil the batch."""
        written = tx.writes
        try:
            become = await self._store.jobs[row["name"]].run(tx, row["body"])
        except Refusal as refusal:
            if tx.writes != written or refusal.status >= 500:
                raise
            _log.info("%s refused: %s", row["name"], refusal)
            return True
        return not await self._became(tx, row["id"], become)

    async def _became(self, tx: Tx, number: int, become: Become | None) -> bool:
        if become is None:
            return False
        network = self._store.jobs[become.job].network
        await tx.run(SQL.become, number, become.job, become.body, network, become.after)
        tx.wakes.add("network_jobs" if network else "jobs")
        return True

    async def _local_alone(self, number: int) -> None:
        row: Record | None = None
        try:
            async with self._store.transaction() as tx:
                row = await tx.row(SQL.claim_one, number)
                if row is None:
                    return
                become = await self._store.jobs[row["name"]].run(tx, row["body"])
                if not await self._became(tx, number, become):
                    await tx.run(SQL.finish, [number])
        except Exception as error:
            if row is None:
                raise
            await self._failed(row, error)

    # Network jobs

    async def _network_round(self) -> bool:
        room = SIDE_BY_SIDE - len(self._running)
        if room <= 0:
            await asyncio.wait(self._running.values(), return_when=asyncio.FIRST_COMPLETED)
            return True
        async with self._claiming:
            async with self._store.transaction() as tx:
                taken = await tx.change(SQL.claim_network, room, self._store.wakes.slot)
            for row in taken:
                task = asyncio.create_task(self._network_one(row), name=f"{row['name']} {row['id']}")
                self._running[row["id"]] = task
        return bool(taken)

    async def _network_one(self, row: Record) -> None:
        try:
            await self._network_done(row)
        except Exception as error:
            _log.warning("%s begins anew: %r", row["name"], error)  # when it is found that nobody runs it
        finally:
            self._running.pop(row["id"], None)

    async def _network_done(self, row: Record) -> None:
        try:
            become = await self._store.jobs[row["name"]].run(self._net, self._store, row["body"])
            async with self._store.transaction() as tx:
                if not await self._became(tx, row["id"], become):
                    await tx.run(SQL.finish, [row["id"]])
                    tx.wakes.add("jobs")  # what had the same order key may go on
        except Exception as error:
            await self._failed(row, error)

    # What goes wrong, and what recurs

    async def _failed(self, row: Record, error: Exception) -> None:
        """A refusal ends a job; anything else is tried again later, and in the end kept for a person to see. That the
        database was away is never the end: raises Unavailable while it still is."""
        name, attempts = row["name"], row["attempts"]
        job = self._store.jobs.get(name, _STRANGE)
        text = well_formed(f"{type(error).__name__}: {error}")[:2000]
        async with self._store.transaction() as tx:
            if isinstance(error, Refusal) and error.status < 500:
                _log.info("%s refused: %s", name, error)
                await tx.run(SQL.finish, [row["id"]])
            elif attempts + 1 < job.attempts or isinstance(error, Unavailable):
                _log.warning("%s will be tried again: %s", name, text, exc_info=not isinstance(error, Refusal))
                await tx.run(SQL.postpone, row["id"], backoff(attempts), text)
            else:
                _log.error("%s given up: %s", name, text)
                await tx.run(SQL.give_up, row["id"], text)
            tx.wakes.add("jobs")  # what had the same order key may go on

    async def _watch(self) -> None:
        """Now and then: free what nobody runs, and do what is due again."""
        planned = False
        while True:
            try:
                await self._free()
                planned = planned or await self._plan()
                for name, job in self._store.jobs.items():
                    if job.every:
                        await self._recur(name, job)
            except Exception as error:
                _log.warning("recurring work waits: %r", error)
            await asyncio.sleep(LOOK)

    async def _free(self) -> None:
        living = await self._store.wakes.live_slots()
        async with self._claiming, self._store.transaction() as tx:
            if await tx.run(SQL.free, living, self._store.wakes.slot, list(self._running)):
                tx.wakes.add("network_jobs")

    async def _plan(self) -> bool:
        async with self._store.transaction() as tx:
            await tx.run(SQL.plan, [name for name, job in self._store.jobs.items() if job.every])
        return True

    async def _recur(self, name: str, job: Job) -> None:
        """One that fails is tried again at the next look, and does not keep the others from their turn."""
        try:
            async with self._store.transaction() as tx:
                if await tx.change(SQL.take_turn, name, job.every):
                    await job.run(tx, {})
        except Unavailable:
            raise
        except Exception:
            _log.exception("%s failed", name)
