"""Somebody on one phyle becomes a member of another by a Join, acts there by signed acts, and leaves."""

from typing import Any

import pytest

from phyle.cooperative.law.ballots import Ballot
from phyle.cooperative.law.members import Member
from phyle.cooperative.ledger import append, reading
from phyle.cooperative.ledger.beginning import begin
from phyle.identity.actors import Actor
from tests.cooperative.activities.test_doors import founders, group, member_of
from tests.cooperative.founding import pass_time, proposal, propose, vote
from tests.cooperative.travelling import Clock, Clocks
from tests.instance import Instance
from tests.instance import Member as Person
from tests.servers import eventually

API = "/api/phyle/v1/elsewhere"


@pytest.fixture
def clocks(clock: Clock, beyond: Instance) -> Clock:
    """Time passes on both sides."""
    return Clocks(clock, Clock(beyond.store.wakes._dsn.replace("phyle_server@", "postgres@")))


async def asked(whole: Instance, beyond: Instance) -> tuple[Person, str]:
    """Bob, whose instance is another one, has applied: who he is, and as which member."""
    await begin(beyond.store)
    bob = await beyond.member("bob")
    answer = await bob.post(f"{API}/join", group=whole.store.settings.domain)
    assert (answer["state"], answer["phyle"]) == ("asked", f"{whole.store.settings.domain}/ledger/1")
    member, known = await member_of(whole, bob.actor.uri)
    assert (known.standing, known.custody, known.via) == ("applicant", "server", beyond.store.settings.domain)
    return bob, member


async def admit(whole: Instance, clock: Clock, by: list[Actor], member: str) -> None:
    id = await propose(whole.store, by[0], {"kind": "Admit", "arguments": {"member": member}})
    await pass_time(whole.store, clock, days=1)
    for each in by:
        await vote(whole.store, each, f"{id}.1")
    await pass_time(whole.store, clock, days=3)
    assert (await proposal(whole.store, id)).phase == "executed"


async def state_of(person: Person, wanted: str) -> dict[str, Any]:
    async def reached() -> dict[str, Any] | None:
        (found,) = await person.get(API)
        return found if found["state"] == wanted else None

    result: dict[str, Any] = await eventually(reached)
    return result


async def acted(person: Person, phyle: str, kind: str, **payload: Any) -> dict[str, Any]:
    """The person acts in the other phyle; what is known of the act once it is answered."""
    sent = await person.post(f"{API}/acts", phyle=phyle, kind=kind, payload=payload)

    async def answered() -> dict[str, Any] | None:
        found = await person.get(f"{API}/acts")
        return next((each for each in found if each["act"] == sent["act"] and each["state"] != "sent"), None)

    result: dict[str, Any] = await eventually(answered)
    return result


async def standing(whole: Instance, member: str) -> str:
    async with whole.store.reading() as tx:
        found = await reading.get(tx, Member, member)
    return found.standing if found else ""


async def test_a_member_of_another_phyle_joins_acts_and_leaves(
    whole: Instance, beyond: Instance, clocks: Clock
) -> None:
    by = await founders(whole)
    bob, member = await asked(whole, beyond)
    again = await bob.ask("POST", f"{API}/join", json={"group": await group(whole, "members")})
    assert again.status_code == 409
    await admit(whole, clocks, by, member)
    admitted = await state_of(bob, "admitted")
    subject = admitted["credential"]["credentialSubject"]
    assert (subject["id"], subject["phyle:member"]) == (bob.actor.uri, member)

    resolve = await propose(whole.store, by[0], {"kind": "Resolve", "arguments": {}})
    await pass_time(whole.store, clocks, days=1)
    voted = await acted(bob, admitted["phyle"], "vote", ballot=f"{resolve}.1", choice={"paper": "against"})
    assert voted["state"] == "entered"
    refused = await acted(bob, admitted["phyle"], "vote", ballot="a" * 26 + ".1", choice={"paper": "against"})
    assert refused["state"] == "refused"
    assert refused["reason"]
    async with whole.store.reading() as tx:
        ballot = await reading.get(tx, Ballot, f"{resolve}.1")
    assert ballot is not None
    assert ballot.papers == 1
    bees = {"kind": "Resolve", "arguments": {"text": "We keep bees."}}
    options = [{"label": "Yes", "effects": [bees]}]
    proposed = await acted(bob, admitted["phyle"], "propose", title="Bees", text="They hum.", options=options)
    assert (proposed["state"], proposed["reason"]) == ("entered", None)
    receipts = await beyond.value("SELECT count(*) FROM cooperative.receipts WHERE member = $1", member)
    assert receipts == 3

    assert (await acted(bob, admitted["phyle"], "exit"))["state"] == "entered"
    assert await standing(whole, member) == "exited"
    assert (await bob.get(API))[0]["state"] == "left"


async def test_who_withdraws_can_join_again_as_the_same_member(whole: Instance, beyond: Instance) -> None:
    await founders(whole)
    bob, member = await asked(whole, beyond)
    phyle = f"{whole.store.settings.domain}/ledger/1"
    assert (await acted(bob, phyle, "exit"))["state"] == "entered"
    assert await standing(whole, member) == "withdrawn"
    await bob.post(f"{API}/join", group=f"@members@{whole.store.settings.domain}")

    async def applies() -> bool:
        return await standing(whole, member) == "applicant"

    await eventually(applies)
    await append.drain(whole.store)


async def test_what_was_not_taken_can_be_asked_again(whole: Instance, beyond: Instance) -> None:
    await begin(beyond.store)
    bob = await beyond.member("bob")
    await bob.post(f"{API}/join", group=whole.store.settings.domain)
    refused = await state_of(bob, "refused")
    assert "no applications" in refused["reason"]
    await founders(whole)
    await bob.post(f"{API}/join", group=whole.store.settings.domain)
    member, known = await member_of(whole, bob.actor.uri)
    assert (member, known.standing) == (refused["member"], "applicant")


@pytest.mark.parametrize("address", ["nowhere.invalid", "@ana@{host}", "{own}"])
async def test_what_is_no_other_phyle_cannot_be_joined(whole: Instance, beyond: Instance, address: str) -> None:
    await begin(beyond.store)
    await whole.member("ana")
    bob = await beyond.member("bob")
    text = address.format(host=whole.store.settings.domain, own=beyond.store.settings.domain)
    answer = await bob.ask("POST", f"{API}/join", json={"group": text})
    assert answer.status_code == 404
    assert await bob.get(API) == []
