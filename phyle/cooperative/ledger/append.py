"""The sequencer: whichever process holds the ledger's lock enters what waits and what is due, in one commit."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary, proxy

from phyle.cooperative.law.phyles import next_item
from phyle.cooperative.law.state import State
from phyle.cooperative.ledger import inbox
from phyle.cooperative.ledger.deciding import Batch, Waiting, decide, fault
from phyle.cooperative.ledger.inbox import RECEIVERS, Answer
from phyle.cooperative.ledger.reading import frontier
from phyle.cooperative.ledger.writing import Entered, write
from phyle.cooperative.tree.frontier import Frontier
from phyle.errors import Unavailable
from phyle.store.sql import queries
from phyle.store.transaction import Store, Tx

SQL = queries(__file__)
__all__ = ["AT_ONCE", "Entered", "Quiet", "Sequencer", "drain", "of", "resume", "stop", "stopped"]

LEDGER = 1347963210
"""The lock of whoever enters."""
AT_ONCE = 256
"""Acts in one commit."""
SHORTLY = 0.01
MOST_WARM = 50_000
"""Entries after which a process reads the state anew, so that it does not keep what nobody asks for any more."""
_log = logging.getLogger(__name__)

Quiet = Callable[[Tx, int], Awaitable[bool]]
"""Whether nothing that was received before an instant (milliseconds) is still on its way through another door."""


@dataclass(slots=True)
class _Warm:
    """What the next round need not read again, as long as no other process entered anything: `size` entries."""

    size: int
    first: int
    state: State
    edge: Frontier


@dataclass(slots=True)
class _Round:
    """`more`: something may be left. `barrier`: something is due, and it must be made sure that all is known before."""

    more: bool = False
    barrier: bool = False
    locked: bool = True
    answered: bool = False
    stopped: str = ""
    next_at: int | None = None
    now: int = 0


class Sequencer:
    """The one of a process, had by `of`. `run` keeps the times of the agenda; `drain` enters what there is now."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.quiet: Sequence[Quiet] = ()
        """Asked before what is due is entered."""
        self._awaited: dict[str, list[asyncio.Future[Answer]]] = {}
        self._turn = asyncio.Lock()
        self._poked = asyncio.Event()
        self._draining: asyncio.Task[None] | None = None
        self._warm: _Warm | None = None
        self._pause = 1.0

    async def run(self) -> None:
        """Until cancelled. Whatever goes wrong is logged and tried again; nothing of it is lost or skipped."""
        await self._try_again()
        try:
            while True:
                await self._once()
                await self.store.wakes.wait(inbox.WAKES, seconds=self._pause)
        finally:
            if self._draining is not None:
                self._draining.cancel()

    async def _once(self) -> None:
        try:
            await self.drain()
        except Unavailable as error:
            _log.warning("the ledger waits: %s", error)
            self._pause = 1.0
        except Exception:
            _log.exception("the ledger waits after what nobody expected")
            self._pause = 1.0

    def poke(self) -> None:
        """Something waits: enter it, now or in the round that follows the one under way."""
        self._poked.set()
        if self._draining is None or self._draining.done():
            self._draining = asyncio.create_task(self._drain_quietly(), name="ledger")

    def awaited(self, hash: str) -> asyncio.Future[Answer]:
        """What the act will be answered with, by whichever process. Raises Unavailable when the ledger stands still."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._awaited.setdefault(hash, []).append(future)
        future.add_done_callback(lambda done: self._forget(hash, done))
        return future

    def _forget(self, hash: str, future: asyncio.Future[Answer]) -> None:
        if future.cancelled() and hash in self._awaited:
            self._awaited[hash] = [each for each in self._awaited[hash] if each is not future]
            if not self._awaited[hash]:
                del self._awaited[hash]

    async def _drain_quietly(self) -> None:
        try:
            while self._awaited:
                self._poked.clear()
                await self.drain()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(5 * SHORTLY):
                        await self._poked.wait()
        except Exception as error:
            _log.warning("the ledger waits: %r", error)
            self._stand_still(f"{type(error).__name__}.")

    async def drain(self) -> None:
        """Enter what waits and what is due, until nothing does. Raises what the database raises."""
        async with self._turn:
            while True:
                try:
                    done = await self._round(AT_ONCE)
                except Unavailable:
                    self._warm = None
                    raise
                except Exception as error:
                    done = await self._without_the_culprit(error)
                except BaseException:  # cancelled: whether the round was committed is not known
                    self._warm = None
                    raise
                if done.barrier:
                    await self._make_sure(done.now)
                elif not done.locked:
                    await asyncio.sleep(SHORTLY)
                if done.stopped:
                    self._stand_still(done.stopped)
                if not (done.more or done.barrier) or done.stopped:
                    break
            if not done.answered:
                await self._others()
            self._pause = self._until(done)

    def _until(self, done: _Round) -> float:
        """Seconds until something is due, at most one: other processes may put something on the agenda."""
        if done.next_at is None or done.stopped:
            return 1.0
        return min(1.0, max(0.0, (done.next_at - done.now) / 1000))

    async def _without_the_culprit(self, error: Exception) -> _Round:
        """What the law allows and the database does not hold must not keep the others waiting for ever: what is due is
        tried alone, then the first act alone; that act is refused if it cannot be kept. Raises what is due and cannot
        be."""
        _log.error("the ledger could not be written: %r", error)
        self._warm = None
        done = await self._round(0)
        if done.more or done.barrier or done.stopped or not done.locked:
            return done
        try:
            done = await self._round(1)
        except Unavailable:
            raise
        except Exception:
            _log.exception("an act is refused, because the database does not hold it")
            self._warm = None
            return await self._refuse_first()
        done.more = True
        return done

    async def _refuse_first(self) -> _Round:
        async with self.store.transaction() as tx:
            if not await tx.value(SQL.try_lock, LEDGER):
                return _Round(locked=False, more=True)
            (row,) = await tx.rows(inbox.SQL.waiting, 1)
            batch = Batch(state=State(whole=False), now=row["now"], quiet=row["nothing_before"])
            if row["id"] is not None:
                fault(batch, _waiting(row))
                await write(tx, batch, Frontier())
        self._answer(batch.answers)
        return _Round(more=True, answered=True, now=batch.now)

    async def _round(self, most: int) -> _Round:
        """One commit of at most so many acts, or none if another process is at it."""
        batch: Batch | None = None
        async with self.store.transaction() as tx:
            if not await tx.value(SQL.try_lock, LEDGER):
                return _Round(locked=False, more=bool(await tx.value(inbox.SQL.any_waiting)))
            rows = await tx.rows(inbox.SQL.waiting, most)
            ledger, waiting = rows[0], [_waiting(row) for row in rows if row["id"] is not None]
            if ledger["stopped"]:
                return _Round(stopped=ledger["stopped"])
            warm = await self._state(tx, ledger["size"])
            now = max(ledger["now"], *(act.received for act in waiting), 0)  # whatever the clock did since they came
            batch = Batch(state=warm.state, now=now, quiet=ledger["nothing_before"])
            await decide(tx, batch, waiting, all_of_them=len(waiting) < most or not most)
            edge = await write(tx, batch, warm.edge)
            if batch.failed:
                await tx.run(SQL.stop, batch.failed, True)
        done = self._done(batch, waiting)
        batch.state.absorb(batch.work)
        self._warm = _Warm(size=edge.size, first=warm.first, state=batch.state, edge=edge)
        self._answer(batch.answers)
        return done

    async def _state(self, tx: Tx, size: int) -> _Warm:
        """As the last round left it, if nobody entered anything since; else read anew."""
        warm = self._warm
        if warm is not None and warm.size == size and size - warm.first < MOST_WARM:
            return warm
        return _Warm(size=size, first=size, state=State(whole=False), edge=await frontier(tx))

    def _done(self, batch: Batch, waiting: list[Waiting]) -> _Round:
        item = next_item(batch.work)
        left = len(batch.answers) < len(waiting)
        due = item is not None and item.time <= batch.now
        barrier = item is not None and item.time > batch.quiet and (left or due)
        return _Round(
            more=bool(batch.entries or batch.answers or batch.lost) and (left or due or len(waiting) == AT_ONCE),
            barrier=barrier and not batch.failed,
            answered=bool(batch.answers),
            stopped=batch.failed,
            next_at=item.time if item else None,
            now=batch.now,
        )

    async def _make_sure(self, until: int) -> None:
        """Wait for whatever was received before now and is not committed yet; from then on nothing can be. What was
        found to be due at `until` stays so, even if the clock was set back meanwhile."""
        async with self.store.transaction() as tx:
            now = max(until, await tx.value(SQL.alone, RECEIVERS))
            if all([await each(tx, now) for each in self.quiet]):
                await tx.run(SQL.nothing_before, now)
                return
        await asyncio.sleep(SHORTLY * 5)

    async def _others(self) -> None:
        """What other processes have answered meanwhile."""
        if self._awaited:
            async with self.store.reading() as tx:
                found = await inbox.answers(tx, list(self._awaited))
            self._answer([answer for answer in found.values() if answer.state != "waiting"])

    def _answer(self, answers: Sequence[Answer]) -> None:
        for answer in answers:
            for future in self._awaited.pop(answer.hash, ()):
                if not future.done():
                    future.set_result(answer)

    def _stand_still(self, why: str) -> None:
        error = f"The ledger stands still: {why} What you signed is kept, and will be decided when it goes on."
        for futures in self._awaited.values():
            for future in futures:
                if not future.done():
                    future.set_exception(Unavailable(error))
        self._awaited.clear()

    async def _try_again(self) -> None:
        """A consequence that an older release could not compute is tried anew when a process starts."""
        with contextlib.suppress(Unavailable):
            async with self.store.transaction() as tx:
                await tx.run(SQL.forget_fault)


def _waiting(row: Any) -> Waiting:
    return Waiting(
        id=row["id"],
        hash=row["hash"],
        author=row["author"],
        received=row["received"],
        document=row["document"],
        evidence=row["evidence"],
    )


_SEQUENCERS: WeakKeyDictionary[Store, Sequencer] = WeakKeyDictionary()


def of(store: Store) -> Sequencer:
    """The one sequencer of this process on a store."""
    if store not in _SEQUENCERS:
        _SEQUENCERS[store] = Sequencer(proxy(store))
    return _SEQUENCERS[store]


async def drain(store: Store) -> None:
    """Enter what waits and what is due, now."""
    await of(store).drain()


async def stop(tx: Tx, reason: str) -> None:
    """From this commit on nothing is entered; acts are still received, and wait."""
    await tx.run(SQL.stop, reason[:2000], False)


async def resume(tx: Tx) -> None:
    """Enter again."""
    await tx.run(SQL.resume)
    tx.wakes.add(inbox.WAKES)


async def stopped(tx: Tx) -> str | None:
    """Why nothing is entered, None if the ledger goes on."""
    why: str | None = await tx.value(SQL.stopped)
    return why
