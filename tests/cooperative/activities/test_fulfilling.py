"""What is decided about the instance happens to it, and the ledger hears of it; also of what cannot be done."""

from typing import Any

import pytest

from phyle.cooperative import acting
from phyle.cooperative.activities import fulfilling
from phyle.cooperative.law import credentials
from phyle.cooperative.law.executions import Obligation
from phyle.cooperative.ledger import append, reading, signing
from phyle.identity import multikey
from phyle.identity.actors import Actor
from tests.between import accepted, received
from tests.cooperative.activities.test_agora import AS2
from tests.cooperative.activities.test_doors import admitted, founders, group
from tests.cooperative.founding import pass_time, propose, vote
from tests.cooperative.law.charters import charter
from tests.cooperative.travelling import Clock
from tests.instance import Instance
from tests.peer import Peer
from tests.servers import eventually


async def decided(whole: Instance, clock: Clock, by: list[Actor], *effects: dict[str, Any]) -> dict[str, Obligation]:
    """They decide on these effects; what was owed because of it, once it is settled."""
    id = await propose(whole.store, by[0], *effects)
    await pass_time(whole.store, clock, days=1)
    for each in by:
        await vote(whole.store, each, f"{id}.1")
    await pass_time(whole.store, clock, days=3)

    async def settled() -> dict[str, Obligation] | None:
        async with whole.store.reading() as tx:
            found = await reading.group(tx, Obligation, id)
        return found if found and all(each.discharged or each.failed for each in found.values()) else None

    result: dict[str, Obligation] = await eventually(settled)
    return result


def face(what: str, value: str) -> dict[str, Any]:
    return {"kind": "PublicFace", "arguments": {"what": what, "value": value}}


async def test_the_instance_shows_the_face_that_was_decided(whole: Instance, clock: Clock) -> None:
    by = await founders(whole)
    owed = await decided(whole, clock, by, face("name", "The Gardeners"), face("registrations", "closed"))
    assert all(each.discharged for each in owed.values())
    shown = (await whole.client.get("/api/v2/instance")).json()
    assert (shown["title"], shown["registrations"]["enabled"]) == ("The Gardeners", False)
    nodeinfo = (await whole.client.get("/nodeinfo/2.0")).json()
    assert nodeinfo["openRegistrations"] is False
    assert nodeinfo["metadata"]["nodeName"] == "The Gardeners"


async def test_what_a_steward_changes_of_the_face_is_shown(whole: Instance) -> None:
    by = await founders(whole, charter().replace('scope = ["moderation"', 'scope = ["face", "moderation"'))
    await acting.perform(whole.store, by[0], "change_face", {"what": "description", "value": "We grow beans."})
    await whole.settled()
    assert (await whole.client.get("/api/v2/instance")).json()["description"] == "We grow beans."


async def test_what_cannot_be_done_has_failed_for_a_reason(whole: Instance, clock: Clock) -> None:
    by = await founders(whole)
    owed = await decided(whole, clock, by, face("registrations", "sometimes"))
    assert [bool(each.failed) for each in owed.values()] == [True]
    assert (await whole.client.get("/api/v2/instance")).json()["registrations"]["enabled"] is True
    reason = await whole.value("SELECT value FROM cooperative.openings WHERE name = 'reason'")
    assert "open, application, closed" in str(reason)


async def test_what_a_steward_hides_is_hidden_until_it_lapses(whole: Instance, clock: Clock) -> None:
    by = await founders(whole)
    mallory = await whole.member("mallory")
    post = await mallory.post("/api/v1/statuses", status="Buy now!")
    url = f"/api/v1/statuses/{post['id']}"
    done = await acting.perform(
        whole.store, by[0], "moderate", {"target": post["uri"], "action": "hide", "reason": "Advertising."}
    )
    await whole.settled()
    assert (await whole.client.get(url)).status_code == 404
    assert (await mallory.get(url))["visibility"] == "direct"
    await pass_time(whole.store, clock, days=4)
    await whole.settled()
    assert (await whole.client.get(url)).json()["visibility"] == "public"
    assert done.payload["moderation"]


@pytest.mark.parametrize(("action", "lift"), [("suspend", True), ("block", False)])
async def test_accounts_and_hosts_are_kept_away_for_as_long_as_it_holds(
    whole: Instance, clock: Clock, there: Peer, action: str, lift: bool
) -> None:
    by = await founders(whole)
    await whole.member("mallory")
    target = "@mallory" if action == "suspend" else there.host
    done = await acting.perform(
        whole.store, by[0], "moderate", {"target": target, "action": action, "reason": "Threats."}
    )
    await whole.settled()
    follow = there.activity("Follow", there.actor("zed"), by[0].uri)
    assert (await whole.client.get("/@mallory")).status_code == (404 if action == "suspend" else 200)
    assert (await there.send(whole.inbox, follow)).status_code == (202 if action == "suspend" else 403)
    if lift:
        await acting.perform(whole.store, by[0], "lift_moderation", {"moderation": done.payload["moderation"]})
    else:
        await pass_time(whole.store, clock, days=4)
    await whole.settled()
    assert (await whole.client.get("/@mallory")).status_code == 200
    assert (await there.send(whole.inbox, there.activity("Follow", there.actor("yan"), by[0].uri))).status_code == 202


async def test_a_circle_that_is_accepted_can_be_followed(whole: Instance, clock: Clock, there: Peer) -> None:
    by = await founders(whole)
    circles = [{"kind": "AcceptItem", "arguments": {"item": name, "kind": "circle"}} for name in ("bees", "Our bees")]
    owed = await decided(whole, clock, by, *circles)
    assert [bool(each.discharged) for _, each in sorted(owed.items())] == [True, False]
    await accepted(whole, there, there.activity("Follow", there.actor("zed"), await group(whole, "bees")))
    await received(there, "Accept")
    async with whole.store.transaction() as tx:
        await fulfilling.look(tx, {})
    document = (await whole.client.get(await group(whole, "bees"), headers=AS2)).json()
    assert document["type"] == "Group"
    assert document["phyle:ledger"]["origin"] == f"{whole.store.settings.domain}/ledger/1"
    assert document["attributedTo"]


async def test_stewards_moderate_the_agora(whole: Instance) -> None:
    by = await founders(whole)
    async with whole.store.transaction() as tx:
        await fulfilling.look(tx, {})
    moderators = await whole.value(
        "SELECT g.moderators FROM conversation.groups g JOIN identity.actors a ON a.id = g.actor WHERE a.name = 'agora'"
    )
    assert sorted(moderators) == sorted(each.id for each in by)


async def test_a_member_has_a_credential_that_verifies(whole: Instance, clock: Clock, there: Peer) -> None:
    by = await founders(whole)
    zed, member = await admitted(whole, there, clock, by)

    async def credential() -> dict[str, Any] | None:
        return next((body["result"] for body in there.of_type("Accept") if "result" in body), None)

    document = await eventually(credential)
    async with whole.store.reading() as tx:
        keys, at = await signing.keys(tx), await tx.value(signing.SQL.clock)
    verified = credentials.verify(
        document,
        credential_key=multikey.encode(keys.credential.public_key()),
        log_key=multikey.encode(keys.log.public_key()),
        at=at,
    )
    assert (verified.subject.id, verified.subject.member) == (zed, member)
    await append.drain(whole.store)
