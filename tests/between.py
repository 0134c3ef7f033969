"""What often has to happen first between an instance and a peer: that they meet, and follow each other."""

from dataclasses import replace
from typing import Any

from phyle.federation import people
from phyle.identity.actors import Actor
from tests.instance import Instance, Member
from tests.peer import Peer
from tests.servers import eventually


async def met(here: Instance, uri: str) -> Actor:
    """The instance knows the actor."""
    return await people.fetch_actor(here.net, here.store, uri)


async def accepted(here: Instance, there: Peer, activity: dict[str, Any], **how: Any) -> None:
    """The inbox takes it, and all that follows from it has happened."""
    answer = await there.send(here.inbox, activity, **how)
    assert answer.status_code == 202, answer.text
    await here.settled(deliveries=False)


async def follows_in(here: Instance, there: Peer, follower: str, member: Member) -> dict[str, Any]:
    """Somebody there follows a member; the Follow."""
    follow = there.activity("Follow", follower, member.actor.uri)
    await accepted(here, there, follow)
    await received(there, "Accept")
    return follow


async def follows_out(here: Instance, there: Peer, member: Member, followed: str) -> dict[str, Any]:
    """A member follows somebody there, who accepts; the Follow as it came."""
    actor = await met(here, followed)
    before = [
        body for body in there.of_type("Follow") if (body["actor"], body["object"]) == (member.actor.uri, followed)
    ]
    await member.post(f"/api/v1/accounts/{actor.id}/follow")
    count = len(before) + 1
    follow = (await received(there, "Follow", count=count, actor=member.actor.uri, object=followed))[-1]
    await accepted(here, there, there.activity("Accept", followed, follow))
    return follow


async def received(there: Peer, kind: str, *, count: int = 1, **properties: Any) -> list[dict[str, Any]]:
    """What came there of this type and with these properties, once there are so many."""

    async def enough() -> list[dict[str, Any]] | None:
        found = [body for body in there.of_type(kind) if properties.items() <= body.items()]
        return found if len(found) >= count else None

    found: list[dict[str, Any]] = await eventually(enough)
    return found


async def contents(here: Instance) -> list[str]:
    """What is written in all posts that are here, without markup of paragraphs, oldest first."""
    rows = await here.fetch("SELECT content FROM conversation.posts WHERE boost_of IS NULL ORDER BY id")
    return [row["content"].removeprefix("<p>").removesuffix("</p>") for row in rows]


def unkept(here: Instance) -> None:
    """Nobody keeps the polls and groups of this instance: what is there for their keepers stays, and can be seen."""
    here.store.subscriptions = {
        event: replace(told, jobs=tuple(job for job in told.jobs if not job.startswith("cooperative.")))
        for event, told in here.store.subscriptions.items()
    }
