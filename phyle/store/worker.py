"""The worker: takes jobs and does them, local ones in batches of one commit, network ones side by side."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from phyle.errors import Refusal, Unavailable
from phyle.store.jobs import SQL, Become, Job, backoff
from phyle.store.transaction import Record, Store, Tx

BATCH = 40
SIDE_BY_SIDE = 24
_log = logging.getLogger(__name__)


class Worker:
    """Runs the jobs of one process until cancelled. `net` is what network jobs speak through."""

    def __init__(self, store: Store, net: object) -> None:
        self._store = store
        self._net = net
        self._running: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """All loops; ends only by cancellation, and lets what runs be cancelled with it."""
        await self._free_own()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._forever(self._local_round, "jobs"), name="local jobs")
            group.create_task(self._forever(self._network_round, "network_jobs"), name="network jobs")
            group.create_task(self._watch(), name="recurring jobs")

    async def _forever(self, one_round: Callable[[], Awaitable[bool]], channel: str) -> None:
        while True:
            try:
                busy = await one_round()
            except Unavailable as error:
                _log.warning("jobs wait: %s", error)
                busy = False
                await asyncio.sleep(1)
            if not busy:
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
        except Unavailable:
            raise
        except Exception as error:
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
        name = ""
        try:
            async with self._store.transaction() as tx:
                row = await tx.row(SQL.claim_one, number)
                if row is None:
                    return
                name = row["name"]
                become = await self._store.jobs[name].run(tx, row["body"])
                if not await self._became(tx, number, become):
                    await tx.run(SQL.finish, [number])
        except Unavailable:
            raise
        except Exception as error:
            await self._failed(number, name, error, row["attempts"] if row else 0)

    # Network jobs

    async def _network_round(self) -> bool:
        room = SIDE_BY_SIDE - len(self._running)
        if room <= 0:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            return True
        async with self._store.transaction() as tx:
            taken = await tx.change(SQL.claim_network, room, self._store.wakes.slot)
        for row in taken:
            task = asyncio.create_task(self._network_one(row), name=f"{row['name']} {row['id']}")
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return bool(taken)

    async def _network_one(self, row: Record) -> None:
        try:
            become = await self._store.jobs[row["name"]].run(self._net, self._store, row["body"])
            async with self._store.transaction() as tx:
                if not await self._became(tx, row["id"], become):
                    await tx.run(SQL.finish, [row["id"]])
                    tx.wakes.add("jobs")  # what had the same order key may go on
        except Exception as error:
            await self._failed(row["id"], row["name"], error, row["attempts"])

    # What goes wrong, and what recurs

    async def _failed(self, number: int, name: str, error: Exception, attempts: int) -> None:
        """A refusal ends a job; anything else is tried again later, and in the end kept for a person to see."""
        job: Job | None = self._store.jobs.get(name)
        text = f"{type(error).__name__}: {error}"[:2000]
        async with self._store.transaction() as tx:
            if isinstance(error, Refusal) and error.status < 500:
                _log.info("%s refused: %s", name, error)
                await tx.run(SQL.finish, [number])
            elif job is not None and attempts + 1 < job.attempts:
                _log.warning("%s will be tried again: %s", name, text, exc_info=not isinstance(error, Refusal))
                await tx.run(SQL.postpone, number, backoff(attempts), text)
            else:
                _log.error("%s given up: %s", name, text)
                await tx.run(SQL.give_up, number, text)
            tx.wakes.add("jobs")  # what had the same order key may go on

    async def _free_own(self) -> None:
        async with self._store.transaction() as tx:
            await tx.run(SQL.free_own, self._store.wakes.slot)
            await tx.run(SQL.plan, [name for name, job in self._store.jobs.items() if job.every])

    async def _watch(self) -> None:
        """Every few seconds: free what dead processes had claimed, and do what is due again."""
        while True:
            try:
                slots = await self._store.wakes.live_slots()
                async with self._store.transaction() as tx:
                    if await tx.run(SQL.free, slots):
                        tx.wakes.add("network_jobs")
                for name, job in self._store.jobs.items():
                    if job.every:
                        await self._recur(name, job)
            except Exception as error:
                _log.warning("recurring work waits: %r", error)
            await asyncio.sleep(5)

    async def _recur(self, name: str, job: Job) -> None:
        async with self._store.transaction() as tx:
            if await tx.change(SQL.take_turn, name, job.every):
                await job.run(tx, {})
