"""What was accepted takes effect once and in order, however many work at it, and waits for what it needs."""

import asyncio
import random
from typing import Any

import pytest

from phyle.conversation.activities import reactions
from phyle.federation.inbound import order_key
from phyle.federation.reading import read_activity
from phyle.store.worker import Worker
from tests.between import accepted, contents, follows_out, met
from tests.instance import Instance
from tests.peer import PUBLIC, Peer
from tests.servers import eventually

QUEUE = "INSERT INTO store.jobs (name, body, network, order_key) VALUES ('federation.arrive', $1, false, $2)"


def test_nobody_makes_the_activities_of_others_wait() -> None:
    bob, mallory, thing = "https://a.example/bob", "https://evil.example/mallory", "https://a.example/notes/1"

    def key(kind: str, actor: str, about: Any) -> str:
        return order_key(read_activity({"type": kind, "actor": actor, "object": about}))

    note = {"type": "Note", "id": thing}
    assert key("Create", bob, note) == key("Update", bob, note) == key("Delete", bob, thing)
    assert key("Create", mallory, note) != key("Create", bob, note)
    for kind in ("Like", "Announce", "Follow"):
        deed = {"type": kind, "actor": bob, "object": thing}
        assert key(kind, bob, thing) == key("Undo", bob, deed) == key("Undo", bob, {**deed, "actor": None})
        assert key("Undo", mallory, deed) != key(kind, bob, thing)
        assert key("Accept", bob, deed) == key("Reject", bob, deed) != key("Accept", mallory, deed)


