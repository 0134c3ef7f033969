"""What is said again is said to those who may read it now, not to all who could read it once."""

from typing import Any

import pytest

from tests.between import accepted, follows_in, met, received
from tests.instance import Instance, Member
from tests.peer import Peer


async def edited(member: Member, post: dict[str, Any]) -> None:
    answer = await member.ask("PUT", f"/api/v1/statuses/{post['id']}", json={"status": "Now I say this"})
    assert answer.status_code == 200, answer.text
    await member.instance.settled()


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
