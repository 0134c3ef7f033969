"""A group of one instance and people of another, with only the network between them: they meet, write and vote."""

from datetime import timedelta
from typing import Any

from phyle.clock import now
from phyle.conversation import groups, polls, publishing
from phyle.conversation.polls import PollDraft
from phyle.conversation.publishing import Draft
from phyle.federation import evidence
from phyle.identity import accounts
from phyle.identity.actors import Actor
from tests.between import unkept
from tests.instance import Instance, Member
from tests.servers import eventually


async def founded(here: Instance) -> Actor:
    rsa, ed25519 = await accounts.new_keys()
    async with here.store.transaction() as tx:
        return await groups.create(tx, "agora", rsa=rsa, ed25519=ed25519)


async def follows(member: Member, address: str) -> None:
    """Finds the account over the network if need be, and follows it until it says yes."""
    (account,) = (await member.get("/api/v2/search", q=address, type="accounts", resolve="true"))["accounts"]
    assert account["group"]
    await member.post(f"/api/v1/accounts/{account['id']}/follow")

    async def accepted() -> bool:
        (relation,) = await member.get("/api/v1/accounts/relationships", **{"id[]": account["id"]})
        return bool(relation["following"])

    await eventually(accepted)


async def at_home(member: Member, words: str) -> Any:
    async def found() -> Any:
        home = await member.get("/api/v1/timelines/home")
        return next((status for status in home if words in status["content"]), None)

    return await eventually(found)


async def test_what_is_written_in_a_group_reaches_its_followers_on_both_sides(here: Instance, beyond: Instance) -> None:
    agora, ana, bob = await founded(here), await here.member("ana"), await beyond.member("bob")
    address = f"agora@{here.origin.partition('://')[2]}"
    await follows(ana, "agora")
    await follows(bob, address)

    await bob.post("/api/v1/statuses", status=f"@{address} Bread from beyond")
    seen = await at_home(ana, "Bread from beyond")
    assert (seen["account"]["acct"], seen["reblog"]["account"]["username"]) == ("agora", "bob")
    await ana.post("/api/v1/statuses", status="Yes, please", in_reply_to_id=seen["reblog"]["id"])
    (own,) = [each for each in await bob.get("/api/v1/timelines/home") if not each["reblog"]]

    async def answered() -> Any:
        return (await bob.get(f"/api/v1/statuses/{own['id']}/context"))["descendants"]

    (answer,) = await eventually(answered)
    assert "Yes, please" in answer["content"]

    await ana.post("/api/v1/statuses", status="@agora Soup from here")
    seen = await at_home(bob, "Soup from here")
    assert (seen["account"]["acct"], seen["reblog"]["account"]["username"]) == (address, "ana")
    stored = await beyond.value("SELECT audience FROM conversation.posts WHERE content LIKE '%Soup%'")
    assert stored == agora.uri


async def test_a_ballot_of_a_group_is_a_poll_for_its_followers(here: Instance, beyond: Instance) -> None:
    unkept(here)
    agora, bob = await founded(here), await beyond.member("bob")
    await follows(bob, f"agora@{here.origin.partition('://')[2]}")
    poll = PollDraft(options=["Agree", "Disagree"], ends_at=now() + timedelta(hours=1), ballot=True)
    extension = {"phyle:ballot": {"id": "b"}}
    async with here.store.transaction() as tx:
        asked = await publishing.publish_as(tx, agora, Draft(text="Shall we bake?", poll=poll, extension=extension))
    seen = await at_home(bob, "Shall we bake?")
    voted = await bob.post(f"/api/v1/polls/{seen['poll']['id']}/votes", choices=[1])
    assert voted["own_votes"] == [1]

    async def kept() -> Any:
        async with here.store.transaction() as tx:
            return await polls.kept_votes(tx, asked.id)

    (vote,) = await eventually(kept)
    assert vote.choices == [1]
    async with here.store.transaction() as tx:
        assert vote.evidence is not None
        assert b"Disagree" in (await evidence.take(tx, vote.evidence)).body
        await polls.taken(tx, vote.id)
        await polls.close(tx, asked.id)
        await polls.reveal(tx, asked.id, [0, 1], 1)

    async def revealed() -> bool:
        poll = await bob.get(f"/api/v1/polls/{seen['poll']['id']}")
        return poll["expired"] and [option["votes_count"] for option in poll["options"]] == [0, 1]

    await eventually(revealed)
