"""What strangers can make us do: so many fetches for a request and no more, so much state for a peer and no more."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from phyle.federation import inbound, keyring, outgoing
from phyle.identity import limits
from phyle.settings import Settings
from tests.between import accepted, contents, follows_in, follows_out
from tests.instance import Instance, instance
from tests.peer import PUBLIC, Peer, peer


@pytest.fixture
async def other() -> AsyncIterator[Peer]:
    async with peer() as built:
        yield built


def thread(there: Peer, author: str, *, circle: int | None = None) -> None:
    """/thread/N answers /thread/N+1, for ever, or in a circle of that many."""

    def note(path: str) -> dict[str, Any] | None:
        if not path.startswith("/thread/"):
            return None
        number = int(path.rpartition("/")[2])
        above = (number + 1) % circle if circle else number + 1
        return {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{there.origin}/thread/{number}",
            "type": "Note",
            "attributedTo": author,
            "content": f"{number}",
            "inReplyTo": f"{there.origin}/thread/{above}",
            "to": [PUBLIC],
        }

    there.lazily = note


@pytest.mark.threat("D16")
async def test_naming_many_strangers_makes_us_ask_for_none(here: Instance, there: Peer, other: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_out(here, there, ana, bob)
    before = len(there.asked)
    strangers = [other.actor(f"stranger{number}") for number in range(20)]
    tags = [{"type": "Mention", "href": uri, "name": "@x"} for uri in strangers]
    note = there.note(bob, "<p>Hello</p>", tag=tags, cc=[*strangers, f"{bob}/followers"])
    await accepted(here, there, there.activity("Create", bob, note))
    assert await contents(here) == ["Hello"]
    assert other.asked == []
    assert len(there.asked) == before


@pytest.mark.threat("D16")
async def test_one_activity_makes_us_ask_for_few_documents(here: Instance, there: Peer, other: Peer) -> None:
    bob = there.actor("bob")
    stranger = other.actor("stranger")
    note = other.note(
        stranger, tag=[{"type": "Mention", "href": there.actor(f"x{n}"), "name": "@x"} for n in range(20)]
    )
    await accepted(here, there, there.activity("Announce", bob, note["id"], to=[PUBLIC]))
    assert len(await contents(here)) == 1
    assert len([path for path in other.asked if "webfinger" not in path]) == 2, "the post and its author"
    assert [path for path in there.asked if path.startswith("/users/x")] == []


@pytest.mark.threat("D16")
@pytest.mark.threat("D17")
async def test_one_domain_makes_us_ask_for_so_many_keys(
    database: str, settings: Settings, there: Peer, other: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "NEW_KEYS", limits.Limit(name="keys", most=3, window=keyring.WINDOW))
    async with instance(replace(settings, limits=True), database) as here:
        answers = []
        for number in range(6):
            actor = there.actor(f"a{number}")
            answers.append((await there.send(here.inbox, there.activity("Like", actor, "urn:x"))).status_code)
        assert answers == [202, 202, 202, 503, 503, 503]
        assert len([path for path in there.asked if path.startswith("/users/")]) == 3
        bob = other.actor("bob")
        assert (await other.send(here.inbox, other.activity("Like", bob, "urn:x"))).status_code == 202


@pytest.mark.threat("D17")
async def test_what_nobody_knows_is_kept_in_bounds(
    database: str, settings: Settings, there: Peer, other: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it is answered 202: its sender did nothing wrong. But a month of it must not fill the disk."""
    monkeypatch.setattr(inbound, "KEPT", limits.Limit(name="kept", most=3, window=inbound.KEPT.window))
    async with instance(replace(settings, limits=True), database) as here:
        bob, carol = there.actor("bob"), other.actor("carol")
        await accepted(here, there, there.activity("Sneeze", bob, "urn:x", content="x" * inbound.LARGEST_KEPT))
        assert await here.value("SELECT count(*) FROM federation.unknown_activities") == 0
        for _ in range(5):
            await accepted(here, there, there.activity("Sneeze", bob, "urn:x"))
        await accepted(here, other, other.activity("Sneeze", carol, "urn:x"))
        rows = await here.fetch("SELECT actor FROM federation.unknown_activities ORDER BY id")
        assert [row["actor"] for row in rows] == [bob, bob, bob, carol]
        long = f"{there.origin}/{'x' * 1900}"
        await accepted(here, there, there.activity("Delete", bob, long))
        assert await here.value("SELECT max(length(uri)) FROM federation.tombstones") == 0


