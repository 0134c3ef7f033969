"""`home`: 20 posts out of 5,000, for those who follow few and many. `status`: one post."""

from collections.abc import AsyncIterator
from datetime import timedelta

from bench import floors, load, seed
from bench.instance import DOMAIN, Instance, Member, instance
from bench.report import Result, progress

POSTS = AUTHORS = 5000
FOLLOWED = (5, 200, 5000)
_CONNECTIONS = 4
_GROUP = 1


async def filled(measured: Instance, followed: tuple[int, ...], count: int) -> tuple[int, list[Member]]:
    """`count` posts, and a member for each number of followed; the number before the first author's id comes first."""
    members = [await measured.member(f"follows{number}") for number in followed]
    async with measured.database() as database:
        base = await seed.actors(database, _GROUP, AUTHORS)
        await seed.posts(measured, base, 1, count, AUTHORS, until=timedelta(days=2))
        for member, number in zip(members, followed, strict=True):
            await seed.follow(database, member, base, number)
            await seed.home(database, member)
    return base, members


async def read(measured: Instance, requests: list[bytes], times: int) -> load.Done:
    """Sends these GET requests again and again; `cpu_ms` of the answer is that of the server."""
    await load.run(measured.port, requests, connections=_CONNECTIONS, times=max(200, times // 10))
    done = await load.run(measured.port, requests, connections=_CONNECTIONS, times=times, clock=measured.cpu_ms)
    done.expect("200")
    progress(f"  {done.cpu_ms / times:.3f} ms for each of {times}, {times / done.seconds:.0f} per second")
    return done


def home_of(member: Member) -> list[bytes]:
    """The request for the newest 20 posts of a member's home."""
    return [load.get("/api/v1/timelines/home?limit=20", host=DOMAIN, token=member.token)]


async def measure(*, quick: bool) -> AsyncIterator[Result]:
    """CPU ms for each request, on connections that are kept open."""
    times = 600 if quick else 2000
    async with instance() as measured:
        _, members = await filled(measured, FOLLOWED, POSTS)
        await measured.settle()
        floor = await floors.look(measured)
        for member, number in zip(members, FOLLOWED, strict=True):
            done = await read(measured, home_of(member), times)
            yield _result(f"home.{number}", done, times, floor.ms, 1.5)
        async with measured.database() as database:
            posts = [row["id"] for row in await database.fetch(seed.SQL.some_posts, 200)]
        requests = [load.get(f"/api/v1/statuses/{post}", host=DOMAIN, token=members[0].token) for post in posts]
        done = await read(measured, requests, 2 * times)
        yield _result("status", done, 2 * times, floor.ms, 0.7)


def _result(name: str, done: load.Done, times: int, limit: float, aim: float) -> Result:
    return Result(
        bench=name,
        value=done.cpu_ms / times,
        unit="CPU ms per request",
        limit=limit,
        n=times,
        aim=aim,
        more={
            "per_second": round(times / done.seconds),
            "p50_ms": round(done.p50_ms, 2),
            "p95_ms": round(done.p95_ms, 2),
        },
    )
