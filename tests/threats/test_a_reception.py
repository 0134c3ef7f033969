"""Attacks on signatures and keys at the inbox of a whole instance: the answer itself says no, and nothing happened."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from phyle.clock import now
from phyle.federation import cavage, dates, signatures, wire
from phyle.federation.digests import digest
from phyle.federation.signatures import Signer, Style
from phyle.identity import keys
from tests.instance import Instance
from tests.peer import PUBLIC, Peer, deliver, peer, signed
from tests.servers import free_port

TRACES = (
    "SELECT (SELECT count(*) FROM federation.seen) + (SELECT count(*) FROM store.jobs) "
    "+ (SELECT count(*) FROM federation.unknown_activities) + (SELECT count(*) FROM federation.lanes)"
)
MALLORY = keys.new_rsa()


@pytest.fixture
async def evil() -> AsyncIterator[Peer]:
    async with peer() as built:
        yield built


def like(there: Peer, actor: str) -> dict[str, Any]:
    return there.activity("Like", actor, f"{there.origin}/nothing")


def plain(signer: Signer, inbox: str, body: bytes, **headers: str | None) -> dict[str, str]:
    """A correct draft-cavage signature over exactly Host, Date, Digest and what replaces or (None) removes them."""
    host, _, path = inbox.partition("://")[2].partition("/")
    over = {"Host": host, "Date": dates.write(now()), "Digest": digest(body), **headers}
    covered = {name: value for name, value in over.items() if value is not None}
    return {**covered, "Signature": cavage.sign(signer.key_id, signer.key, "POST", f"/{path}", covered)}


async def untouched(here: Instance) -> bool:
    return not await here.value(TRACES)


@pytest.mark.parametrize("style", ["cavage", "rfc9421"])
async def test_both_ways_to_sign_are_taken(here: Instance, there: Peer, style: Style) -> None:
    bob = there.actor("bob")
    assert (await there.send(here.inbox, like(there, bob), style=style)).status_code == 202
    ana = await here.member("ana")
    assert (await there.send(ana.actor.inbox, like(there, bob), style=style)).status_code == 202
    assert there.asked.count("/users/bob") == 1, "the key is kept"


async def test_the_names_of_digests_have_no_case(here: Instance, there: Peer) -> None:
    bob = there.actor("bob")
    body = wire.dump(like(there, bob))
    small = plain(there.signer(bob), here.inbox, body, Digest=digest(body).replace("SHA-256", "sha-256"))
    assert (await deliver(here.inbox, body, small)).status_code == 202


async def test_a_bad_message_signature_is_refused_in_the_answer(here: Instance, there: Peer) -> None:
    """Fedify tries RFC 9421 first and falls back to the older way when the answer is 401."""
    bob = there.actor("bob")
    body = wire.dump(like(there, bob))
    broken = signed(here.inbox, body, there.signer(bob), "rfc9421")
    broken["Signature"] = broken["Signature"].replace("sig1=:", "sig1=:AAAA")
    assert (await deliver(here.inbox, body, broken)).status_code == 401
    assert (await deliver(here.inbox, body, signed(here.inbox, body, there.signer(bob)))).status_code == 202


async def test_an_unsigned_activity_is_refused(here: Instance, there: Peer) -> None:
    body = wire.dump(like(there, there.actor("bob")))
    assert (await deliver(here.inbox, body, {})).status_code == 401
    assert there.asked == []
    assert await untouched(here)


@pytest.mark.threat("A1")
@pytest.mark.threat("A3")
async def test_another_body_under_a_good_signature(here: Instance, there: Peer) -> None:
    bob = there.actor("bob")
    first, second = (wire.dump(like(there, bob)) for _ in range(2))
    for style in ("cavage", "rfc9421"):
        headers = signed(here.inbox, first, there.signer(bob), style)  # type: ignore[arg-type]
        assert (await deliver(here.inbox, second, headers)).status_code == 401
    assert there.asked == [], "a body that is not the signed one needs no key to be refused"
    assert await untouched(here)


@pytest.mark.threat("A1")
async def test_a_request_that_was_signed_for_another_host(here: Instance, there: Peer) -> None:
    bob = there.actor("bob")
    body = wire.dump(like(there, bob))
    meant = signed("http://other.example/inbox", body, there.signer(bob))
    assert (await deliver(here.inbox, body, meant)).status_code == 401
    ours = here.origin.partition("://")[2]
    assert (await deliver(here.inbox, body, {**meant, "Host": ours})).status_code == 401
    assert await here.value("SELECT count(*) FROM federation.seen") == 0


@pytest.mark.threat("A2")
@pytest.mark.threat("A3")
@pytest.mark.threat("B11")
async def test_the_key_of_somebody_else_elsewhere(here: Instance, there: Peer, evil: Peer) -> None:
    alice, mallory = there.actor("alice"), evil.actor("mallory")
    forged = there.activity("Like", alice, f"{there.origin}/nothing")
    assert (await there.send(here.inbox, forged, signer=evil.signer(mallory))).status_code == 401
    assert there.asked == [], "nothing is asked about alice"
    assert await untouched(here)


@pytest.mark.threat("A2")
async def test_a_signed_digest_of_another_body(here: Instance, there: Peer) -> None:
    bob = there.actor("bob")
    body = wire.dump(like(there, bob))
    lying = plain(there.signer(bob), here.inbox, body, Digest=digest(b"{}"))
    assert (await deliver(here.inbox, body, lying)).status_code == 401
    assert await untouched(here)


@pytest.mark.threat("A3")
async def test_before_the_refusal_only_the_key_is_asked_for(here: Instance, there: Peer) -> None:
    bob = there.actor("bob", pem=MALLORY)
    there.rotate(bob)
    note = there.note(bob)
    forged = there.activity("Announce", bob, note["id"])
    answer = await there.send(here.inbox, forged, signer=Signer(key_id=f"{bob}#main-key", key=keys.rsa(MALLORY)))
    assert answer.status_code == 401
    asked = [path for path in there.asked if not path.startswith("/.well-known/")]  # whose name it is, a job may ask
    assert asked == ["/users/bob"]
    await here.settled()
    assert await here.value("SELECT count(*) FROM federation.seen") == 0
    assert await here.value("SELECT count(*) FROM federation.lanes") == 0


@pytest.mark.threat("A4")
async def test_a_key_that_names_an_owner_who_does_not_name_it(here: Instance, there: Peer) -> None:
    """On one host: a page that mallory may write claims to be a key of alice's."""
    alice = there.actor("alice")
    stray = f"{there.origin}/uploads/key"
    public = keys.public_pem(keys.private_key(MALLORY))
    there.documents["/uploads/key"] = {"id": stray, "type": "Key", "owner": alice, "publicKeyPem": public}
    forged = like(there, alice)
    answer = await there.send(here.inbox, forged, signer=Signer(key_id=stray, key=keys.rsa(MALLORY)))
    assert answer.status_code == 401
    assert await here.value("SELECT count(*) FROM identity.keys WHERE id = $1", stray) == 0


