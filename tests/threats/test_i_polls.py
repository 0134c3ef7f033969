"""Row I, as far as polls and groups go: one vote each, in time by the database's clock, nobody admitted by forgery."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context
from datetime import datetime, timedelta
from typing import Any

import pytest

from phyle.app import JOBS
from phyle.clock import now
from phyle.conversation import follows, groups, polls, publishing
from phyle.conversation.polls import PollDraft
from phyle.conversation.posts import Post
from phyle.conversation.publishing import Draft
from phyle.federation import evidence, wire
from phyle.federation.claims import Request
from phyle.federation.intake import Intake, Proven
from phyle.identity import accounts
from phyle.identity.actors import Actor
from phyle.store.sql import Query
from phyle.store.transaction import Store, Tx
from tests.between import accepted, follows_out, met, received, unkept
from tests.instance import Instance
from tests.peer import PUBLIC, Peer
from tests.people import elsewhere, member, sql


async def asked(tx: Tx, author: Actor, **more: Any) -> Post:
    poll = PollDraft(options=["Yes", "No"], ends_at=now() + timedelta(hours=1), ballot=True, **more)
    return await publishing.publish(tx, author, Draft(text="Shall we?", poll=poll))


def vote_of(voter: Actor, post: Post, number: int = 1) -> dict[str, Any]:
    note = {
        "id": f"{voter.uri}#votes/{number}",
        "type": "Note",
        "name": "No",
        "attributedTo": voter.uri,
        "inReplyTo": post.uri,
        "to": "x",
    }
    return {"id": f"{voter.uri}#votes/{number}/activity", "type": "Create", "actor": voter.uri, "object": note}


async def arrives(store: Store, activity: dict[str, Any]) -> None:
    """The inbox took it; no job has run yet."""
    request = Request(method="POST", target="/inbox", headers={"a": "b"}, body=wire.dump(activity), scheme="https")
    seen = activity["id"].encode()
    await Intake(store).keep(Proven(seen=seen, activity=activity, order_key="k", again=None, evidence=request))


async def jobs_run(store: Store) -> None:
    async with store.transaction() as tx:
        for row in await sql(tx, "DELETE FROM store.jobs WHERE name = 'federation.arrive' RETURNING body"):
            assert await JOBS["federation.arrive"].run(tx, row["body"]) is None


async def kept(store: Store, post: Post) -> list[polls.KeptVote]:
    async with store.transaction() as tx:
        return await polls.kept_votes(tx, post.id)


async def ends_at(store: Store, post: Post) -> datetime:
    """Its time ends at this moment of the database's clock."""
    async with store.transaction() as tx:
        rows = await sql(
            tx, "UPDATE conversation.polls SET ends_at = clock_timestamp() WHERE post = $1 RETURNING ends_at", post.id
        )
        found: datetime = rows[0]["ends_at"]
        return found


@pytest.mark.threat("I3")
async def test_fifty_parallel_votes_of_one_member_are_one(here: Instance) -> None:
    unkept(here)
    ana, bob = await here.member("ana"), await here.member("bob")
    async with here.store.transaction() as tx:
        post = await asked(tx, ana.actor)
    path = f"/api/v1/polls/{post.id}/votes"
    answers = await asyncio.gather(*(bob.ask("POST", path, json={"choices": [each % 2]}) for each in range(50)))
    assert sorted(answer.status_code for answer in answers) == [200, *[422] * 49]
    (only,) = await kept(here.store, post)
    shown = await ana.get(f"/api/v1/polls/{post.id}")
    assert (only.actor, shown["voters_count"]) == (bob.actor.id, 1)


@pytest.mark.threat("I3")
async def test_the_same_vote_in_many_activities_is_one(store: Store) -> None:
    async with store.transaction() as tx:
        ana, bob = await member(tx, "ana"), await elsewhere(tx, "bob")
        post = await asked(tx, ana)
    await asyncio.gather(*(arrives(store, vote_of(bob, post, each)) for each in range(20)))
    await jobs_run(store)
    assert [vote.actor for vote in await kept(store, post)] == [bob.id]


@pytest.mark.threat("I4")
async def test_what_came_in_time_counts_however_late_it_is_looked_at(store: Store) -> None:
    async with store.transaction() as tx:
        ana, bob, carol = await member(tx, "ana"), await elsewhere(tx, "bob"), await elsewhere(tx, "carol")
        post = await asked(tx, ana)
    await arrives(store, vote_of(bob, post))
    end = await ends_at(store, post)
    await arrives(store, vote_of(carol, post))
    async with store.transaction() as tx:
        assert await evidence.waiting(tx, end), "who closes waits for it"
    await jobs_run(store)
    (in_time,) = await kept(store, post)
    assert in_time.actor == bob.id
    assert in_time.received_at < end
    async with store.transaction() as tx:
        assert in_time.evidence is not None
        await evidence.drop(tx, in_time.evidence)
        assert not await evidence.waiting(tx, now()), "what came too late is forgotten"


