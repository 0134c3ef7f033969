"""Killed with -9 at any moment, a restart continues: nothing that was accepted is lost, nothing is applied twice."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from phyle.store.embedded import discard
from phyle.store.embedded_place import locate
from tests.killing import VICTIMS, Victim, kill
from tests.load import Load, Promised
from tests.peer import Peer
from tests.servers import Person, Server, eventually, free_port

KILLS = 24
PEOPLE = 6
WAITING = """
SELECT (SELECT count(*) FROM store.jobs WHERE failed_at IS NULL) + (SELECT count(*) FROM federation.deliveries)
"""
RECOUNTED = """
SELECT 'replies of ' || p.uri AS what, p.replies_count AS kept, count(r.id) AS counted
FROM conversation.posts p LEFT JOIN conversation.posts r ON r.reply_to = p.id
GROUP BY p.id
UNION ALL
SELECT 'favourites of ' || p.uri, p.favourites_count, count(f.id)
FROM conversation.posts p LEFT JOIN conversation.favourites f ON f.post = p.id
GROUP BY p.id
UNION ALL
SELECT 'boosts of ' || p.uri, p.boosts_count, count(b.id)
FROM conversation.posts p LEFT JOIN conversation.posts b ON b.boost_of = p.id
GROUP BY p.id
UNION ALL
SELECT 'posts of ' || a.uri, a.posts_count, count(p.id)
FROM identity.actors a LEFT JOIN conversation.posts p ON p.author = a.id AND p.visibility <> 'direct'
WHERE a.local
GROUP BY a.id
UNION ALL
SELECT 'followers of ' || a.uri, a.followers_count, count(f.id)
FROM identity.actors a LEFT JOIN conversation.follows f ON f.followed = a.id AND f.state = 'accepted'
WHERE a.local
GROUP BY a.id
UNION ALL
SELECT 'following of ' || a.uri, a.following_count, count(f.id)
FROM identity.actors a LEFT JOIN conversation.follows f ON f.follower = a.id AND f.state = 'accepted'
WHERE a.local
GROUP BY a.id
"""


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    server = Server(home=tmp_path / "home", port=free_port())
    await server.start()
    try:
        yield server
    finally:
        server.kill()
        discard_when_quiet(server)


def discard_when_quiet(server: Server) -> None:
    """The killed server's PostgreSQL ends by itself; a last polite start and stop waits for it."""
    server.launch()
    server.stop()
    discard(server.home)


async def test_killed_at_any_moment_it_loses_nothing_and_repeats_nothing(server: Server, there: Peer) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    ana = server.account("ana")
    uri = f"{server.origin}/actors/{(await ana.get('/api/v1/accounts/verify_credentials'))['id']}"
    people = [there.actor(f"person{number}") for number in range(PEOPLE)]
    await _acquainted(server, ana, uri, there, people)
    load = Load(ana, uri, there, people, random.Random(seed))
    work = asyncio.create_task(load.run())
    try:
        await _killings(server, random.Random(seed + 1), work)
        load.over.set()
        await asyncio.wait_for(asyncio.shield(work), 60)
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    connection = await asyncpg.connect(locate(server.home).dsn("phyle_server"))
    try:
        await eventually(partial(_quiet, connection), seconds=60)
        await _nothing_stuck(connection)
        await _kept_once(connection, load.promised, uri)
        await _counts_are_recounts(connection, load.promised)
    finally:
        await connection.close()
    await _all_told(load.promised, there)
    assert await _in_the_outbox(uri) >= set(load.promised.kept)
    server.stop()


async def _acquainted(server: Server, ana: Person, uri: str, there: Peer, people: list[str]) -> None:
    """Ana follows the first; the others have been heard; one follows her all the time, and so hears everything."""
    listener = there.actor("listener")
    for person in [*people, listener]:
        follow = there.activity("Follow", person, uri)
        assert (await there.send(f"{server.origin}/inbox", follow)).status_code == 202
        if person != listener:
            assert (await there.send(f"{server.origin}/inbox", there.activity("Undo", person, follow))).is_success
    account = await ana.find(f"person0@{there.host}")
    await ana.post(f"/api/v1/accounts/{account['id']}/follow")

    async def asked() -> Any:
        return there.of_type("Follow")

    (follow,) = await eventually(asked)
    await there.send(f"{server.origin}/inbox", there.activity("Accept", people[0], follow))

    async def follows() -> bool:
        (relation,) = await ana.get("/api/v1/accounts/relationships", **{"id[]": account["id"]})
        return bool(relation["following"])

    await eventually(follows)


