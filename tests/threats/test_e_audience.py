"""What is said again is said to those who may read it now, not to all who could read it once."""

from typing import Any

import pytest

from phyle.clock import now
from phyle.federation import signatures
from tests.between import accepted, follows_in, met, received
from tests.instance import Instance, Member
from tests.peer import ACTIVITY, Peer


async def edited(member: Member, post: dict[str, Any]) -> None:
    answer = await member.ask("PUT", f"/api/v1/statuses/{post['id']}", json={"status": "Now I say this"})
    assert answer.status_code == 200, answer.text
    await member.instance.settled()


def signed_get(there: Peer, actor: str, url: str) -> dict[str, str]:
    return signatures.sign(there.signer(actor), method="GET", url=url, now=now(), headers={"Accept": ACTIVITY})


@pytest.mark.threat("E8")
async def test_who_follows_no_more_hears_of_no_edit(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    await follows_in(here, there, bob, ana)
    post = await ana.post("/api/v1/statuses", status="Among us", visibility="private")
    await received(there, "Create")
    await accepted(here, there, there.activity("Like", bob, post["uri"]))
    await edited(ana, post)
    assert len(there.of_type("Update")) == 1
    actor = await met(here, bob)
    await ana.post(f"/api/v1/accounts/{actor.id}/remove_from_followers")
    await edited(ana, post)
    assert len(there.of_type("Update")) == 1


@pytest.mark.threat("E8")
async def test_who_is_blocked_hears_of_no_edit(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), there.actor("bob")
    actor = await met(here, bob)
    post = await ana.post("/api/v1/statuses", status=f"@bob@{there.host} To you", visibility="direct")
    await received(there, "Create")
    await ana.post(f"/api/v1/accounts/{actor.id}/block")
    await edited(ana, post)
    assert there.of_type("Update") == []
    await ana.ask("DELETE", f"/api/v1/statuses/{post['id']}")
    await received(there, "Delete")


@pytest.mark.threat("E9")
async def test_nobody_is_told_who_follows(here: Instance, there: Peer) -> None:
    """Neither by the collections, whoever asks, nor in the header by which servers compare them (FEP-8fcf)."""
    ana, ben, bob = await here.member("ana"), await here.member("ben"), there.actor("bob")
    await follows_in(here, there, bob, ana)
    await ben.post(f"/api/v1/accounts/{ana.actor.id}/follow")
    await ana.post("/api/v1/statuses", status="Among us", visibility="private")
    await received(there, "Create")
    assert not any("collection-synchronization" in each.headers for each in there.received)
    for name in ("followers", "following"):
        url = f"{ana.actor.uri}/{name}"
        for asked in (url, f"{url}?page=1", f"{url}?page=true", f"{url}_synchronization"):
            for headers in ({"Accept": ACTIVITY}, signed_get(there, bob, asked)):
                said = (await here.client.get(asked, headers=headers)).text
                assert bob not in said, asked
                assert ben.actor.uri not in said, asked
