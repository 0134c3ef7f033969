"""The conductor of deliveries: claims rows lane by lane, signs in threads, sends side by side, closes in batches.

One lane per host. Equal order keys go one after the other, different ones side by side, up to `WINDOW` at a time once
the host answers; a lane that failed is probed with one. 2xx and permanent refusals end a row; a row or lane that may
work later backs off.
"""

import asyncio
import contextlib
import logging
from collections import Counter, OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

from phyle.clock import now
from phyle.errors import Refusal, Unavailable
from phyle.federation import outgoing, signatures
from phyle.federation.net import Answer, Net
from phyle.federation.signatures import Outgoing, Signer
from phyle.identity import keys
from phyle.store.jobs import backoff
from phyle.store.sql import queries
from phyle.store.transaction import Record, Store, Tx
from phyle.text import well_formed

SQL = queries(__file__)

WINDOW = 20
FIRST = 5
"""How many are on their way to a host before it has answered one of them: those that hang hold few places."""
SIDE_BY_SIDE = 800
BATCH = 256
_SIGNED_TOGETHER = 16
_GIVEN_UP = 60
"""After so many refusals that might pass (about six weeks at the longest pause) a single row is dropped."""
_LONGEST_PAUSE = timedelta(hours=1)
_REMEMBERED = 2000
_LOOK = 5.0
_LATER = frozenset({401, 408, 425, 429})
_HOST_IS_AWAY = frozenset({429, 502, 503, 504})
CONTENT_TYPE = "application/activity+json"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Activity:
    body: bytes
    digest: str
    signer: Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parcel:
    """One row, and what it delivers."""

    row: Record
    activity: _Activity


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What became of one row. `lane_pause`: the whole lane waits; `row_pause`: only this row does."""

    row: Record
    done: bool = False
    succeeded: bool = False
    row_pause: timedelta | None = None
    lane_pause: timedelta | None = None
    close: bool = False
    error: str = ""


@dataclass(slots=True)
class _Flight:
    """What is on its way from this process: rows until they are closed, tasks until they have landed."""

    rows: set[int] = field(default_factory=set)
    hosts: Counter[str] = field(default_factory=Counter)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    failing: set[str] = field(default_factory=set)
    answering: set[str] = field(default_factory=set)

    def room(self, host: str) -> int:
        """How many more may go to a host that has some on their way."""
        window = WINDOW if host in self.answering else FIRST
        return 0 if host in self.failing else max(0, window - self.hosts[host])

    def left(self, host: str, *, answered: bool) -> None:
        """One of the host's is closed."""
        if answered:
            self.answering.add(host)
        self.hosts[host] -= 1
        if not self.hosts[host]:
            del self.hosts[host]
            self.failing.discard(host)
            self.answering.discard(host)


