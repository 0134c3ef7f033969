"""The conductor of deliveries: claims rows lane by lane, signs in threads, sends side by side, closes in batches.

One lane per host. Equal order keys go one after the other, different ones side by side, up to `WINDOW` at a time; a
lane that failed is probed with one. 2xx and permanent refusals end a row; a row or a lane that may work later backs off.
"""

import asyncio
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

SQL = queries(__file__)

WINDOW = 20
SIDE_BY_SIDE = 800
BATCH = 256
_SIGNED_TOGETHER = 16
_GIVEN_UP = 60
"""After so many refusals that might pass (about six weeks at the longest pause) a single row is dropped."""
_LONGEST_PAUSE = timedelta(hours=1)
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
    """What is on its way from this process."""

    hosts: Counter[str] = field(default_factory=Counter)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    failing: set[str] = field(default_factory=set)


class Delivery:
    """Delivers for one process until cancelled."""

    def __init__(self, store: Store, net: Net, *, user_agent: str) -> None:
        self._store = store
        self._net = net
        self._user_agent = user_agent
        self._flight = _Flight()
        self._outcomes: list[_Outcome] = []
        self._landed = asyncio.Event()
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="signing")
        self._activities: OrderedDict[int, _Activity] = OrderedDict()

    async def run(self) -> None:
        """Both loops; ends only by cancellation. What was on its way is claimed again by the next process."""
        async with self._store.transaction() as tx:
            await tx.run(SQL.free_own, self._store.wakes.slot)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._send_forever(), name="deliveries")
                group.create_task(self._close_forever(), name="delivered")
                group.create_task(self._free_forever(), name="freed deliveries")
        finally:
            for task in self._flight.tasks:
                task.cancel()
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def _send_forever(self) -> None:
        while True:
            try:
                busy = await self._send_round()
            except Unavailable as error:
                _log.warning("deliveries wait: %s", error)
                await asyncio.sleep(1)
                continue
            if not busy:
                await self._store.wakes.wait("deliveries")

    async def _send_round(self) -> bool:
        room = min(BATCH, SIDE_BY_SIDE - len(self._flight.tasks))
        if room <= 0:
            await asyncio.wait(self._flight.tasks, return_when=asyncio.FIRST_COMPLETED)
            return True
        claimed = await self._claim(room)
        for start in range(0, len(claimed), _SIGNED_TOGETHER):
            self._launch(claimed[start : start + _SIGNED_TOGETHER])
        return bool(claimed)

    async def _claim(self, room: int) -> list[Record]:
        hosts = list(self._flight.hosts)
        rooms = [0 if host in self._flight.failing else max(0, WINDOW - self._flight.hosts[host]) for host in hosts]
        async with self._store.transaction() as tx:
            rows = await tx.change(SQL.claim, room, self._store.wakes.slot, hosts, rooms, WINDOW)
            if missing := {row["activity"] for row in rows} - self._activities.keys():
                await self._load(tx, list(missing))
        return rows

    async def _load(self, tx: Tx, numbers: list[int]) -> None:
        for row in await tx.rows(SQL.activities, numbers):
            signer = Signer(key_id=f"{row['sender_uri']}#main-key", key=keys.rsa(row["private"]))
            self._activities[row["id"]] = _Activity(body=row["body"], digest=row["digest"], signer=signer)
        while len(self._activities) > 2000:
            self._activities.popitem(last=False)

    def _launch(self, rows: list[Record]) -> None:
        """One hop to a thread signs several; then each goes its own way."""
        for row in rows:
            self._flight.hosts[row["host"]] += 1
            if row["failures"]:
                self._flight.failing.add(row["host"])
        task = asyncio.create_task(self._sign_and_send(rows))
        self._flight.tasks.add(task)
        task.add_done_callback(self._flight.tasks.discard)

    async def _sign_and_send(self, rows: list[Record]) -> None:
        jobs = [self._outgoing(row, "rfc9421" if row["rfc9421"] else "cavage") for row in rows]
        try:
            signed = await asyncio.get_running_loop().run_in_executor(self._threads, signatures.sign_many, jobs)
        except Refusal as refusal:
            for row in rows:
                self._land(_Outcome(row=row, done=True, error=str(refusal)))
            return
        sending = [asyncio.create_task(self._send(row, headers)) for row, headers in zip(rows, signed, strict=True)]
        await asyncio.gather(*sending)

    def _outgoing(self, row: Record, style: signatures.Style) -> Outgoing:
        activity = self._activities[row["activity"]]
        return Outgoing(
            signer=activity.signer,
            method="POST",
            url=row["inbox"],
            now=now(),
            digest=activity.digest,
            style=style,
            headers={"Content-Type": CONTENT_TYPE},
        )

    async def _send(self, row: Record, headers: dict[str, str]) -> None:
        body = self._activities[row["activity"]].body
        try:
            headers["User-Agent"] = self._user_agent
            answer = await self._net.post(row["inbox"], headers=headers, body=body)
            if answer.status == 401 and "Signature-Input" in headers:
                answer = await self._again_in_the_old_way(row, body)
            self._land(_judge(row, answer))
        except Refusal as refusal:
            self._land(_Outcome(row=row, lane_pause=_pause(row["failures"] + 1), error=str(refusal)))

    async def _again_in_the_old_way(self, row: Record, body: bytes) -> Answer:
        """A peer that once took RFC 9421 does so no longer: the older signature is tried at once, and remembered."""
        (signed,) = await asyncio.get_running_loop().run_in_executor(
            self._threads, signatures.sign_many, [self._outgoing(row, "cavage")]
        )
        async with self._store.transaction() as tx:
            await tx.run(SQL.lane_not_rfc9421, row["host"])
        return await self._net.post(row["inbox"], headers={**signed, "User-Agent": self._user_agent}, body=body)

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
                async with self._store.transaction() as tx:
                    await self._close(tx, outcomes)
                    tx.wakes.add("deliveries")
            except Unavailable as error:
                _log.warning("what was delivered is noted later: %s", error)
                self._outcomes = outcomes + self._outcomes
                self._landed.set()
                await asyncio.sleep(1)
                continue
            self._leave(outcomes)

    def _leave(self, outcomes: list[_Outcome]) -> None:
        for outcome in outcomes:
            host = outcome.row["host"]
            self._flight.hosts[host] -= 1
            if not self._flight.hosts[host]:
                del self._flight.hosts[host]
                self._flight.failing.discard(host)

    async def _close(self, tx: Tx, outcomes: list[_Outcome]) -> None:
        hosts = sorted({outcome.row["host"] for outcome in outcomes})
        await tx.rows(SQL.lock_lanes, hosts)
        if done := [o.row["id"] for o in outcomes if o.done]:
            await tx.run(SQL.finish, done)
        if again := [o for o in outcomes if not o.done]:
            pauses = [o.row_pause or timedelta() for o in again]
            await tx.run(SQL.retry, [o.row["id"] for o in again], pauses, [o.error[:500] for o in again])
        if succeeded := sorted({o.row["host"] for o in outcomes if o.succeeded}):
            await tx.run(SQL.lanes_succeeded, succeeded)
        for outcome in outcomes:
            if outcome.lane_pause is not None and outcome.row["host"] not in succeeded:
                await tx.run(SQL.lane_failed, outcome.row["host"], outcome.lane_pause, outcome.error[:500])
            if outcome.close and await tx.value(SQL.is_shared_inbox, outcome.row["host"], outcome.row["inbox"]):
                await outgoing.close_lane(tx, outcome.row["host"], "its shared inbox is gone (410)")

    async def _free_forever(self) -> None:
        """What a process had claimed that is no longer there is free again."""
        while True:
            await asyncio.sleep(5)
            try:
                slots = await self._store.wakes.live_slots()
                async with self._store.transaction() as tx:
                    if await tx.run(SQL.free, slots):
                        tx.wakes.add("deliveries")
            except (Unavailable, OSError) as error:
                _log.warning("deliveries of others are freed later: %s", error)


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
