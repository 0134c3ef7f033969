"""People of another phyle contribute to this one by signed acts in an Offer, without being members of it."""

from collections.abc import Mapping
from typing import Any

from phyle.conversation.activities import looking_up
from phyle.cooperative import acting, contributing
from phyle.cooperative.activities import joining
from phyle.cooperative.circles import MEMBERS, circle
from phyle.cooperative.contributing import Signed
from phyle.cooperative.forms import new_id
from phyle.cooperative.law.commons.contributions import Contribution
from phyle.cooperative.law.commons.outsiders import Contributor
from phyle.cooperative.law.members import Member
from phyle.cooperative.ledger import append, reading, signing
from phyle.cooperative.ledger.beginning import begin
from phyle.identity import actors
from phyle.identity.actors import Actor
from tests.cooperative.activities.test_doors import founders
from tests.instance import Instance
from tests.servers import eventually

CHANGE = {"what": "change", "subject": "c0" * 20, "terms": {"dco": True, "licence": "PPL"}}


async def signed(beyond: Instance, actor: Actor, origin: str, kind: str, given: Mapping[str, Any]) -> Signed:
    """An act for another ledger, by a key that is kept for it alone."""
    async with beyond.store.transaction() as tx:
        by = await signing.member_of(tx, actor.id, origin) or new_id()
        return await contributing.sign(tx, actor, by, kind, given, origin=origin, days=30)


async def offered(whole: Instance, beyond: Instance, actor: Actor, act: Signed) -> None:
    """It goes to the members' group of the phyle."""
    async with whole.store.reading() as tx:
        uri = (await circle(tx, MEMBERS)).uri
    async with beyond.store.transaction() as tx:
        group = await actors.by_uri(tx, uri)
        assert group is not None
        await joining._send(tx, "Offer", actor, group, act.document, act.openings)


async def claims(whole: Instance, work: str) -> dict[str, Contribution]:
    async with whole.store.reading() as tx:
        return dict(await reading.group(tx, Contribution, work))


async def begun(whole: Instance, beyond: Instance) -> tuple[Actor, str, str]:
    """A maintainer here, what the ledger is called, and a work in it. The group is known beyond."""
    ana, *_ = await founders(whole)
    offer = {"name": "garden", "kind": "design", "at": "https://a.test/@garden.git", "licence": "PPL"}
    done = await acting.perform(whole.store, ana, "offer_work", offer)
    await begin(beyond.store)
    assert await looking_up.actor(beyond.net, beyond.store, f"@{MEMBERS}@{whole.store.settings.domain}")
    async with whole.store.reading() as tx:
        return ana, await signing.origin(tx), str(done.payload["work"])


async def test_a_claim_from_another_phyle_is_entered_and_validated(whole: Instance, beyond: Instance) -> None:
    ana, origin, work = await begun(whole, beyond)
    bob = (await beyond.member("bob")).actor
    await offered(whole, beyond, bob, await signed(beyond, bob, origin, "claim", {"work": work, **CHANGE}))

    async def entered() -> dict[str, Contribution]:
        await append.drain(whole.store)
        return await claims(whole, work)

    found = await eventually(entered)
    ((id, claim),) = found.items()
    await acting.perform(whole.store, ana, "validate", {"work": work, "contribution": id.partition("/")[2]})
    async with whole.store.reading() as tx:
        known = await reading.get(tx, Contributor, claim.by)
    assert (await claims(whole, work))[id].phase == "valid"
    assert known is not None
    assert known.via == beyond.store.settings.domain
    back = {"work": work, "contribution": id.partition("/")[2]}
    await offered(whole, beyond, bob, await signed(beyond, bob, origin, "withdraw_contribution", back))

    async def withdrawn() -> bool:
        return (await claims(whole, work))[id].phase == "withdrawn"

    assert await eventually(withdrawn)


async def test_nobody_sends_what_another_signed(whole: Instance, beyond: Instance) -> None:
    """The signature holds, and the account that sends it is not the one that it names."""
    _, origin, work = await begun(whole, beyond)
    bob, mallory = [(await beyond.member(name)).actor for name in ("bob", "mallory")]
    stolen = await signed(beyond, bob, origin, "claim", {"work": work, **CHANGE})
    await offered(whole, beyond, mallory, stolen)
    await offered(whole, beyond, bob, await signed(beyond, bob, origin, "claim", {"work": work, **CHANGE}))

    async def entered() -> dict[str, Contribution]:
        return await claims(whole, work)

    found = await eventually(entered)
    assert {id.partition("/")[2] for id in found}.isdisjoint({stolen.document["payload"]["contribution"]})


async def test_who_contributed_from_outside_can_apply_by_following(whole: Instance, beyond: Instance) -> None:
    """Their server's word is enough for that; what they contributed stays with the key that they had for it."""
    _, origin, work = await begun(whole, beyond)
    bob = await beyond.member("bob")
    await offered(whole, beyond, bob.actor, await signed(beyond, bob.actor, origin, "claim", {"work": work, **CHANGE}))

    async def entered() -> dict[str, Contribution]:
        return await claims(whole, work)

    (claim,) = (await eventually(entered)).values()
    group = await looking_up.actor(beyond.net, beyond.store, f"@{MEMBERS}@{whole.store.settings.domain}")
    await bob.post(f"/api/v1/accounts/{group}/follow")

    async def applied() -> dict[str, Member]:
        async with whole.store.reading() as tx:
            every = await reading.group(tx, Member)
        return {id: member for id, member in every.items() if member.standing == "applicant"}

    ((id, member),) = (await eventually(applied)).items()
    assert (id == claim.by, member.custody) == (False, "none")
