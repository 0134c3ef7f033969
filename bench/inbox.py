"""`inbox`: signed Create(Note) from 20 known actors elsewhere, 32 in flight, until visible in a follower's home."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from bench import floors, load, notes, seed
from bench.instance import Instance, Member, instance, until
from bench.notes import Author
from bench.report import Result, progress

AUTHORS = 20
IN_FLIGHT = 32
_BUSY = "SELECT EXISTS (SELECT FROM store.jobs WHERE NOT network AND failed_at IS NULL AND run_at <= now())"
_GROUP = 7  # of ids; `home` and `growth` use others


@dataclass
class Senders:
    """Twenty people elsewhere whom `follower` follows."""

    follower: Member
    authors: list[Author]
    sent: int = 0
    homes: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """CPU ms for each activity, and how many were visible in a second."""

    ms: float
    per_second: float
    p95_ms: float


async def senders(measured: Instance) -> Senders:
    """Seeds them, with keys, and their follower."""
    follower = await measured.member("reader")
    async with measured.database() as database:
        base = await seed.actors(database, _GROUP, AUTHORS, "inbox#.example")
        pems = await seed.with_keys(database, base, AUTHORS)
        await seed.follow(database, follower, base, AUTHORS)
    return Senders(follower, [Author.number(number, pem) for number, pem in enumerate(pems, 1)])


async def take(measured: Instance, by: Senders, count: int) -> Taken:
    """Sends so many activities and waits until the last is in the follower's home."""
    requests = [notes.request(by.authors[number % AUTHORS], number) for number in range(by.sent, by.sent + count)]
    by.sent += count
    async with measured.database() as database:
        before = await _at_home(database, by.follower)
        done = await load.run(measured.port, requests, connections=IN_FLIGHT, times=count, clock=measured.cpu_ms)
        done.expect("202")

        async def visible() -> bool:
            if await database.fetchval(_BUSY):  # cheaper than to count, and it is counted too
                return False
            return await _at_home(database, by.follower) - before >= count

        async with asyncio.timeout(120):
            await until(visible)
        seconds = time.monotonic() - done.began
        await asyncio.sleep(0.05)
        spent = measured.cpu_ms() - done.cpu_before
    progress(f"  {count} activities: {spent / count:.3f} ms each, {count / seconds:.0f} visible per second")
    return Taken(ms=spent / count, per_second=count / seconds, p95_ms=done.p95_ms)


async def _at_home(database: object, member: Member) -> int:
    query = "SELECT count(*) FROM conversation.home WHERE member = $1"
    found: int = await database.fetchval(query, member.id)  # type: ignore[attr-defined]
    return found


async def measure(*, quick: bool) -> AsyncIterator[Result]:
    """CPU ms for each activity, and how many become visible in a second."""
    count = 1500 if quick else 4000
    async with instance() as measured:
        by = await senders(measured)
        await measured.settle()
        await take(measured, by, 600)
        taken = await take(measured, by, count)
        resident, _ = measured.memory_mb()
        floor = await floors.keep(measured, connections=IN_FLIGHT)
        fsync = floors.fsync_ms(measured.place.folder)
    verification = floors.rsa_verification_ms()
    yield Result(
        bench="inbox",
        value=taken.ms,
        unit="CPU ms per activity",
        limit=floor.ms + verification,
        n=count,
        aim=2.5,
        more={"p95_ms": round(taken.p95_ms, 1), "resident_mb": round(resident, 1)},
    )
    yield Result(
        bench="inbox.visible",
        value=taken.per_second,
        unit="activities per second",
        limit=floor.per_second,
        n=count,
        aim=400,
        more={"fsync_ms": round(fsync, 3)},
    )
