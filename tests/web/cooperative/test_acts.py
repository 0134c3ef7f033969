"""Acts through the API: once under one key, with receipts that prove themselves, and by keys that members hold."""

import asyncio
import secrets
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phyle.cooperative.law import possession, receipts
from phyle.cooperative.law.acts import sign
from phyle.cooperative.law.commitments import commit
from phyle.cooperative.ledger import signing
from phyle.identity import multikey
from tests.cooperative.law.stories import name
from tests.web.cooperative.living import API, FOR, Living, Person, answered


async def _origin(living: Living) -> str:
    found: str = (await living.anyone("/phyle"))["origin"]
    return found


class Holder:
    """Somebody who holds their ledger key themselves, and needs no account."""

    def __init__(self, living: Living, member: str = "") -> None:
        self.living = living
        self.key = Ed25519PrivateKey.generate()
        self.member = member or name(secrets.randbits(60))

    @property
    def multikey(self) -> str:
        return multikey.encode(self.key.public_key())

    async def signed(self, kind: str, payload: Any, by: str = "") -> dict[str, Any]:
        at = (await self.living.anyone("/phyle"))["now"]
        bare = signing.compose(await _origin(self.living), kind, by or self.member, payload, at=at)
        return sign(bare, self.key, at=at)

    async def hand_in(self, act: Any, status: int = 200, account: Person | None = None, **more: Any) -> Any:
        if account is not None:
            return await account.post("/acts", status, act=act, **more)
        answer = await self.living.here.client.post(f"{API}/acts", json={"act": act, **more})
        return answered(answer, status)

    def sealed(self, value: Any) -> tuple[str, dict[str, Any]]:
        salt = secrets.token_hex(16)
        return commit(value, salt), {"value": value, "salt": salt}


async def _held(living: Living, person: Person) -> Holder:
    """A member takes their key into their own hands."""
    holder = Holder(living, person.member)
    proof = possession.prove(holder.key, await _origin(living), person.member)
    await person.post("/members/me/key", key=holder.multikey, custody="member", possession=proof)
    return holder


async def test_a_member_takes_the_key_and_nobody_else_votes_for_them(living: Living) -> None:
    ana, ben, _ = await living.founded("ana", "ben", "cleo")
    assert (await living.anyone("/phyle"))["self_attested"]
    ballot = await living.to_ballot(await living.resolution(ben))
    holder = await _held(living, ana)
    assert not (await living.anyone("/phyle"))["self_attested"]
    refused = await ana.post(f"/ballots/{ballot}/vote", 404, choice=FOR)
    assert refused["error"] == "The key of this membership is not kept here: sign with your own."

    choice, opening = holder.sealed(FOR)
    act = await holder.signed("vote", {"ballot": ballot, "choice": choice})
    done = await holder.hand_in(act, openings=[opening])
    assert done["receipt"]["state"] == "entered"
    assert (await holder.hand_in(act, openings=[opening]))["entry"] == done["entry"]
    await ben.post(f"/ballots/{ballot}/vote", choice=FOR)
    assert await living.decided(ballot.partition(".")[0]) == "executed"
    papers = (await living.anyone(f"/ballots/{ballot}/papers"))["papers"]
    assert {paper["member"] for paper in papers} == {ana.member, ben.member}


async def test_what_a_holder_hands_in_is_proven_first(living: Living) -> None:
    ana, ben, _ = await living.founded("ana", "ben", "cleo")
    ballot = await living.to_ballot(await living.resolution(ben))
    holder, forger = await _held(living, ana), Holder(living)
    choice, opening = holder.sealed(FOR)
    payload = {"ballot": ballot, "choice": choice}
    waiting = "SELECT count(*) FROM cooperative.acts"
    before = await living.here.value(waiting)
    forged = await forger.signed("vote", payload, by=ana.member)
    assert "another key" in (await holder.hand_in(forged, 401, openings=[opening]))["error"]
    good = await holder.signed("vote", payload)
    changed = {**good, "expires": good["expires"] + 1}
    assert "does not fit" in (await holder.hand_in(changed, 401, openings=[opening]))["error"]
    stranger = await forger.signed("vote", payload)
    assert "not known" in (await holder.hand_in(stranger, 403))["error"]
    for wrong in ({"value": FOR, "salt": "00" * 16}, {"value": FOR}, "x", {"value": 0.5, "salt": "00" * 16}):
        assert (await living.here.client.post(f"{API}/acts", json={"act": good, "openings": [wrong]})).status_code < 500
    await holder.hand_in(await holder.signed("begin", {}), 400)
    await holder.hand_in("x", 400)
    assert await living.here.value(waiting) == before


