"""Deliveries over real sockets: what ends them, what makes them wait, in which order they go, what brings them back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
from aiohttp import web

from phyle.federation import delivery, outgoing, peers, reception, writing
from tests.between import accepted, follows_in, received
from tests.instance import Instance, Member
from tests.peer import PUBLIC, Peer, Received, peer
from tests.servers import eventually, free_port

LEFT = "SELECT count(*) FROM federation.deliveries"


@pytest.fixture
async def other() -> AsyncIterator[Peer]:
    async with peer() as built:
        yield built


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What takes minutes in life takes moments here; to be asked for before the instance."""
    monkeypatch.setattr(delivery, "_LOOK", 0.1)
    monkeypatch.setattr(reception, "_HEARD_EVERY", 0.0)
    return iter((None,))


async def say(member: Member, to: Peer | str, *words: str, key: str = "") -> None:
    """Queue one activity for each word, with that order key, or each with its own."""
    inbox = to if isinstance(to, str) else f"{to.origin}/inbox"
    here = member.instance
    async with here.store.transaction() as tx:
        for word in words:
            uri = f"{here.origin}/activities/{tx.new_id()}"
            activity = writing.activity("Like", member.actor, word, uri=uri, to=[PUBLIC])
            host = inbox.split("/")[2]
            await outgoing.send(tx, member.actor, activity, order_key=key or uri, inboxes=[(host, inbox)])


def heard(there: Peer) -> list[str]:
    return [body["object"] for body in there.of_type("Like")]


async def has_heard(there: Peer, *words: str) -> None:
    async def all_of_them() -> bool:
        return set(words) <= set(heard(there))

    await eventually(all_of_them)


async def nothing_left(here: Instance) -> None:
    async def empty() -> bool:
        return not await here.value(LEFT)

    await eventually(empty)


async def failed(here: Instance, *, attempts: int = 1) -> Any:
    """The delivery and its lane, once so many attempts have failed."""

    async def noted() -> Any:
        return await here.fetch(
            "SELECT d.attempts, d.last_error, l.failures, greatest(d.next_at, l.next_at) - now() AS pause "
            "FROM federation.deliveries d JOIN federation.lanes l USING (host) "
            "WHERE d.attempts >= $1 AND d.claimed_by IS NULL",
            attempts,
        )

    return (await eventually(noted))[0]


async def time_passes(here: Instance) -> None:
    """Whatever was waiting has waited long enough."""
    await here.fetch("UPDATE federation.deliveries SET next_at = now() - interval '1 second'")
    await here.fetch("UPDATE federation.lanes SET next_at = '-infinity'")
    here.store.wakes.wake("deliveries")


def answering(status: int, **headers: str) -> Callable[[Received], Awaitable[web.Response]]:
    async def decide(_received: Received) -> web.Response:
        return web.Response(status=status, headers={name.replace("_", "-"): said for name, said in headers.items()})

    return decide


async def test_what_is_taken_or_refused_for_good_is_over(here: Instance, there: Peer) -> None:
    ana = await here.member("ana")
    for status in (200, 202, 204, 302, 400, 403, 404, 405, 413, 422):
        there.answer = status
        there.received.clear()
        await say(ana, there, "one", "two")
        await nothing_left(here)
        assert sorted(heard(there)) == ["one", "two"], status
        (lane,) = await here.fetch("SELECT * FROM federation.lanes")
        assert (lane["failures"], lane["waiting"], lane["closed_at"]) == (0, False, None), status


@pytest.mark.parametrize("status", [401, 408, 429, 500, 503])
async def test_what_may_work_later_is_tried_again(here: Instance, there: Peer, status: int) -> None:
    ana = await here.member("ana")
    there.answer = status
    await say(ana, there, "one")
    for attempts in (1, 2):
        row = await failed(here, attempts=attempts)
        assert f"{status}" in row["last_error"]
        assert row["pause"].total_seconds() > 0.5 * attempts
        there.answer = 202 if attempts == 2 else status
        await time_passes(here)
    await nothing_left(here)
    assert heard(there) == ["one", "one", "one"]
    assert await here.value("SELECT failures FROM federation.lanes") == 0


async def test_a_host_that_is_not_there(here: Instance) -> None:
    ana, port = await here.member("ana"), free_port()
    await say(ana, f"http://localhost:{port}/inbox", "one", "two")
    row = await failed(here)
    assert row["failures"] == 1, "many at once count once"
    assert row["pause"].total_seconds() > 0.5
    async with peer(port=port) as there:
        await time_passes(here)
        await has_heard(there, "one", "two")
        await nothing_left(here)


@pytest.mark.parametrize("status", [429, 503])
async def test_a_peer_says_when_to_come_again(here: Instance, there: Peer, status: int) -> None:
    ana = await here.member("ana")
    there.decide = answering(status, Retry_After="3600")
    await say(ana, there, "one")
    row = await failed(here)
    assert 3500 < row["pause"].total_seconds() <= 3600
    await say(ana, there, "two")
    await asyncio.sleep(0)
    assert heard(there) == ["one"]


async def test_a_peer_that_takes_rfc_9421_no_longer(here: Instance, there: Peer) -> None:
    ana = await here.member("ana")

    async def decide(received: Received) -> web.Response | None:
        return web.Response(status=401) if "signature-input" in received.headers else None

    there.decide = decide
    await accepted(here, there, there.activity("Like", there.actor("bob"), "urn:x"), style="rfc9421")
    assert await here.value("SELECT rfc9421 FROM federation.lanes")
    await say(ana, there, "one")
    await nothing_left(here)
    first, second = there.received
    assert "signature-input" in first.headers
    assert "signature-input" not in second.headers
    assert second.headers["digest"].startswith("SHA-256=")
    assert not await here.value("SELECT rfc9421 FROM federation.lanes")