class Delivery:
    """Delivers for one process until cancelled."""

    def __init__(self, store: Store, net: Net, *, user_agent: str) -> None:
        self._store = store
        self._net = net
        self._user_agent = user_agent
        self._flight = _Flight()
        self._outcomes: list[_Outcome] = []
        self._landed = asyncio.Event()
        self._claiming = asyncio.Lock()
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="signing")
        self._activities: OrderedDict[int, _Activity] = OrderedDict()

    async def run(self) -> None:
        """All loops; ends only by cancellation. What was on its way is for whoever comes next."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._send_forever(), name="deliveries")
                group.create_task(self._close_forever(), name="delivered")
                group.create_task(self._free_forever(), name="freed deliveries")
        finally:
            await self._stop()

    async def _stop(self) -> None:
        for task in self._flight.tasks:
            task.cancel()
        await asyncio.gather(*self._flight.tasks, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)
        with contextlib.suppress(Exception):  # the next process frees them too, a little later
            async with asyncio.timeout(3):
                if self._outcomes:
                    await self._close_all(self._outcomes)
                self._flight.rows.clear()
                await self._free()

    async def _send_forever(self) -> None:
        while True:
            try:
                if await self._send_round():
                    continue
            except Unavailable as error:
                _log.warning("deliveries wait: %s", error)
                await asyncio.sleep(1)
            except Exception:
                _log.exception("deliveries wait after what nobody expected")
                await asyncio.sleep(1)
            await self._store.wakes.wait("deliveries")

    async def _send_round(self) -> bool:
        room = min(BATCH, SIDE_BY_SIDE - len(self._flight.rows))
        if self._full:
            await self._store.wakes.wait("deliveries")  # those that land make room
            return True
        claimed = await self._claim(room)
        for start in range(0, len(claimed), _SIGNED_TOGETHER):
            self._launch(claimed[start : start + _SIGNED_TOGETHER])
        return len(claimed) == room  # else nothing more can go before something lands, or is queued

    @property
    def _full(self) -> bool:
        return len(self._flight.rows) >= SIDE_BY_SIDE

    async def _claim(self, room: int) -> list[_Parcel]:
        hosts = list(self._flight.hosts)
        rooms = [self._flight.room(host) for host in hosts]
        async with self._claiming:
            async with self._store.transaction() as tx:
                rows = await tx.change(SQL.claim, room, self._store.wakes.slot, hosts, rooms, FIRST, WINDOW)
                activities = await self._loaded(tx, {row["activity"] for row in rows})
            self._flight.rows.update(row["id"] for row in rows)
        for row in rows:
            self._flight.hosts[row["host"]] += 1
            if row["failures"]:
                self._flight.failing.add(row["host"])
            if row["activity"] not in activities:
                self._land(_Outcome(row=row, done=True, error="its sender has left"))
        return [_Parcel(row=row, activity=activities[row["activity"]]) for row in rows if row["activity"] in activities]

    async def _loaded(self, tx: Tx, numbers: set[int]) -> dict[int, _Activity]:
        """The activities, those of late from memory."""
        if missing := numbers - self._activities.keys():
            for row in await tx.rows(SQL.activities, list(missing)):
                signer = Signer(key_id=f"{row['sender_uri']}#main-key", key=keys.rsa(row["private"]))
                self._activities[row["id"]] = _Activity(body=row["body"], digest=row["digest"], signer=signer)
        found = {number: self._activities[number] for number in numbers if number in self._activities}
        for number in found:
            self._activities.move_to_end(number)
        while len(self._activities) > _REMEMBERED:
            self._activities.popitem(last=False)
        return found

    def _launch(self, parcels: list[_Parcel]) -> None:
        """One hop to a thread signs several; then each goes its own way."""
        task = asyncio.create_task(self._sign_and_send(parcels))
        self._flight.tasks.add(task)
        task.add_done_callback(self._flight.tasks.discard)

    async def _sign_and_send(self, parcels: list[_Parcel]) -> None:
        jobs = [_outgoing(parcel, "rfc9421" if parcel.row["rfc9421"] else "cavage") for parcel in parcels]
        try:
            signed = await self._signed(jobs)
        except Exception as error:
            if len(parcels) > 1:  # it is one of them, not all
                await asyncio.gather(*(self._sign_and_send([parcel]) for parcel in parcels))
                return
            _log.warning("%s cannot be signed for", parcels[0].row["inbox"], exc_info=error)
            self._land(_Outcome(row=parcels[0].row, done=True, error=str(error)))
            return
        sending = [self._send(parcel, headers) for parcel, headers in zip(parcels, signed, strict=True)]
        await asyncio.gather(*sending)

    async def _signed(self, jobs: list[Outgoing]) -> list[dict[str, str]]:
        return await asyncio.get_running_loop().run_in_executor(self._threads, signatures.sign_many, jobs)

    async def _send(self, parcel: _Parcel, headers: dict[str, str]) -> None:
        row = parcel.row
        try:
            answer = await self._posted(parcel, headers)
            if answer.status == 401 and "Signature-Input" in headers:
                answer = await self._again_in_the_old_way(parcel)
            self._land(_judge(row, answer))
        except Refusal as refusal:
            self._land(_Outcome(row=row, lane_pause=_pause(row["failures"] + 1), error=str(refusal)))
        except Exception as error:
            _log.exception("%s was not reached", row["inbox"])
            self._land(_Outcome(row=row, row_pause=_pause(row["attempts"] + 1), error=repr(error)))

    async def _posted(self, parcel: _Parcel, headers: dict[str, str]) -> Answer:
        headers["User-Agent"] = self._user_agent
        return await self._net.post(parcel.row["inbox"], headers=headers, body=parcel.activity.body)

    async def _again_in_the_old_way(self, parcel: _Parcel) -> Answer:
        """A peer that once took RFC 9421 does so no longer: the older signature is tried at once, and remembered."""
        (signed,) = await self._signed([_outgoing(parcel, "cavage")])
        async with self._store.transaction() as tx:
            await tx.run(SQL.lane_not_rfc9421, parcel.row["host"])
        return await self._posted(parcel, signed)

    def _land(self, outcome: _Outcome) -> None:
        self._outcomes.append(outcome)
        self._landed.set()

    # What became of them

    async def _close_forever(self) -> None:
        while True:
            await self._landed.wait()
            await asyncio.sleep(0.01)  # so that those that land together are closed together
            self._landed.clear()
            outcomes, self._outcomes = self._outcomes, []
            try:
                await self._close_all(outcomes)
            except Exception as error:
                _log.warning("what was delivered is noted later: %s", error)
                left = [outcome for outcome in outcomes if outcome.row["id"] in self._flight.rows]
                self._outcomes = left + self._outcomes
                self._landed.set()
                await asyncio.sleep(1)

    async def _close_all(self, outcomes: list[_Outcome]) -> None:
        """Together; one by one when others were in our way, or one cannot be noted. Raises Unavailable."""
        try:
            async with self._store.transaction() as tx:
                await self._close(tx, outcomes)
        except Unavailable:
            raise
        except Exception:
            _log.info("%d outcomes were not noted together", len(outcomes), exc_info=True)
            if len(outcomes) > 1:
                for outcome in outcomes:
                    await self._close_all([outcome])
        self._leave(outcomes)  # one that could not be noted even alone is found, free again, by `_free`

    def _leave(self, outcomes: list[_Outcome]) -> None:
        for outcome in outcomes:
            if outcome.row["id"] not in self._flight.rows:
                continue
            self._flight.rows.discard(outcome.row["id"])
            self._flight.left(outcome.row["host"], answered=outcome.succeeded)

    async def _close(self, tx: Tx, outcomes: list[_Outcome]) -> None:
        hosts = sorted({outcome.row["host"] for outcome in outcomes})
        await tx.rows(SQL.lock_lanes, hosts)
        closed = await self._closed(tx, outcomes)
        if done := [o.row["id"] for o in outcomes if o.done]:
            await tx.run(SQL.finish, done)
        if again := [o for o in outcomes if not o.done]:
            for outcome in again:  # its sender may have left when it is tried again
                self._activities.pop(outcome.row["activity"], None)
            pauses = [o.row_pause or timedelta() for o in again]
            numbers, attempts = [o.row["id"] for o in again], [o.row["attempts"] for o in again]
            await tx.run(SQL.retry, numbers, attempts, pauses, [_noted(o.error) for o in again])
        succeeded = sorted({o.row["host"] for o in outcomes if o.succeeded} - closed)
        lanes = await tx.change(SQL.lanes_succeeded, succeeded) if succeeded else []
        for outcome in outcomes:
            if outcome.lane_pause is not None and outcome.row["host"] not in succeeded:
                await tx.run(SQL.lane_failed, outcome.row["host"], outcome.lane_pause, _noted(outcome.error))
        if len(succeeded) < len(hosts) or any(lane["waiting"] for lane in lanes) or self._full:
            tx.wakes.add("deliveries")  # what waited for these may go; looking for it costs more than a delivery

    async def _closed(self, tx: Tx, outcomes: list[_Outcome]) -> set[str]:
        """The hosts whose shared inbox is gone. What they refused with that is still there to tell since when."""
        closed = set()
        for outcome in outcomes:
            if outcome.close and await tx.value(SQL.is_shared_inbox, outcome.row["host"], outcome.row["inbox"]):
                await outgoing.close_lane(tx, outcome.row["host"], "its shared inbox is gone (410)")
                closed.add(outcome.row["host"])
        return closed

    async def _free_forever(self) -> None:
        while True:
            try:
                await self._free()
            except Exception as error:
                _log.warning("deliveries of others are freed later: %s", error)
            await asyncio.sleep(_LOOK)

    async def _free(self) -> None:
        """What a process had claimed that is gone is free again, as is what we claimed and never learnt of."""
        living = await self._store.wakes.live_slots()
        async with self._claiming, self._store.transaction() as tx:
            if await tx.run(SQL.free, living, self._store.wakes.slot, list(self._flight.rows)):
                tx.wakes.add("deliveries")


def _outgoing(parcel: _Parcel, style: signatures.Style) -> Outgoing:
    return Outgoing(
        signer=parcel.activity.signer,
        method="POST",
        url=parcel.row["inbox"],
        now=now(),
        digest=parcel.activity.digest,
        style=style,
        headers={"Content-Type": CONTENT_TYPE},
    )


def _noted(error: str) -> str:
    """What a peer said, as far as it can be stored."""
    return well_formed(error)[:500]


def _pause(failures: int) -> timedelta:
    return min(backoff(failures), _LONGEST_PAUSE * 1.25)


def _judge(row: Record, answer: Answer) -> _Outcome:
    """The peer spoke: what follows for the row and for its lane."""
    status = answer.status
    error = f"HTTP {status}: {answer.body_start[:200].decode('utf-8', 'replace')}"
    if status < 300:
        return _Outcome(row=row, done=True, succeeded=True)
    if status == 410:
        return _Outcome(row=row, done=True, succeeded=True, close=True, error=error)
    if status in _HOST_IS_AWAY:
        asked = timedelta(seconds=min(answer.retry_after or 0, 6 * 3600))
        return _Outcome(row=row, lane_pause=max(asked, _pause(row["failures"] + 1)), error=error)
    if (status in _LATER or status >= 500) and row["attempts"] < _GIVEN_UP:
        return _Outcome(row=row, succeeded=True, row_pause=_pause(row["attempts"] + 1), error=error)
    _log.info("%s refuses an activity for good: %s", row["inbox"], error)
    return _Outcome(row=row, done=True, succeeded=True, error=error)
