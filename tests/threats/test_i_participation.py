"""Row I: what comes by activities makes nobody a member, and lets nobody act for others, whatever it claims."""

import secrets
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phyle.cooperative import people
from phyle.cooperative.forms import new_id
from phyle.cooperative.law import acts
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.phyles import Phyle
from phyle.cooperative.ledger import reading, signing
from phyle.cooperative.ledger.openings import Opening, seal
from phyle.identity import multikey
from phyle.identity.actors import Actor
from tests.between import accepted, received
from tests.cooperative.activities.test_doors import founders, group, member_of
from tests.cooperative.activities.test_joining import asked
from tests.cooperative.founding import pass_time, propose
from tests.cooperative.travelling import Clock
from tests.instance import Instance
from tests.peer import Peer

I6 = pytest.mark.threat("I6")


@dataclass
class Forger:
    """Somebody on a server of their own, who can send and sign whatever they like."""

    whole: Instance
    there: Peer
    uri: str
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    member: str = field(default_factory=new_id)

    async def act(self, kind: str, payload: dict[str, Any], *, by: str = "", key: Any = None) -> dict[str, Any]:
        async with self.whole.store.reading() as tx:
            origin, at = await signing.origin(tx), await tx.value(signing.SQL.clock)
        bare = signing.compose(origin, kind, by or self.member, payload, at=at, nonce=secrets.token_hex(16))
        return acts.sign(bare, key or self.key, at=at)

    async def application(self, actor: str = "", **changed: Any) -> dict[str, Any]:
        opening = seal("actor", actor or self.uri)
        payload = {
            "member": self.member,
            "key": multikey.encode(self.key.public_key()),
            "custody": "server",
            "via": self.there.host,
            "identity": {"actor": opening.commitment},
            **changed,
        }
        return self.carried(await self.act("apply", payload, by=payload["member"]), opening)

    def carried(self, act: dict[str, Any], *openings: Opening) -> dict[str, Any]:
        opened = [{"value": each.value, "salt": each.salt} for each in openings]
        return {"phyle:act": act, "phyle:openings": opened}

    async def send(self, kind: str, carried: dict[str, Any]) -> None:
        members = await group(self.whole, "members")
        await accepted(self.whole, self.there, self.there.activity(kind, self.uri, members, **carried))


@pytest.fixture
async def by(whole: Instance) -> list[Actor]:
    return await founders(whole)


@pytest.fixture
async def mallory(whole: Instance, there: Peer, by: list[Actor]) -> Forger:
    return Forger(whole=whole, there=there, uri=there.actor("mallory"))


async def members(whole: Instance) -> dict[str, str]:
    async with whole.store.reading() as tx:
        return {id: member.standing for id, member in (await reading.group(tx, Member)).items()}


async def linked(whole: Instance) -> dict[str, int]:
    return {row["member"]: row["actor"] for row in await whole.fetch("SELECT member, actor FROM cooperative.people")}


async def test_who_says_the_truth_applies(whole: Instance, mallory: Forger) -> None:
    await mallory.send("Join", await mallory.application())
    id, known = await member_of(whole, mallory.uri)
    assert (id, known.standing, known.via) == (mallory.member, "applicant", mallory.there.host)


@I6
async def test_a_join_in_the_name_of_somebody_else(whole: Instance, mallory: Forger) -> None:
    before = await members(whole), await linked(whole)
    other = multikey.encode(Ed25519PrivateKey.generate().public_key())
    forgeries: list[dict[str, Any]] = [
        {"actor": "https://good.example/victim"},
        {"via": "good.example"},
        {"custody": "member"},
        {"key": other},
        {"identity": {}},
    ]
    for number, forged in enumerate(forgeries, start=1):
        await mallory.send("Join", await mallory.application(**forged))
        rejects = await received(mallory.there, "Reject", count=number)
        assert rejects[-1]["summary"]
    assert (await members(whole), await linked(whole)) == before


@I6
async def test_a_join_as_a_member_who_is_known(whole: Instance, mallory: Forger) -> None:
    before = await members(whole), await linked(whole)
    for id in before[0]:
        await mallory.send("Join", await mallory.application(member=id))
    await received(mallory.there, "Reject", count=3)
    assert (await members(whole), await linked(whole)) == before