@pytest.mark.threat("D17")
async def test_what_is_refused_leaves_no_request_behind(store: Store) -> None:
    async with store.transaction() as tx:
        ana, bob = await member(tx, "ana"), await elsewhere(tx, "bob")
        post = await asked(tx, ana)
    stranger = {**vote_of(bob, post), "actor": "https://far.example/users/nobody"}
    strange = vote_of(bob, post, 3)
    strange["object"] = {**strange["object"], "name": "Perhaps"}
    for activity in (stranger, strange):
        await arrives(store, activity)
    async with store.transaction() as tx:
        assert await evidence.waiting(tx, now())
    await jobs_run(store)
    async with store.transaction() as tx:
        assert not await evidence.waiting(tx, now())
        assert not await sql(tx, "SELECT FROM federation.evidence")
    assert await kept(store, post) == []


@pytest.mark.threat("I4")
async def test_who_closes_sees_also_what_is_being_written(store: Store) -> None:
    writing, written = asyncio.Event(), asyncio.Event()

    async def writes() -> None:
        async with store.transaction() as tx:
            await tx.run(Query(f"SELECT pg_advisory_xact_lock_shared({evidence.LOCK})"))
            await tx.run(
                Query(
                    "INSERT INTO federation.evidence (id, received_at, method, target, scheme, headers, body)"
                    " VALUES (1, clock_timestamp(), 'POST', '/inbox', 'https', '{}', '')"
                )
            )
            writing.set()
            await written.wait()

    async def closes(when: Callable[[], Awaitable[bool]]) -> bool:
        await writing.wait()
        return await when()

    async def waiting() -> bool:
        async with store.transaction() as tx:
            return await evidence.waiting(tx, now())

    one, other = asyncio.create_task(writes()), asyncio.create_task(closes(waiting))
    done, _ = await asyncio.wait({other}, timeout=0.3)
    assert not done, "it waits for the writer"
    written.set()
    await one
    assert await other


@pytest.mark.threat("I4")
async def test_a_member_who_votes_while_the_votes_are_taken_comes_after(store: Store) -> None:
    async with store.transaction() as tx:
        ana, bob = await member(tx, "ana"), await member(tx, "bob")
        post = await asked(tx, ana)
    async with store.transaction() as tx:
        assert await polls.kept_votes(tx, post.id) == []

        async def votes() -> None:
            async with store.transaction() as own:
                await polls.vote(own, bob, post, [0])

        task = asyncio.get_running_loop().create_task(votes(), context=_outside())
        done, _ = await asyncio.wait({task}, timeout=0.3)
        assert not done
        await polls.close(tx, post.id)
    with pytest.raises(Exception, match="ended"):
        await task
    assert await kept(store, post) == []


def _outside() -> Any:
    """A context in which no transaction is open."""
    return Context()


@pytest.mark.threat("I6")
async def test_no_word_of_a_stranger_makes_a_member(here: Instance, there: Peer) -> None:
    unkept(here)
    bob, eve, ana = there.actor("bob"), there.actor("eve"), await here.member("ana")
    rsa, ed25519 = await accounts.new_keys()
    async with here.store.transaction() as tx:
        group = await groups.create(tx, "members", asked=True, rsa=rsa, ed25519=ed25519)
    await ana.post(f"/api/v1/accounts/{group.id}/follow")
    follow = there.activity("Follow", bob, group.uri)
    await accepted(here, there, follow)
    for forged in (
        there.activity("Accept", eve, follow),
        there.activity("Accept", bob, follow),
        there.activity("Accept", eve, {"type": "Follow", "actor": ana.actor.uri, "object": group.uri}),
        there.activity("Add", eve, bob, target=group.followers, to=[PUBLIC]),
        there.activity("Join", bob, {"type": "Group", "id": group.uri}),
        there.activity("Announce", eve, {**follow, "type": "Accept"}),
        there.activity("Update", eve, {"type": "Group", "id": eve, "followers": group.followers}),
    ):
        await there.send(here.inbox, forged)
    await here.settled(deliveries=False)
    states = await here.fetch("SELECT state FROM conversation.follows WHERE followed = $1", group.id)
    assert [row["state"] for row in states] == ["asked", "asked"]
    assert there.of_type("Accept") == []

    who = await met(here, bob)
    async with here.store.transaction() as tx:
        await follows.accept(tx, group, who)
    await received(there, "Accept")
    undo = there.activity("Undo", eve, follow)
    await there.send(here.inbox, undo)
    await here.settled(deliveries=False)
    async with here.store.reading() as tx:
        assert (await follows.relationship(tx, who.id, group.id)).following, "nobody else can leave for them"


@pytest.mark.threat("I2")
async def test_a_vote_that_somebody_else_passes_on_is_none(here: Instance, there: Peer) -> None:
    unkept(here)
    ana, bob, bees = await here.member("ana"), there.actor("bob"), there.actor("bees", type="Group")
    await follows_out(here, there, ana, bees)
    async with here.store.transaction() as tx:
        post = await asked(tx, ana.actor)
    vote = vote_of(await met(here, bob), post)
    there.documents["/votes/1"] = {**vote["object"], "id": f"{there.origin}/votes/1", "to": [PUBLIC]}
    for carried in (vote, {**vote, "object": f"{there.origin}/votes/1"}):
        await accepted(here, there, there.activity("Announce", bees, carried, to=[PUBLIC]))
    await accepted(here, there, there.activity("Create", bob, f"{there.origin}/votes/1"))
    assert await kept(here.store, post) == []
    shown = await ana.get(f"/api/v1/statuses/{post.id}/context")
    assert shown["descendants"] == []