async def _killings(server: Server, chance: random.Random, work: asyncio.Task[None]) -> None:
    """Every kind of death equally often, in any order; now and then also while the server is still starting."""
    victims = [*VICTIMS] * (KILLS // len(VICTIMS))
    chance.shuffle(victims)
    for victim in victims:
        await asyncio.sleep(chance.uniform(0.2, 1.2))
        assert not work.done(), work.result()
        await eventually(partial(_killed, server, victim, chance), seconds=60)  # a start on a busy machine
        if victim in ("server", "everything"):
            server.launch()
            if chance.random() < 0.7:
                await server.ready()
    await server.ready()


async def _killed(server: Server, victim: Victim, chance: random.Random) -> bool:
    return kill(server, victim, chance)


async def _quiet(connection: Any) -> bool:
    return not await connection.fetchval(WAITING)


async def _nothing_stuck(connection: Any) -> None:
    assert await connection.fetch("SELECT name, last_error FROM store.jobs WHERE failed_at IS NOT NULL") == []
    assert await connection.fetchval("SELECT count(*) FROM store.jobs WHERE claimed_by IS NOT NULL") == 0


async def _uris(connection: Any, query: str, *args: Any) -> list[str]:
    return sorted(row[0] for row in await connection.fetch(query, *args))


async def _kept_once(connection: Any, promised: Promised, ana: str) -> None:
    """What is there is exactly what was answered: uris are unique, so equal lists mean once each."""
    assert promised.strange == []
    assert len(promised.posts) > 5
    ours = "SELECT p.uri FROM conversation.posts p JOIN identity.actors a ON a.id = p.author WHERE a.uri = $1"
    assert await _uris(connection, ours, ana) == sorted(set(promised.posts) - promised.deleted)
    theirs = "SELECT uri FROM conversation.posts WHERE NOT local AND boost_of IS NULL"
    assert await _uris(connection, theirs) == sorted(promised.notes)
    texts = await _uris(connection, "SELECT source FROM conversation.posts WHERE local AND source LIKE 'Post %'")
    assert len(texts) == len(set(texts)), "the same request made two posts"
    edited = await _uris(connection, "SELECT uri FROM conversation.posts WHERE source LIKE '%edited'")
    assert edited == sorted(promised.edited - promised.deleted)
    followers = "SELECT a.uri FROM conversation.follows f JOIN identity.actors a ON a.id = f.follower WHERE NOT a.local"
    assert [uri for uri in await _uris(connection, followers) if "/person" in uri] == sorted(promised.followers)


async def _counts_are_recounts(connection: Any, promised: Promised) -> None:
    rows = await connection.fetch(RECOUNTED)
    assert [dict(row) for row in rows if row["kept"] != row["counted"]] == []
    counted = {row["what"]: row["kept"] for row in rows}
    for word, done in (("replies", promised.replies), ("favourites", promised.likes), ("boosts", promised.boosts)):
        wanted = {uri: len(who) for uri, who in done.items() if who}
        assert {uri: counted[f"{word} of {uri}"] for uri in wanted} == wanted


_ORDER = ("Create", "Update", "Delete")


async def _all_told(promised: Promised, there: Peer) -> None:
    """Each post reached the peer under one id of an activity, and what was said of it in the order of saying it."""
    heard: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for activity in (received.body for received in there.received):
        if activity["type"] in ("Create", "Update", "Delete") and isinstance(activity["object"], dict):
            heard[activity["object"]["id"]].append((activity["type"], activity["id"]))
    for uri in promised.posts:
        wanted = ["Create"] if uri not in promised.deleted else []
        wanted += ["Update"] if uri in promised.edited and uri not in promised.deleted else []
        wanted += ["Delete"] if uri in promised.deleted else []
        words = _in_order_of_appearance(kind for kind, _ in heard[uri])
        assert [word for word in words if word in wanted] == wanted, (uri, heard[uri])
        assert words == sorted(words, key=_ORDER.index), (uri, heard[uri])
        assert len({number for kind, number in heard[uri] if kind == "Create"}) <= 1, heard[uri]


def _in_order_of_appearance(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


async def _in_the_outbox(uri: str) -> set[str]:
    """All posts that the outbox lists."""
    found: list[str] = []
    async with httpx.AsyncClient(headers={"Accept": "application/activity+json"}) as client:
        address: str | None = f"{uri}/outbox?page=true"
        while address:
            page = (await client.get(address)).json()
            found += [item["object"]["id"] for item in page["orderedItems"] if item["type"] == "Create"]
            address = page.get("next")
    assert len(found) == len(set(found))
    return set(found)
