"""`vote`: ballots accepted per second through the API, each signed, durable, entered and answered with its receipt."""

import asyncio
import http.client
import json
from collections.abc import AsyncIterator
from typing import Any

from bench import floors, load
from bench.charter import CHARTER
from bench.instance import DOMAIN, Instance, Member, instance, until
from bench.report import Result, progress

MEMBERS, CONNECTIONS = 10, 64
API = "/api/phyle/v1"
DAY = 24 * 3600 * 1000
AIM = 300.0
_TURN = "UPDATE cooperative.ledger SET nothing_before = floor(extract(epoch FROM now()) * 1000)::bigint + $1"
_OPEN = "SELECT EXISTS (SELECT FROM cooperative.slices WHERE kind = 'ballot' AND id = $1)"
_VOTES = "SELECT count(*) FROM cooperative.entries WHERE kind = 'vote'"


async def measure(*, quick: bool) -> AsyncIterator[Result]:
    """Ballots per second; the limit is a bare application that writes 2 kB and answers when they are on the disk."""
    count = 1000 if quick else 4000
    async with instance() as measured:
        people = [await measured.member(f"voter{number}") for number in range(MEMBERS)]
        ballot = await _opened(measured, people)
        requests = [_vote(ballot, people[number % MEMBERS], number) for number in range(60)]
        await load.run(measured.port, requests, connections=CONNECTIONS, times=200)
        done = await load.run(measured.port, requests, connections=CONNECTIONS, times=count, clock=measured.cpu_ms)
        done.expect("200")
        async with measured.database() as database:
            entered = await database.fetchval(_VOTES)
        if entered != count + 200:
            raise RuntimeError(f"{count + 200} ballots were accepted and {entered} are entered")
        progress(f"  {count / done.seconds:.0f} per second, {done.cpu_ms / count:.2f} ms CPU each")
        floor = await floors.keep(measured, connections=CONNECTIONS)
    yield Result(
        bench="vote",
        value=count / done.seconds,
        unit="ballots accepted per second",
        limit=floor.per_second,
        n=count,
        aim=AIM,
        more={
            "cpu_ms": round(done.cpu_ms / count, 2),
            "floor_cpu_ms": round(floor.ms, 2),
            "p50_ms": round(done.p50_ms, 1),
            "p95_ms": round(done.p95_ms, 1),
            "at_once": CONNECTIONS,
        },
    )


async def _opened(measured: Instance, people: list[Member]) -> str:
    """The members found a phyle and put something to the vote; the ballot, which is open."""
    draft = await _post(measured, people[0], "/founding/charter", {"text": CHARTER})
    for each in people:
        await _post(measured, each, "/founding/sign", draft)
    await _post(measured, people[0], "/founding/found", draft)
    resolve = {"kind": "Resolve", "arguments": {"text": "We bake bread."}}
    options = [{"label": "Yes", "effects": [resolve]}]
    offer = {"title": "Bread", "text": "Because it is right.", "options": options}
    proposed = await _post(measured, people[0], "/proposals", offer)
    ballot = f"{proposed['payload']['proposal']}.1"
    async with measured.database() as database:
        await database.execute(_TURN, DAY + 60_000)
        async with asyncio.timeout(30):
            await until(lambda: database.fetchval(_OPEN, ballot))
    return ballot


def _headers(member: Member) -> dict[str, str]:
    return {"Authorization": f"Bearer {member.token}", "Content-Type": "application/json"}


def _vote(ballot: str, member: Member, number: int) -> bytes:
    choice = {"paper": ("for", "against", "abstain")[number % 3]}
    body = json.dumps({"choice": choice}).encode()
    return load.post(f"{API}/ballots/{ballot}/vote", body, host=DOMAIN, headers=_headers(member))


async def _post(measured: Instance, member: Member, path: str, body: Any) -> Any:
    return await asyncio.to_thread(_posted, measured.port, member, path, body)


def _posted(port: int, member: Member, path: str, body: Any) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("POST", f"{API}{path}", json.dumps(body), {"Host": DOMAIN, **_headers(member)})
        answer = connection.getresponse()
        said = json.loads(answer.read())
    finally:
        connection.close()
    if answer.status != http.HTTPStatus.OK:
        raise RuntimeError(f"{path}: {answer.status} {said}")
    return said