@pytest.mark.threat("A4")
async def test_a_key_elsewhere_that_names_alice_its_owner(here: Instance, there: Peer, evil: Peer) -> None:
    alice = there.actor("alice")
    public = keys.public_pem(keys.private_key(MALLORY))
    stray = f"{evil.origin}/key"
    evil.documents["/key"] = {"id": stray, "type": "Key", "owner": alice, "publicKeyPem": public}
    answer = await there.send(here.inbox, like(there, alice), signer=Signer(key_id=stray, key=keys.rsa(MALLORY)))
    assert answer.status_code == 401
    assert there.asked == []
    assert evil.asked == []


@pytest.mark.threat("A6")
async def test_a_key_document_with_another_id(here: Instance, there: Peer) -> None:
    bob = there.actor("bob")
    asked_for = f"{there.origin}/keys/1"
    there.documents["/keys/1"] = {
        "id": f"{there.origin}/keys/2",
        "owner": bob,
        "publicKeyPem": keys.public_pem(keys.private_key(MALLORY)),
    }
    answer = await there.send(here.inbox, like(there, bob), signer=Signer(key_id=asked_for, key=keys.rsa(MALLORY)))
    assert answer.status_code == 401
    assert await here.value("SELECT count(*) FROM identity.keys WHERE id = ANY($1)", [asked_for, bob]) == 0


