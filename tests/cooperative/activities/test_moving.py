"""A member's account moves, and its server takes a new key: the ledger follows, and members can verify that it did."""

import asyncio
from typing import Any

from phyle.conversation import moving
from phyle.cooperative import elsewhere, people
from phyle.cooperative.activities import joining
from phyle.cooperative.audit.auditing import audit
from phyle.cooperative.audit.remote import Remote
from phyle.cooperative.audit.verdicts import Verdict
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.values import Word
from phyle.cooperative.ledger import append, reading
from phyle.identity import actors, tokens
from phyle.identity.actors import Actor
from tests.between import accepted, met, received
from tests.cooperative.activities.quickly import QUICK, admit_now, follower
from tests.cooperative.activities.test_doors import founders, group, poll_vote
from tests.cooperative.activities.test_joining import asked, clocks, state_of
from tests.cooperative.founding import propose
from tests.cooperative.travelling import Clock
from tests.instance import Instance
from tests.peer import Peer
from tests.servers import eventually

__all__ = ["clocks"]


async def known(whole: Instance, member: str) -> tuple[Member, Actor]:
    async with whole.store.reading() as tx:
        found, actor = await reading.get(tx, Member, member), await people.actor_of(tx, member)
        assert found is not None
        assert actor is not None
        return found, await actors.by_id(tx, actor)


async def audited(whole: Instance, by: Actor) -> Verdict:
    """At the level of a member."""

    async def covered() -> bool:
        query = "SELECT (SELECT max(size) FROM cooperative.checkpoints) = (SELECT count(*) FROM cooperative.entries)"
        return bool(await whole.value(query))

    await append.drain(whole.store)
    await eventually(covered)
    async with whole.store.transaction() as tx:
        issued = await tokens.issue(tx, application=None, actor=by.id, scopes="read")

    def run() -> Verdict:
        with Remote(f"{whole.origin}/ledger/", insecure_local=True, token=issued.secret) as source:
            return audit(source)

    return await asyncio.to_thread(run)


async def test_a_membership_goes_along_and_its_new_key_is_pinned(whole: Instance, there: Peer) -> None:
    by = await founders(whole, QUICK)
    zed, member = await follower(whole, there, by)
    before, _ = await known(whole, member)
    new = there.actor("zed2", alsoKnownAs=[zed])
    await accepted(whole, there, there.activity("Move", zed, zed, target=new))
    await append.drain(whole.store)
    after, actor = await known(whole, member)
    assert actor.uri == new
    assert after.identity[Word("actor")] != before.identity[Word("actor")]
    assert (after.standing, after.custody) == ("member", "none")
    there.received.clear()
    await accepted(whole, there, there.activity("Follow", new, await group(whole, "members")))
    await received(there, "Accept")
    await accepted(whole, there, there.activity("Undo", zed, {"type": "Follow", "actor": zed}))
    assert (await known(whole, member))[0].standing == "member"

    old = there.signer(new)
    there.rotate(new)
    document = there.documents[new.removeprefix(there.origin)]
    update = there.activity("Update", new, document)
    await accepted(whole, there, update, signer=old)
    await append.drain(whole.store)
    assert (await known(whole, member))[0].identity[Word("pinned")] != after.identity[Word("pinned")]
    follow = there.activity("Follow", new, await group(whole, "members"))
    await accepted(whole, there, there.activity("Undo", new, follow))
    await append.drain(whole.store)
    assert (await known(whole, member))[0].standing == "exited"
    verdict = await audited(whole, by[0])
    assert verdict.sound, verdict.findings


async def test_a_move_that_the_new_account_does_not_confirm(whole: Instance, there: Peer) -> None:
    by = await founders(whole, QUICK)
    zed, member = await follower(whole, there, by)
    for stranger in (there.actor("other"), by[1].uri):
        await accepted(whole, there, there.activity("Move", zed, zed, target=stranger))
    assert (await known(whole, member))[1].uri == zed


async def test_somebody_here_takes_their_membership_elsewhere(whole: Instance, there: Peer) -> None:
    ana, *_ = await founders(whole)
    async with whole.store.reading() as tx:
        member = await people.member(tx, ana.id)
    target = await met(whole, there.actor("ana", alsoKnownAs=[ana.uri]))
    async with whole.store.transaction() as tx:
        await moving.move(tx, ana, target)
    await whole.settled(deliveries=False)
    await append.drain(whole.store)
    after, actor = await known(whole, member)
    assert (after.custody, after.via, after.key, actor.uri) == ("none", there.host, None, target.uri)


async def test_a_membership_of_another_phyle_goes_along(
    whole: Instance, beyond: Instance, there: Peer, clocks: Clock
) -> None:
    by = await founders(whole, QUICK)
    bob, member = await asked(whole, beyond)
    await admit_now(whole, by, member)
    await state_of(bob, "admitted")
    new = there.actor("bob", alsoKnownAs=[bob.actor.uri])
    target = await met(beyond, new)
    async with beyond.store.transaction() as tx:
        await moving.move(tx, bob.actor, target)

    async def gone_along() -> bool:
        return (await known(whole, member))[1].uri == new

    await eventually(gone_along)
    after, _ = await known(whole, member)
    assert (after.standing, after.custody, after.via, after.key) == ("member", "none", there.host, None)
    await state_of(bob, "left")
    sent = (await bob.get("/api/phyle/v1/elsewhere/acts"))[0]
    assert (sent["kind"], sent["state"]) == ("move", "entered")

    await accepted(whole, there, there.activity("Follow", new, await group(whole, "members")))
    await received(there, "Accept")
    await accepted(whole, there, there.activity("Follow", new, await group(whole, "agora")))
    there.received.clear()
    id = await propose(whole.store, by[0], {"kind": "Resolve", "arguments": {}}, title="A garden")

    async def question() -> dict[str, Any] | None:
        creates = [body["object"] for body in there.of_type("Create")]
        return next((thing for thing in creates if isinstance(thing, dict) and thing["type"] == "Question"), None)

    await accepted(whole, there, poll_vote(there, new, await eventually(question), "Agree"))
    await append.drain(whole.store)
    paper = "SELECT count(*) FROM cooperative.slices WHERE kind = 'paper' AND id = $1"
    assert await whole.value(paper, f"{id}.1/{member}") == 1, "they vote from where they are now"
    verdict = await audited(whole, by[0])
    assert verdict.sound, verdict.findings


async def test_nobody_gives_their_membership_to_a_stranger(
    whole: Instance, beyond: Instance, there: Peer, clocks: Clock
) -> None:
    """The key alone does not do it: the other account must say the same, where everybody sees it."""
    by = await founders(whole, QUICK)
    bob, member = await asked(whole, beyond)
    await admit_now(whole, by, member)
    await state_of(bob, "admitted")
    stranger = await met(beyond, there.actor("zed"))
    async with beyond.store.transaction() as tx:
        link = (await elsewhere.live(tx, bob.actor.id))[0]
        await joining.move(tx, bob.actor, link, stranger)
    await state_of(bob, "left")
    await beyond.settled()
    await whole.settled()
    assert (await known(whole, member))[1].uri == bob.actor.uri
