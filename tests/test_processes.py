"""Several processes that share a database of somebody else's, and what is said when it is not there."""

import asyncio
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web

from phyle.store.embedded import Embedded, discard
from tests.peer import Peer, Received
from tests.servers import Person, Server, eventually, free_port
from tests.store.clusters import ask
from tests.store.working import as_owner

CLAIMED = "SELECT count(*) FROM federation.deliveries WHERE claimed_by IS NOT NULL"
WAITING = "SELECT count(*) FROM federation.deliveries"


def _server(folder: Path, database: str, *, domain: str = "") -> Server:
    environment = {"PHYLE_DATABASE_URL": database, "PHYLE_DATABASE_OWNER_URL": as_owner(database)}
    return Server(
        home=folder, port=free_port(), environment={**environment, "PHYLE_DOMAIN": domain} if domain else environment
    )


@pytest.fixture
async def both(tmp_path: Path, database: str) -> AsyncIterator[tuple[Server, Server]]:
    """Two processes of one instance, started in the same moment."""
    one = _server(tmp_path / "one", database)
    other = _server(tmp_path / "other", database, domain=one.domain)
    try:
        for server in (one, other):
            server.launch()
        for server in (one, other):
            await server.ready()
        yield one, other
    finally:
        for server in (one, other):
            server.stop()


async def _ana(one: Server, other: Server, there: Peer) -> tuple[Person, Person]:
    """One member through either process, followed from elsewhere."""
    ana = one.account("ana")
    me = await ana.get("/api/v1/accounts/verify_credentials")
    follow = there.activity("Follow", there.actor("bob"), f"{one.origin}/actors/{me['id']}")
    assert (await there.send(f"{other.origin}/inbox", follow)).status_code == 401  # signed for another address
    assert (await there.send(f"{one.origin}/inbox", follow)).status_code == 202

    async def accepted() -> Any:
        return there.of_type("Accept")

    await eventually(accepted)
    return ana, Person(server=other, name=ana.name, token=ana.token, password=ana.password)


async def test_what_is_said_through_either_is_seen_through_both_and_sent_once(
    both: tuple[Server, Server], there: Peer
) -> None:
    doors = await _ana(*both, there)
    posted = await doors[1].post("/api/v1/statuses", status="through the second door")
    assert (await doors[0].get("/api/v1/timelines/home"))[0]["id"] == posted["id"]
    many = await asyncio.gather(
        *(doors[number % 2].post("/api/v1/statuses", status=f"number {number}") for number in range(40))
    )
    wanted = Counter(post["uri"] for post in (posted, *many))
    assert set(wanted.values()) == {1}

    async def told() -> bool:
        return Counter(activity["object"]["id"] for activity in there.of_type("Create")) >= wanted

    await eventually(told)
    assert Counter(activity["object"]["id"] for activity in there.of_type("Create")) == wanted


async def test_what_a_killed_process_had_begun_the_other_ends(
    both: tuple[Server, Server], there: Peer, database: str
) -> None:
    doors = await _ana(*both, there)
    may_answer = asyncio.Event()

    async def decide(_: Received) -> web.Response | None:
        await may_answer.wait()
        return None

    there.decide = decide
    posts = [await doors[number % 2].post("/api/v1/statuses", status=f"number {number}") for number in range(8)]

    async def all_claimed() -> bool:
        return await ask(database, CLAIMED) == len(posts)

    await eventually(all_claimed)
    both[1].kill()
    may_answer.set()

    async def nothing_waits() -> bool:
        return await ask(database, WAITING) == 0

    await eventually(nothing_waits, seconds=40)
    wanted = {post["uri"] for post in posts}
    assert {activity["object"]["id"] for activity in there.of_type("Create")} == wanted
    assert len({activity["id"] for activity in there.of_type("Create")}) == len(wanted)


def _fails(server: Server) -> tuple[int, str, float]:
    """Exit code, last words and seconds of a start that must not succeed."""
    started = time.monotonic()
    server.launch()
    assert server.process is not None
    try:
        code = server.process.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        raise
    return code, server.log.read_text().strip().splitlines()[-1], time.monotonic() - started


async def test_another_domain_on_the_same_database_is_refused(both: tuple[Server, Server], tmp_path: Path) -> None:
    stranger = _server(tmp_path / "stranger", both[0].environment["PHYLE_DATABASE_URL"])
    code, words, _ = await asyncio.to_thread(_fails, stranger)
    assert code == 2
    assert f"was started as {both[0].domain}" in words


async def test_a_database_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    nowhere = _server(tmp_path / "home", f"postgresql://phyle@127.0.0.1:{free_port()}/phyle")
    code, words, seconds = await asyncio.to_thread(_fails, nowhere)
    assert code == 1
    assert words.startswith("phyle: The database cannot be used:")
    assert words.endswith("Check PHYLE_DATABASE_URL.")
    assert seconds < 10


async def _status(server: Server, path: str) -> httpx.Response:
    async with httpx.AsyncClient(timeout=20) as client:
        return await client.get(server.origin + path)


async def test_a_database_that_goes_away_is_missed_until_it_is_back(tmp_path: Path) -> None:
    folder = tmp_path / "database"
    cluster = await Embedded.start(folder, fsync=False)
    server = _server(tmp_path / "home", cluster.dsn_server)
    try:
        await server.start()
        ana = server.account("ana")
        cluster.stop()
        for path in ("/@ana", "/api/v1/timelines/public"):
            answer = await _status(server, path)
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) > 0
        assert "Nothing was lost" in answer.json()["error"]
        cluster = await Embedded.start(folder, fsync=False)

        async def back() -> bool:
            return (await _status(server, "/@ana")).status_code == 200

        await eventually(back)
        posted = await ana.post("/api/v1/statuses", status="Here we are again")
        assert posted["id"] in [status["id"] for status in await ana.get("/api/v1/timelines/home")]
        await eventually(partial(_no_jobs, cluster.dsn_server))
    finally:
        server.stop()
        cluster.stop()
        discard(folder)


async def _no_jobs(database: str) -> bool:
    return await ask(database, "SELECT count(*) FROM store.jobs") == 0