@pytest.mark.threat("A7")
async def test_a_neighbours_key(here: Instance, there: Peer) -> None:
    alice, bob = there.actor("alice"), there.actor("bob")
    for known in (False, True):
        forged = like(there, alice)
        assert (await there.send(here.inbox, forged, signer=there.signer(bob))).status_code == 401, known
    assert await here.value("SELECT count(*) FROM federation.seen") == 0


@pytest.mark.threat("A8")
@pytest.mark.parametrize("missing", ["Digest", "Host", "Date"])
async def test_a_signature_that_leaves_something_out(here: Instance, there: Peer, missing: str) -> None:
    bob = there.actor("bob")
    body = wire.dump(like(there, bob))
    complete = plain(there.signer(bob), here.inbox, body)
    weak = plain(there.signer(bob), here.inbox, body, **{missing: None})
    assert (await deliver(here.inbox, body, {**complete, **weak})).status_code == 401
    assert there.asked == []


@pytest.mark.threat("A8")
async def test_a_signature_that_leaves_the_target_out(here: Instance, there: Peer) -> None:
    bob = there.actor("bob")
    body = wire.dump(like(there, bob))
    headers = plain(there.signer(bob), here.inbox, body)
    headers["Signature"] = headers["Signature"].replace('headers="(request-target) ', 'headers="')
    assert (await deliver(here.inbox, body, headers)).status_code == 401
    assert there.asked == []


@pytest.mark.threat("A9")
async def test_a_stale_future_or_unreadable_date(here: Instance, there: Peer) -> None:
    bob = there.actor("bob")
    body = wire.dump(like(there, bob))
    stale, future = dates.write(now() - timedelta(hours=13)), dates.write(now() + timedelta(hours=2))
    for date in (stale, future, "yesterday", ""):
        headers = plain(there.signer(bob), here.inbox, body, Date=date)
        assert (await deliver(here.inbox, body, headers)).status_code == 401, date
    assert there.asked == []
    assert await untouched(here)


@pytest.mark.threat("A11")
async def test_algorithms_that_prove_nothing(here: Instance, there: Peer) -> None:
    bob = there.actor("bob")
    body = wire.dump(like(there, bob))
    headers = plain(there.signer(bob), here.inbox, body)
    symmetric = {**headers, "Signature": headers["Signature"].replace("rsa-sha256", "hmac-sha256")}
    assert (await deliver(here.inbox, body, symmetric)).status_code == 401
    for odd in ("MD5=AAAA", "SHA-256=", "nonsense"):
        headers = plain(there.signer(bob), here.inbox, body, Digest=odd)
        assert (await deliver(here.inbox, body, headers)).status_code in (400, 401), odd
    modern = signed(here.inbox, body, there.signer(bob), "rfc9421")
    for odd in ("sha-256=AAAA", "sha-256=:AAAA:", "md5=:AAAA:"):
        assert (await deliver(here.inbox, body, {**modern, "Content-Digest": odd})).status_code in (400, 401), odd
    assert there.asked == []
    assert await untouched(here)


@pytest.mark.threat("A12")
@pytest.mark.parametrize("style", ["cavage", "rfc9421"])
async def test_another_target_than_the_signed_one(here: Instance, there: Peer, style: Style) -> None:
    bob, ana = there.actor("bob"), await here.member("ana")
    body = wire.dump(like(there, bob))
    headers = signed(here.inbox, body, there.signer(bob), style)
    for other in (f"{here.inbox}?a=b", ana.actor.inbox):
        assert (await deliver(other, body, headers)).status_code == 401
    got = signatures.sign(there.signer(bob), method="PUT", url=here.inbox, now=now(), body=body, style=style)
    assert (await deliver(here.inbox, body, got)).status_code == 401
    assert await here.value("SELECT count(*) FROM federation.seen") == 0