async def test_one_key_is_worked_off_in_order_by_many_workers(
    here: Instance, there: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, bobs = await here.member("ana"), [there.actor(f"bob{number}") for number in range(3)]
    post = await ana.post("/api/v1/statuses", status="Like me")
    done: dict[str, list[str]] = {bob: [] for bob in bobs}
    liked, unliked = reactions.reactions.favourite, reactions.reactions.unfavourite

    async def favourite(tx: Any, actor: Any, number: int, *, uri: str | None = None) -> Any:
        done[actor.uri].append("Like")
        return await liked(tx, actor, number, uri=uri)

    async def unfavourite(tx: Any, actor: Any, number: int) -> None:
        done[actor.uri].append("Undo")
        await unliked(tx, actor, number)

    monkeypatch.setattr(reactions.reactions, "favourite", favourite)
    monkeypatch.setattr(reactions.reactions, "unfavourite", unfavourite)
    for bob in bobs:
        await met(here, bob)
    waiting = []
    for _ in range(5):
        for bob in bobs:
            like = there.activity("Like", bob, post["uri"])
            waiting += [like, there.activity("Undo", bob, like)]
    waiting += [there.activity("Like", bob, post["uri"]) for bob in bobs]
    workers = [asyncio.create_task(Worker(here.store, here.net).run()) for _ in range(3)]
    async with here.store.pool.acquire() as connection, connection.transaction():
        keyed = [({"activity": activity}, order_key(read_activity(activity))) for activity in waiting]
        await connection.executemany(QUEUE, keyed)
    await here.settled()
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    assert done == {bob: [*(["Like", "Undo"] * 5), "Like"] for bob in bobs}
    assert (await ana.get(f"/api/v1/statuses/{post['id']}"))["favourites_count"] == 3


@pytest.mark.threat("A13")
@pytest.mark.parametrize("seed", [1, 2])
async def test_sent_several_times_and_shuffled_all_count_once(here: Instance, there: Peer, seed: int) -> None:
    """Whatever is deleted or undone is so in the end, everything else is there once."""
    chance = random.Random(seed)
    ana, bob, carol = await here.member("ana"), there.actor("bob"), there.actor("carol")
    await follows_out(here, there, ana, bob)
    posts = [(await ana.post("/api/v1/statuses", status=f"{number}"))["uri"] for number in range(6)]
    notes = [there.note(bob, f"<p>note {number}</p>") for number in range(6)]
    things = [there.activity("Create", bob, note) for note in notes]
    things += [there.activity("Delete", bob, {"type": "Tombstone", "id": note["id"]}) for note in notes[:3]]
    deeds = [there.activity(kind, bob, uri, to=[PUBLIC]) for uri in posts for kind in ("Like", "Announce")]
    follows = [there.activity("Follow", who, ana.actor.uri) for who in (bob, carol)]
    things += [*deeds, *follows, *(there.activity("Undo", bob, deed) for deed in (*deeds[:6], follows[0]))]
    copies = [thing for thing in things for _ in range(chance.randint(1, 5))]
    chance.shuffle(copies)
    for start in range(0, len(copies), 8):
        answers = await asyncio.gather(*(there.send(here.inbox, copy) for copy in copies[start : start + 8]))
        assert {answer.status_code for answer in answers} == {202}
    await here.settled()
    assert sorted(await contents(here))[6:] == ["note 3", "note 4", "note 5"]
    counts = await here.fetch(
        "SELECT favourites_count, boosts_count FROM conversation.posts WHERE uri = ANY($1) ORDER BY id", posts
    )
    assert [tuple(row) for row in counts] == [(0, 0)] * 3 + [(1, 1)] * 3
    assert await here.value("SELECT count(*) FROM conversation.posts WHERE kind = 'Announce'") == 3
    followers = await here.fetch(
        "SELECT a.uri FROM conversation.follows f JOIN identity.actors a ON a.id = f.follower WHERE f.followed = $1",
        ana.actor.id,
    )
    assert [row["uri"] for row in followers] == [carol]
    assert (await ana.get("/api/v1/accounts/verify_credentials"))["followers_count"] == 1


async def test_what_is_needed_is_waited_for(here: Instance, there: Peer) -> None:
    """Its server does not answer at first: the boost is tried again, and what follows of the same key waits with it."""
    ana, bob, carol = await here.member("ana"), there.actor("bob"), there.actor("carol")
    await follows_out(here, there, ana, bob)
    note = there.note(carol, "<p>Later</p>")
    path = note["id"].removeprefix(there.origin)
    document = there.documents[path]
    there.documents[path] = 503
    boost = there.activity("Announce", bob, note["id"], to=[PUBLIC])
    for activity in (boost, there.activity("Undo", bob, boost)):
        assert (await there.send(here.inbox, activity)).status_code == 202

    async def asked() -> bool:
        return path in there.asked and bool(
            await here.value("SELECT count(*) FROM store.jobs WHERE name = 'federation.gather' AND claimed_by IS NULL")
        )

    await eventually(asked)
    assert await here.value("SELECT count(*) FROM store.jobs WHERE order_key IS NOT NULL") == 2
    there.documents[path] = document
    await here.fetch("UPDATE store.jobs SET run_at = now()")
    here.store.wakes.wake("network_jobs")
    await here.settled()
    assert await contents(here) == ["Later"]
    assert await here.value("SELECT count(*) FROM conversation.posts WHERE kind = 'Announce'") == 0


async def test_what_nobody_knows_is_kept(here: Instance, there: Peer) -> None:
    bob = there.actor("bob")
    sneeze = there.activity("Sneeze", bob, f"{there.origin}/dust")
    await accepted(here, there, sneeze)
    (row,) = await here.fetch("SELECT actor, kind, body FROM federation.unknown_activities")
    assert (row["actor"], row["kind"], row["body"]["id"]) == (bob, "Sneeze", sneeze["id"])


async def test_an_activity_without_an_id_counts_as_itself(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    post = await ana.post("/api/v1/statuses", status="Hello")
    like = {name: value for name, value in there.activity("Like", bob, post["uri"]).items() if name != "id"}
    for _ in range(2):
        await accepted(here, there, like)
    assert (await ana.get(f"/api/v1/statuses/{post['id']}"))["favourites_count"] == 1
    assert await here.value("SELECT count(*) FROM federation.seen") == 1