async def test_a_newcomer_applies_and_proposes_by_a_key_alone(living: Living) -> None:
    ana, ben, _ = await living.founded("ana", "ben", "cleo")
    dan, account = Holder(living), await living.person("dan")
    host = living.here.store.settings.domain
    actor, opening = dan.sealed(account.account.actor.uri)
    told = {"member": dan.member, "key": dan.multikey, "custody": "member", "identity": {"actor": actor}}
    here, elsewhere = {**told, "via": host}, {**told, "via": "elsewhere.example"}
    await dan.hand_in(await dan.signed("apply", here), 403, openings=[opening])
    await dan.hand_in(await dan.signed("apply", here), 403, account=ana, openings=[opening])
    await dan.hand_in(await dan.signed("apply", elsewhere), 403, account=account, openings=[opening])
    await dan.hand_in(await dan.signed("apply", here), 400, account=account)
    await dan.hand_in(await dan.signed("apply", here), account=account, openings=[opening])
    await account.post("/applications", 409)
    for voucher in (ana, ben):
        await voucher.post(f"/applications/{dan.member}/vouch")
    await living.later()
    text, words = "Because bread.", "We bake bread."
    resolve = {"kind": "Resolve", "arguments": {"text": sha256(words.encode()).hexdigest()}}
    payload = {
        "proposal": name(7),
        "title": "Bread",
        "text": sha256(text.encode()).hexdigest(),
        "options": [{"label": "Yes", "effects": [resolve]}],
    }
    await dan.hand_in(await dan.signed("propose", payload), texts=[text, words])
    assert (await living.anyone(f"/proposals/{name(7)}"))["text"] == text
    shown = {row[0]: row[2] for row in (await ana.get("/ledger/openings"))["opened"]}
    assert shown[actor] == account.account.actor.uri


async def test_one_key_is_one_act(living: Living) -> None:
    ana, *_ = await living.founded("ana", "ben", "cleo")
    bread = {"kind": "Resolve", "arguments": {"text": "Bread."}}
    offer = {"title": "Bread", "text": "Bread.", "options": [{"label": "Yes", "effects": [bread]}]}
    headers = {"Idempotency-Key": "bread"}
    asked = [ana.ask("POST", "/proposals", json=offer, headers=headers) for _ in range(8)]
    done = [answered(answer) for answer in await asyncio.gather(*asked)]
    assert len({each["act"] for each in done}) == 1
    assert len(await living.anyone("/proposals")) == 1
    again = answered(await ana.ask("POST", "/proposals", json=offer, headers={"Idempotency-Key": "again"}))
    assert again["act"] != done[0]["act"]
    # a refusal uses up no key
    ballot = f"{done[0]['payload']['proposal']}.1"
    refused = await ana.ask("POST", f"/ballots/{ballot}/vote", json={"choice": FOR}, headers=headers)
    assert refused.status_code == 404
    await living.later(days=1)
    answered(await ana.ask("POST", f"/ballots/{ballot}/vote", json={"choice": FOR}, headers=headers))


async def test_whoever_applies_twice_at_once_has_one_membership(living: Living) -> None:
    await living.founded("ana", "ben", "cleo")
    dan = await living.person("dan")
    answers = await asyncio.gather(*(dan.ask("POST", "/applications", json={}) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers)[0] == 200
    members = {answer.json()["payload"]["member"] for answer in answers if answer.status_code == 200}
    assert len(members) == 1
    assert len(await living.anyone("/applications")) == 1
    count = await living.here.value("SELECT count(*) FROM cooperative.slices WHERE kind = 'member'")
    assert count == 4


async def test_every_answer_carries_a_receipt_that_proves_itself(living: Living) -> None:
    ana, *_ = await living.founded("ana", "ben", "cleo")
    proposal = await living.resolution(ana)
    done = await ana.post(f"/proposals/{proposal}/withdraw")
    key = (await living.anyone("/ledger"))["keys"]["credential"]
    found = receipts.verify(done["receipt"], key)
    assert (found.act, found.seq, found.state) == (done["act"], done["entry"], "entered")
    assert receipts.verify(await living.anyone(f"/receipts/{done['act']}"), key).seq == found.seq
    entry = (await living.anyone(f"/ledger/entries/{found.seq}"))["entry"]
    assert (entry["kind"], entry["by"]) == ("withdraw", ana.member)
    await living.anyone(f"/receipts/{'0' * 64}", 404)


async def test_a_paper_that_would_not_count_is_refused_at_once(living: Living) -> None:
    ana, *_ = await living.founded("ana", "ben", "cleo")
    ballot = await living.to_ballot(await living.resolution(ana))
    for wrong in ({"paper": "maybe"}, {"approve": [0]}, "for", None, {}, [1]):
        answer = await ana.ask("POST", f"/ballots/{ballot}/vote", json={"choice": wrong})
        assert answer.status_code == 422, answer.text
    as_form = await ana.ask("POST", f"/ballots/{ballot}/vote", data={"choice[paper]": "for"})
    assert as_form.status_code == 200, as_form.text