@I6
async def test_an_id_that_somebody_else_claimed(whole: Instance, mallory: Forger, by: list[Actor]) -> None:
    claimed = new_id()
    async with whole.store.transaction() as tx:
        await people.link(tx, claimed, by[0].id)
    await mallory.send("Join", await mallory.application(member=claimed))
    await received(mallory.there, "Reject")
    assert (await linked(whole))[claimed] == by[0].id
    assert claimed not in await members(whole)


@I6
async def test_what_a_member_signed_sent_by_another(whole: Instance, beyond: Instance, mallory: Forger) -> None:
    _, member = await asked(whole, beyond)
    before = await linked(whole)
    origin = f"{whole.store.settings.domain}/ledger/1"
    for number, (kind, act) in enumerate((("Join", "apply_again"), ("Offer", "return"), ("Leave", "exit")), start=1):
        async with beyond.store.transaction() as tx:
            stolen = dict(await signing.as_member(tx, member, act, {}, origin=origin))
        await mallory.send(kind, mallory.carried(stolen))
        rejects = await received(mallory.there, "Reject", count=number)
        assert "themselves" in rejects[-1]["summary"]
    assert (await members(whole))[member] == "applicant"
    assert await linked(whole) == before


@I6
async def test_activities_that_carry_nothing_grant_nothing(whole: Instance, mallory: Forger) -> None:
    before = await members(whole), await linked(whole)
    target, uri = await group(whole, "members"), mallory.uri
    follow = {"type": "Follow", "id": f"{uri}#follow", "actor": uri, "object": target}
    join = {**follow, "type": "Join", "id": f"{uri}#join"}
    for kind, thing in product(("Accept", "Add", "Invite", "Offer", "Join"), (follow, join, uri, target)):
        sent = mallory.there.activity(kind, uri, thing, target=target, result={"type": "VerifiableCredential"})
        await accepted(whole, mallory.there, sent)
    assert (await members(whole), await linked(whole)) == before
    follows = "SELECT count(*) FROM conversation.follows f JOIN identity.actors a ON a.id = f.follower WHERE a.uri = $1"
    assert await whole.value(follows, uri) == 0


@I6
@pytest.mark.parametrize("forged", ["other group", "no credential", "credential of another phyle"])
async def test_an_accept_that_the_other_phyle_did_not_send(
    whole: Instance, beyond: Instance, by: list[Actor], mallory: Forger, forged: str
) -> None:
    bob, _ = await asked(whole, beyond)
    row = (await beyond.fetch("SELECT activity FROM cooperative.elsewhere"))[0]
    join = {"type": "Join", "id": row["activity"], "actor": bob.actor.uri, "object": await group(whole, "members")}
    result: dict[str, Any] = {"type": ["VerifiableCredential", "phyle:MembershipCredential"], "proof": {}}
    more = {} if forged == "no credential" else {"result": result}
    answer = mallory.there.activity("Accept", mallory.uri, join, **more)
    if forged == "credential of another phyle":
        await beyond.fetch("UPDATE cooperative.elsewhere SET phyle = $1", await _known_there(beyond, mallory))
    await accepted(beyond, mallory.there, answer)
    (found,) = await bob.get("/api/phyle/v1/elsewhere")
    assert (found["state"], found["credential"]) == ("asked", None)


async def _known_there(beyond: Instance, mallory: Forger) -> int:
    await accepted(beyond, mallory.there, mallory.there.activity("Like", mallory.uri, f"{mallory.uri}/nothing"))
    return int(await beyond.value("SELECT id FROM identity.actors WHERE uri = $1", mallory.uri))


@pytest.mark.threat("I2")
async def test_followers_from_throw_away_hosts_are_on_no_roll(
    whole: Instance, there: Peer, by: list[Actor], clock: Clock
) -> None:
    target = await group(whole, "members")
    for number in range(12):
        await accepted(whole, there, there.activity("Follow", there.actor(f"sock{number}"), target))
    resolve = await propose(whole.store, by[0], {"kind": "Resolve", "arguments": {}})
    await pass_time(whole.store, clock, days=1)
    roll = await whole.value("SELECT value -> 'rolls' -> 0 FROM cooperative.slices WHERE id = $1", f"{resolve}.1")
    assert roll["eligible"] == 3
    async with whole.store.reading() as tx:
        here = await reading.get(tx, Phyle)
    assert here is not None
    assert here.electors == 3
    assert list((await members(whole)).values()).count("applicant") == 12
