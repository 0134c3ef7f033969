"""`growth`: `home` and `inbox` again when there are a hundred times as many posts."""

from collections.abc import AsyncIterator
from datetime import timedelta

from bench import home, inbox, seed
from bench.instance import Instance, Member, instance
from bench.report import Result, progress

FEW = 10_000
_FOLLOWED = 200


async def measure(*, quick: bool) -> AsyncIterator[Result]:
    """The ratio of CPU times; it would be 1 if the number of posts did not matter."""
    many = 100_000 if quick else 1_000_000
    times, count = (600, 1000) if quick else (2000, 2500)
    async with instance() as measured:
        base, (member,) = await home.filled(measured, (_FOLLOWED,), FEW)
        by = await inbox.senders(measured)
        small = await _both(measured, member, by, times, count)
        seconds = await seed.posts(measured, base, FEW + 1, many, home.AUTHORS, until=timedelta(hours=1))
        async with measured.database() as database:
            await seed.home(database, member)
        progress(f"  {many - FEW} more posts in {seconds:.0f} s")
        large = await _both(measured, member, by, times, count)
    for name, before, after, n in zip(("home", "inbox"), small, large, (times, count), strict=True):
        yield Result(
            bench=f"growth.{name}",
            value=after / before,
            unit=f"CPU at {many} posts to CPU at {FEW}",
            limit=1.0,
            n=n,
            aim=1.3,
            more={"ms_few": round(before, 3), "ms_many": round(after, 3)},
        )


async def _both(measured: Instance, member: Member, by: inbox.Senders, times: int, count: int) -> tuple[float, float]:
    await measured.settle()
    done = await home.read(measured, home.home_of(member), times)
    await inbox.take(measured, by, 600)
    taken = await inbox.take(measured, by, count)
    return done.cpu_ms / times, taken.ms