@pytest.mark.threat("D17")
async def test_what_is_kept_of_peers_that_never_answer_goes(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_in(here, there, bob, ana)
    there.answer = 503
    await ana.post("/api/v1/statuses", status="Anybody there?")
    await here.settled(deliveries=False)
    await here.fetch("UPDATE federation.lanes SET failing_since = now() - interval '91 days', heard_at = failing_since")
    await here.fetch("UPDATE federation.lanes SET heard_at = now() - interval '91 days'")
    await here.fetch("INSERT INTO federation.key_fetches VALUES ('x', now() - interval '2 days', 'unreachable')")
    await here.fetch("INSERT INTO federation.seen VALUES ('x', now() - interval '91 days')")
    await here.fetch(
        "INSERT INTO federation.unknown_activities (actor, kind, body, received_at) "
        "VALUES ('x', 'Sneeze', '{}', now() - interval '31 days')"
    )
    async with here.store.transaction() as tx:
        await inbound.forget(tx, {})
        await outgoing.close_silent_lanes(tx, {})
    assert await here.value("SELECT count(*) FROM federation.deliveries") == 0
    assert await here.value("SELECT count(*) FROM federation.key_fetches WHERE key = 'x'") == 0
    assert await here.value("SELECT count(*) FROM federation.seen WHERE key = 'x'") == 0
    assert await here.value("SELECT count(*) FROM federation.unknown_activities") == 0
    await ana.post("/api/v1/statuses", status="Nobody there")
    await here.settled(deliveries=False)
    assert await here.value("SELECT count(*) FROM federation.deliveries") == 0


@pytest.mark.threat("D18")
async def test_a_thread_without_a_beginning(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_out(here, there, ana, bob)
    thread(there, bob)
    reply = there.note(bob, "<p>At the end</p>", inReplyTo=f"{there.origin}/thread/0")
    await accepted(here, there, there.activity("Create", bob, reply))
    await here.settled()
    asked = [path for path in there.asked if path.startswith("/thread/")]
    assert len(asked) == len(set(asked)) == 20
    assert len(await contents(here)) == 21
    post = await here.value("SELECT id FROM conversation.posts WHERE uri = $1", reply["id"])
    assert len((await ana.get(f"/api/v1/statuses/{post}/context"))["ancestors"]) == 20


@pytest.mark.threat("D18")
async def test_a_thread_that_bites_its_tail(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_out(here, there, ana, bob)
    thread(there, bob, circle=3)
    reply = there.note(bob, "<p>Round</p>", inReplyTo=f"{there.origin}/thread/0")
    await accepted(here, there, there.activity("Create", bob, reply))
    await here.settled()
    assert sorted(await contents(here)) == ["0", "1", "2", "Round"]
    asked = [path for path in there.asked if path.startswith("/thread/")]
    assert len(asked) == 3
    for row in await here.fetch("SELECT id FROM conversation.posts"):
        context = await ana.get(f"/api/v1/statuses/{row['id']}/context")
        assert len(context["ancestors"]) + len(context["descendants"]) <= 4
    itself = there.note(bob, "<p>Me</p>")
    itself["inReplyTo"] = itself["id"]
    await accepted(here, there, there.activity("Create", bob, itself))
    assert "Me" in await contents(here)


@pytest.mark.threat("D20")
async def test_what_comes_in_is_not_sent_on(here: Instance, there: Peer, other: Peer) -> None:
    ana, bob, carol = await here.member("ana"), there.actor("bob"), other.actor("carol")
    await follows_in(here, there, bob, ana)
    await follows_in(here, other, carol, ana)
    post = await ana.post("/api/v1/statuses", status="Hello")
    everyone = [PUBLIC, f"{ana.actor.uri}/followers", f"{carol}/followers", carol]
    reply = there.note(bob, "<p>Reply</p>", inReplyTo=post["uri"], to=everyone)
    create = there.activity("Create", bob, reply, to=everyone)
    for _ in range(3):
        await accepted(here, there, create)
    await here.settled()
    assert await contents(here) == ["Hello", "Reply"]
    for server in (there, other):
        assert [body["actor"] for body in server.of_type("Create")] == [ana.actor.uri]
