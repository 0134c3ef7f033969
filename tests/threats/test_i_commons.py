"""Contributions and uses under attack: nobody becomes a member by them, and what is done at once is done once."""

import asyncio

import pytest

from phyle.cooperative import acting, contributing
from phyle.cooperative.acting import Done
from phyle.cooperative.law.commons.contributions import Contribution
from phyle.cooperative.law.commons.outsiders import Contributor
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.phyles import Phyle
from phyle.cooperative.ledger import reading
from phyle.cooperative.ledger.beginning import begin
from phyle.errors import Refusal
from phyle.identity.actors import Actor
from phyle.store.transaction import Store
from tests.cooperative.founding import found, propose, vote
from tests.people import member as account

CARE = {"what": "care", "subject": "Tea"}


async def _begun(store: Store) -> tuple[list[Actor], str]:
    """Three founders and somebody from outside, and a work of the first."""
    await begin(store)
    async with store.transaction() as tx:
        people = [await account(tx, name) for name in ("ana", "ben", "cleo", "dan")]
    await found(store, people[:3])
    offer = {"name": "garden", "kind": "design", "at": "https://a.test/@garden.git", "licence": "PPL"}
    done = await acting.perform(store, people[0], "offer_work", offer)
    return people, str(done.payload["work"])


@pytest.mark.threat("I6")
async def test_who_is_credited_is_no_member_and_has_no_vote(store: Store) -> None:
    (ana, ben, _, dan), work = await _begun(store)
    claim = await contributing.contribute(store, dan, "claim", {"work": work, **CARE})
    await acting.perform(store, ana, "validate", {"work": work, "contribution": claim.payload["contribution"]})
    async with store.reading() as tx:
        by = claim.payload["outsider"]["id"]
        here = await reading.get(tx, Phyle)
        assert await reading.get(tx, Contributor, by) is not None
        assert await reading.get(tx, Member, by) is None
    assert here is not None
    assert here.electors == 3
    proposal = await propose(store, ben, {"kind": "Resolve", "arguments": {}})
    for kind, given in (
        ("propose", {"title": "Mine", "text": "x", "options": [{"label": "Yes"}]}),
        ("vouch", {"member": by}),
        ("invite_maintainer", {"work": work, "member": by}),
        ("validate", {"work": work, "contribution": claim.payload["contribution"]}),
    ):
        with pytest.raises(Refusal):
            await acting.perform(store, dan, kind, given)
    with pytest.raises(Refusal):
        await vote(store, dan, f"{proposal}.1")


@pytest.mark.threat("I3")
async def test_what_is_validated_by_many_at_once_is_validated_once(store: Store) -> None:
    (ana, ben, *_), work = await _begun(store)
    claim = await acting.perform(store, ben, "claim", {"work": work, **CARE})
    named = {"work": work, "contribution": claim.payload["contribution"]}
    answers = await asyncio.gather(
        *(acting.perform(store, ana, "validate", named) for _ in range(20)), return_exceptions=True
    )
    assert sum(isinstance(each, Done) for each in answers) == 1
    assert all(isinstance(each, Done | Refusal) for each in answers)
    async with store.reading() as tx:
        found_ = await reading.get(tx, Contribution, f"{work}/{claim.payload['contribution']}")
    assert found_ is not None
    assert found_.phase == "valid"


@pytest.mark.threat("I3")
async def test_somebody_new_who_claims_many_things_at_once_is_one_person(store: Store) -> None:
    """The first acts of somebody from outside race each other: all are by the same id and key, and each counts once."""
    (_, _, _, dan), work = await _begun(store)
    claims = [contributing.contribute(store, dan, "claim", {"work": work, **CARE}, key=str(n % 10)) for n in range(20)]
    done = await asyncio.gather(*claims)
    assert len({each.payload["outsider"]["id"] for each in done}) == 1
    async with store.reading() as tx:
        every = await reading.group(tx, Contribution, work)
        known = await reading.get(tx, Contributor, done[0].payload["outsider"]["id"])
    assert len(every) == 10
    assert known is not None
    assert known.open == 10