async def test_one_key_goes_in_order_and_others_overtake_it(here: Instance, there: Peer) -> None:
    ana = await here.member("ana")

    async def decide(received: Received) -> web.Response | None:
        return web.Response(status=500) if received.body["object"] == "a1" else None

    there.decide = decide
    await say(ana, there, "a1", "a2", "a3", key="a")
    await say(ana, there, "b1", "b2", key="b")
    await has_heard(there, "a1", "b1", "b2")
    await failed(here)

    async def only_the_first_key_waits() -> bool:
        return bool(await here.value(LEFT) == 3)

    await eventually(only_the_first_key_waits)
    assert [word for word in heard(there) if word[0] == "a"] == ["a1"]
    assert [word for word in heard(there) if word[0] == "b"] == ["b1", "b2"]
    there.decide = None
    await time_passes(here)
    await nothing_left(here)
    assert [word for word in heard(there) if word[0] == "a"] == ["a1", "a1", "a2", "a3"]


async def test_many_of_one_key_stay_in_order(here: Instance, there: Peer) -> None:
    ana = await here.member("ana")
    words = [f"{number}" for number in range(30)]
    await say(ana, there, *words, key="same")
    await nothing_left(here)
    assert heard(there) == words


async def test_one_that_hangs_delays_nobody(here: Instance, there: Peer, other: Peer) -> None:
    ana = await here.member("ana")
    patience = asyncio.Event()

    async def decide(_received: Received) -> None:
        await patience.wait()

    there.decide = decide
    await say(ana, there, *(f"h{number}" for number in range(50)))
    await received(there, "Like", count=delivery.FIRST)
    await say(ana, other, *(f"w{number}" for number in range(50)))
    async with asyncio.timeout(5):
        await has_heard(other, *(f"w{number}" for number in range(50)))
    assert len(heard(there)) == delivery.FIRST, "and holds few of the places"
    there.decide = None
    patience.set()
    await nothing_left(here)


async def test_one_that_answers_slowly_gets_many_at_once(here: Instance, there: Peer) -> None:
    ana = await here.member("ana")
    under_way, most = 0, 0

    async def decide(_received: Received) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.1)
        under_way -= 1

    there.decide = decide
    await say(ana, there, *(f"{number}" for number in range(60)))
    await nothing_left(here)
    assert len(heard(there)) == 60
    assert delivery.FIRST < most <= delivery.WINDOW


async def test_what_a_dead_process_had_claimed(often: None, here: Instance, there: Peer) -> None:
    ana = await here.member("ana")
    there.answer = 500
    await say(ana, there, "one")
    await failed(here)
    there.answer = 202
    nobody = (here.store.wakes.slot + 1) % 100
    await here.fetch("UPDATE federation.deliveries SET claimed_by = $1", nobody)
    await time_passes(here)
    await nothing_left(here)
    assert heard(there) == ["one", "one"]


async def test_a_blocked_host_gets_nothing(here: Instance, there: Peer) -> None:
    ana = await here.member("ana")
    there.answer = 503
    await say(ana, there, "one")
    await failed(here)
    async with here.store.transaction() as tx:
        await peers.block(tx, there.host, "spam")
    assert await here.value(LEFT) == 0
    await say(ana, there, "two")
    assert await here.value(LEFT) == 0
    async with here.store.transaction() as tx:
        await peers.unblock(tx, there.host)
    there.answer = 202
    await time_passes(here)
    await say(ana, there, "three")
    await has_heard(there, "three")
    assert "two" not in heard(there)


async def test_one_inbox_that_is_gone_closes_nothing(here: Instance, there: Peer) -> None:
    ana = await here.member("ana")
    there.actor("bob")
    there.answer = 410
    await say(ana, f"{there.origin}/users/bob/inbox", "one")
    await nothing_left(here)
    assert await here.value("SELECT closed_at FROM federation.lanes") is None


async def test_a_lane_closes_and_who_comes_back_is_told(often: None, here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_in(here, there, bob, ana)
    there.answer = 410
    first = await ana.post("/api/v1/statuses", status="Refused with 410")

    async def closed() -> Any:
        return await here.value("SELECT closed_at FROM federation.lanes WHERE NOT waiting")

    await eventually(closed)
    second = await ana.post("/api/v1/statuses", status="Not even sent")
    await ana.post("/api/v1/statuses", status="For followers", visibility="private")
    await ana.post("/api/v1/statuses", status="For nobody", visibility="direct")
    await here.settled()
    await ana.ask("PUT", f"/api/v1/statuses/{first['id']}", json={"status": "Edited meanwhile"})
    await here.settled()
    assert await here.value(LEFT) == 0
    assert len(there.of_type("Create")) == 1

    there.answer = 202
    there.received.clear()
    await accepted(here, there, there.activity("Like", bob, second["uri"]))
    creates = await received(there, "Create", count=3)
    await here.settled()
    said = {body["object"]["content"]: body["object"]["id"] for body in creates}
    assert said.keys() == {"<p>Edited meanwhile</p>", "<p>Not even sent</p>", "<p>For followers</p>"}
    assert said["<p>Edited meanwhile</p>"] == first["uri"]
    assert await here.value("SELECT closed_at FROM federation.lanes") is None
    await ana.post("/api/v1/statuses", status="As ever")
    await received(there, "Create", count=4)


async def test_a_lane_that_failed_goes_on_when_its_host_speaks(often: None, here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    there.answer = 503
    await say(ana, there, "one")
    await failed(here)
    await here.fetch("UPDATE federation.lanes SET next_at = now() + interval '6 hours'")
    there.answer = 202
    await accepted(here, there, there.activity("Like", bob, "urn:x"))
    await has_heard(there, "one")
    await nothing_left(here)