@pytest.mark.threat("A13")
async def test_a_replay_has_no_second_effect(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    post = await ana.post("/api/v1/statuses", status="Like me")
    number = int(post["id"])

    async def likes() -> int:
        await here.settled(deliveries=False)
        return int(await here.value("SELECT favourites_count FROM conversation.posts WHERE id = $1", number))

    first = there.activity("Like", bob, post["uri"])
    undo = there.activity("Undo", bob, first)
    body = wire.dump(undo)
    headers = signed(here.inbox, body, there.signer(bob))
    for _ in range(2):
        assert (await there.send(here.inbox, first)).status_code == 202
    assert await likes() == 1
    assert (await deliver(here.inbox, body, headers)).status_code == 202
    assert await likes() == 0
    assert (await there.send(here.inbox, there.activity("Like", bob, post["uri"]))).status_code == 202
    assert await likes() == 1
    assert (await deliver(here.inbox, body, headers)).status_code == 202, "it was taken before; that is no error"
    assert await likes() == 1, "an Undo that was seen does not undo a newer Like"
    assert (await there.send(here.inbox, first)).status_code == 202
    assert await likes() == 1


@pytest.mark.threat("A14")
async def test_a_new_key_is_asked_for_once(here: Instance, there: Peer) -> None:
    bob = there.actor("bob")
    assert (await there.send(here.inbox, like(there, bob))).status_code == 202
    there.rotate(bob)
    for _ in range(3):
        assert (await there.send(here.inbox, like(there, bob))).status_code == 202
    assert there.asked.count("/users/bob") == 2


@pytest.mark.threat("A14")
async def test_forgeries_make_us_ask_for_a_known_key_once(here: Instance, there: Peer) -> None:
    bob = there.actor("bob")
    assert (await there.send(here.inbox, like(there, bob))).status_code == 202
    forger = Signer(key_id=f"{bob}#main-key", key=keys.rsa(MALLORY))
    for _ in range(5):
        assert (await there.send(here.inbox, like(there, bob), signer=forger)).status_code == 401
    assert there.asked.count("/users/bob") == 2
    assert (await there.send(here.inbox, like(there, bob))).status_code == 202


@pytest.mark.threat("A14")
async def test_the_host_of_the_key_is_down(here: Instance, there: Peer) -> None:
    gone = f"http://localhost:{free_port()}/users/bob"
    there.pems[gone] = MALLORY
    activity = {**like(there, gone), "id": f"{gone}/1"}
    answer = await there.send(here.inbox, activity)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert await untouched(here)


async def test_an_actor_that_cannot_be_read_is_no_reason_to_come_again(here: Instance, there: Peer) -> None:
    bob = there.actor("bob", preferredUsername="bob@elsewhere.example")
    assert (await there.send(here.inbox, like(there, bob))).status_code == 401


@pytest.mark.threat("A15")
async def test_a_thousand_requests_with_one_key_that_is_not_to_be_had(here: Instance, there: Peer) -> None:
    bob = there.actor("bob")
    there.documents["/users/bob"] = 500
    body = wire.dump(like(there, bob))
    headers = signed(here.inbox, body, there.signer(bob))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=20)) as client:

        async def once() -> int:
            async with client.post(here.inbox, data=body, headers=headers) as answer:
                return answer.status

        assert set(await asyncio.gather(*(once() for _ in range(1000)))) == {503}
    assert there.asked == ["/users/bob"]
    assert await untouched(here)


@pytest.mark.threat("A16")
async def test_a_stranger_deletes_itself(here: Instance, there: Peer) -> None:
    bob = there.actor("bob")
    farewell = there.activity("Delete", bob, bob, to=[PUBLIC])
    assert (await there.send(here.inbox, farewell)).status_code == 202
    assert there.asked == []
    assert await untouched(here)
    assert await here.value("SELECT count(*) FROM identity.actors WHERE uri = $1", bob) == 0


async def test_refusals_speak(here: Instance, there: Peer) -> None:
    bob = there.actor("bob")
    answer = await there.send(here.inbox, {**like(there, bob), "actor": [bob, f"{bob}2"]}, signer=there.signer(bob))
    assert answer.status_code == 401
    assert "actor" in json.loads(answer.content)["error"]
    foreign = {**like(there, bob), "id": "https://elsewhere.example/1"}
    answer = await there.send(here.inbox, foreign)
    assert answer.status_code == 400
    assert "id" in json.loads(answer.content)["error"]


async def test_two_who_share_a_name_arrive_at_once(here: Instance, there: Peer) -> None:
    """As people and communities do at some servers."""
    pair = [there.actor("same"), there.actor("other", preferredUsername="same"), there.actor("third")]
    there.documents["/users/third"]["preferredUsername"] = "same"
    answers = await asyncio.gather(*(there.send(here.inbox, like(there, uri)) for uri in pair))
    assert [answer.status_code for answer in answers] == [202, 202, 202]
