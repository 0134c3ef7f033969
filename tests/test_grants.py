"""Roles in a repository, given and taken between two phyles and within one, with nothing but the network between."""

from typing import Any

import pytest

from phyle.commons import grants, permission, repositories
from phyle.commons.repositories import Repository
from phyle.identity import actors
from tests.between import accepted, received
from tests.commons.git.cloning import granted, made
from tests.instance import Instance, Member
from tests.peer import Peer
from tests.servers import eventually

API = "/api/phyle/v1"


def handle(member: Member) -> str:
    return f"@{member.actor.name}@{member.instance.origin.partition('://')[2]}"


async def waiting(member: Member, **like: Any) -> dict[str, Any]:
    """The newest invitation of theirs that is like this, once it is there."""

    async def found() -> Any:
        listed = await member.get(f"{API}/commons/invitations")
        return next((each for each in listed if like.items() <= each.items()), None)

    answer: dict[str, Any] = await eventually(found)
    return answer


async def holds(member: Member, *roles: str) -> list[dict[str, Any]]:
    """What somebody holds, once it is this."""

    async def found() -> bool:
        return [each["role"] for each in await member.get(f"{API}/commons/grants")] == list(roles)

    await eventually(found)
    listed: list[dict[str, Any]] = await member.get(f"{API}/commons/grants")
    return listed


async def may(here: Instance, repository: Repository, uri: str, action: permission.Action) -> bool:
    async with here.store.reading() as tx:
        known = await actors.by_uri(tx, uri)
        assert known is not None
        return await permission.allowed(tx, known.id, repository, action)


async def test_somebody_of_another_phyle_is_invited_accepts_and_is_taken_out(here: Instance, beyond: Instance) -> None:
    ana, bob = await here.member("ana"), await beyond.member("bob")
    repository = await made(here.store, ana.actor)
    path = f"{API}/repositories/seeder"
    invited = await ana.post(f"{path}/invitations", who=handle(bob), role="maintainer", words="Please help.")
    assert invited["invitation"]["state"] == "open"
    assert not await may(here, repository, bob.actor.uri, "push")
    invitation = await waiting(bob, state="open")
    assert (invitation["role"], invitation["words"]) == ("maintainer", "Please help.")
    await bob.post(f"{API}/commons/invitations/{invitation['id']}/accept")
    (mine,) = await holds(bob, "maintainer")
    assert await may(here, repository, bob.actor.uri, "maintain")
    (_, holder) = await ana.get(f"{path}/grants")
    assert (holder["account"]["uri"], holder["given_by"]["acct"]) == (bob.actor.uri, "ana")
    assert mine["grant"] == grants.uri(here.store.settings, int(holder["grant"]))
    await ana.post(f"{path}/grants/{holder['grant']}/revoke", reason="Thank you.")
    assert not await may(here, repository, bob.actor.uri, "push")  # now, not when they have heard of it
    await holds(bob)


async def test_somebody_asks_to_be_let_in_and_leaves_again(here: Instance, beyond: Instance) -> None:
    ana, bob = await here.member("ana"), await beyond.member("bob")
    repository = await made(here.store, ana.actor)
    address = f"@seeder.git@{here.origin.partition('://')[2]}"
    await bob.post(f"{API}/commons/invitations", repository=address, words="I prune well.")

    async def asked() -> Any:
        return await ana.get(f"{API}/repositories/seeder/invitations")

    (question,) = await eventually(asked)
    assert (question["what"], question["role"], question["words"]) == ("join", "contributor", "I prune well.")
    stranger = await here.member("eve")
    for door in ("accept", "refuse", "withdraw"):
        assert (await stranger.ask("POST", f"{API}/commons/invitations/{question['id']}/{door}")).status_code in (
            403,
            404,
        )
    await ana.post(f"{API}/commons/invitations/{question['id']}/accept")
    await holds(bob, "contributor")
    assert await may(here, repository, bob.actor.uri, "push")
    await bob.post(f"{API}/commons/grants/leave", repository=f"{here.origin}/actors/{repository.id}")
    await holds(bob)

    async def left() -> bool:
        return not await may(here, repository, bob.actor.uri, "push")

    await eventually(left)


async def test_a_question_is_refused_and_a_refused_invitation_gives_nothing(here: Instance, beyond: Instance) -> None:
    ana, bob = await here.member("ana"), await beyond.member("bob")
    repository = await made(here.store, ana.actor)
    address = f"@seeder.git@{here.origin.partition('://')[2]}"
    await bob.post(f"{API}/commons/invitations", repository=address, role="maintainer")

    async def asked() -> Any:
        return await ana.get(f"{API}/repositories/seeder/invitations")

    (question,) = await eventually(asked)
    await ana.post(f"{API}/commons/invitations/{question['id']}/refuse")
    await waiting(bob, what="join", state="refused")
    await ana.post(f"{API}/repositories/seeder/invitations", who=handle(bob))
    invitation = await waiting(bob, what="invite", state="open")
    await bob.post(f"{API}/commons/invitations/{invitation['id']}/refuse")

    async def refused() -> bool:
        return not await ana.get(f"{API}/repositories/seeder/invitations")

    await eventually(refused)
    assert not await may(here, repository, bob.actor.uri, "push")
    assert await bob.get(f"{API}/commons/grants") == []


async def test_a_majority_gives_and_takes_and_nobody_does_so_alone(here: Instance) -> None:
    ana, bob, eve, dan = [await here.member(name) for name in ("ana", "bob", "eve", "dan")]
    repository = await made(here.store, ana.actor)
    path = f"{API}/repositories/seeder"
    for each in (bob, eve):
        await granted(here.store, repository, each.actor, "maintainer")
    first = await ana.ask("PATCH", path, json={"rule": "majority"})
    assert first.json()["rule"] == "majority"  # by the rule that held, one was enough
    assert (await ana.ask("PATCH", path, json={"rule": "maintainer"})).json()["rule"] == "majority"
    (loosen,) = await ana.get(f"{path}/motions")
    assert (loosen["what"], loosen["rule"], loosen["votes"], loosen["maintainers"]) == ("rule", "maintainer", 1, 3)
    came = await bob.post(f"{path}/invitations", who="@dan")
    assert (came["done"], came["motion"]["votes"]) == (False, 1)
    assert await dan.get(f"{API}/commons/invitations") == []
    again = await bob.post(f"{path}/invitations", who="@dan")
    assert again["motion"]["votes"] == 1  # the same one twice counts once
    assert (await dan.ask("POST", f"{path}/motions/{came['motion']['id']}/second")).status_code == 403
    carried = await eve.post(f"{path}/motions/{came['motion']['id']}/second")
    assert carried["invitation"]["state"] == "open"
    invitation = await waiting(dan, state="open")
    await dan.post(f"{API}/commons/invitations/{invitation['id']}/accept")
    await holds(dan, "contributor")
    grant = next(each for each in await ana.get(f"{path}/grants") if each["account"]["acct"] == "eve")["grant"]
    moved = await ana.post(f"{path}/grants/{grant}/revoke")
    assert moved["motion"]["what"] == "revoke"
    assert await may(here, repository, eve.actor.uri, "maintain")
    assert (await bob.post(f"{path}/motions/{moved['motion']['id']}/second"))["done"]
    assert not await may(here, repository, eve.actor.uri, "push")


async def test_the_last_maintainer_stays_until_somebody_follows(here: Instance) -> None:
    ana = await here.member("ana")
    await made(here.store, ana.actor)
    (own,) = await ana.get(f"{API}/repositories/seeder/grants")
    answer = await ana.ask("POST", f"{API}/repositories/seeder/grants/{own['grant']}/revoke")
    assert answer.status_code == 403
    await ana.ask("PATCH", f"{API}/repositories/seeder", json={"archived": True})
    assert (await ana.ask("POST", f"{API}/repositories/seeder/grants/{own['grant']}/revoke")).status_code == 200


async def forge(there: Peer, name: str = "loom") -> str:
    """A repository elsewhere."""
    return there.actor(name, type="Repository", cloneUri=f"{there.origin}/{name}.git")


@pytest.mark.threat("B13")
async def test_grants_that_nobody_asked_for_are_not_kept(here: Instance, there: Peer) -> None:
    ana = await here.member("ana")
    loom, mia = await forge(there), there.actor("mia")
    grant = there.activity("Grant", loom, "maintain", context=loom, target=ana.actor.uri, allows="invoke")
    await accepted(here, there, grant)
    invite = there.activity("Invite", mia, ana.actor.uri, target=loom, instrument="maintain")
    await accepted(here, there, invite)
    early = there.activity("Grant", loom, "maintain", context=loom, target=ana.actor.uri, fulfills=invite["id"])
    await accepted(here, there, early)
    assert await ana.get(f"{API}/commons/grants") == []  # an invitation is no acceptance
    invitation = await waiting(ana, state="open")
    await ana.post(f"{API}/commons/invitations/{invitation['id']}/accept")
    (accept,) = await received(there, "Accept", object=invite["id"])
    assert accept["actor"] == ana.actor.uri
    other = await forge(there, "other")
    for wrong in (
        there.activity("Grant", mia, "maintain", context=loom, target=ana.actor.uri, fulfills=invite["id"]),
        there.activity("Grant", other, "maintain", context=loom, target=ana.actor.uri, fulfills=invite["id"]),
        there.activity("Grant", other, "maintain", context=other, target=ana.actor.uri, fulfills=invite["id"]),
        there.activity("Grant", loom, "visit", context=loom, target=ana.actor.uri, fulfills=invite["id"]),
        there.activity("Grant", loom, "write", context=loom, target=ana.actor.uri, delegates="https://x.example/1"),
    ):
        await accepted(here, there, wrong)
    assert await ana.get(f"{API}/commons/grants") == []
    await accepted(here, there, there.activity("Grant", loom, "maintain", context=loom, target=ana.actor.uri))
    (held,) = await ana.get(f"{API}/commons/grants")
    await accepted(here, there, there.activity("Revoke", other, held["grant"]))
    await accepted(here, there, there.activity("Revoke", mia, held["grant"]))
    assert len(await ana.get(f"{API}/commons/grants")) == 1
    await accepted(here, there, there.activity("Revoke", loom, held["grant"]))
    assert await ana.get(f"{API}/commons/grants") == []


@pytest.mark.threat("B13")
async def test_a_revoke_that_overtakes_its_grant_keeps_it_out(here: Instance, there: Peer) -> None:
    ana = await here.member("ana")
    loom, mia = await forge(there), there.actor("mia")
    await accepted(here, there, there.activity("Invite", mia, ana.actor.uri, target=loom, instrument="write"))
    invitation = await waiting(ana, state="open")
    await ana.post(f"{API}/commons/invitations/{invitation['id']}/accept")
    grant = there.activity("Grant", loom, "write", context=loom, target=ana.actor.uri)
    await accepted(here, there, there.activity("Revoke", loom, grant["id"]))
    await accepted(here, there, grant)
    assert await ana.get(f"{API}/commons/grants") == []


@pytest.mark.threat("H10")
async def test_inviting_from_elsewhere_takes_a_live_grant(here: Instance, there: Peer) -> None:
    ana, bob = await here.member("ana"), await here.member("bob")
    repository = await made(here.store, ana.actor)
    uri = repositories.uri(here.store.settings, repository)
    mia = there.actor("mia")
    await accepted(here, there, there.activity("Follow", mia, uri))
    async with here.store.reading() as tx:
        known = await actors.by_uri(tx, mia)
    assert known is not None
    grant = await granted(here.store, repository, known, "maintainer")
    capability = grants.uri(here.store.settings, grant)

    async def invites(**more: Any) -> int:
        await accepted(
            here, there, there.activity("Invite", mia, bob.actor.uri, target=uri, instrument="write", **more)
        )
        return len(await bob.get(f"{API}/commons/invitations"))

    assert await invites() == 0
    assert await invites(capability=f"{capability}1") == 0
    assert await invites(capability=capability) == 1
    async with here.store.transaction() as tx:
        await grants.revoke(tx, grant, revoked_by=None)
    await here.fetch("UPDATE commons.invitations SET state = 'withdrawn'")
    assert await invites(capability=capability) == 1


@pytest.mark.threat("B13")
async def test_only_who_was_invited_accepts(here: Instance, there: Peer) -> None:
    ana = await here.member("ana")
    repository = await made(here.store, ana.actor)
    mia, eve = there.actor("mia"), there.actor("eve")
    await ana.get("/api/v2/search", q=f"@mia@{there.host}", resolve="true")
    await ana.post(f"{API}/repositories/seeder/invitations", who=f"@mia@{there.host}")
    (invite,) = await received(there, "Invite")
    assert (invite["actor"], invite["object"], invite["instrument"]) == (ana.actor.uri, mia, "write")
    assert invite["target"] == repositories.uri(here.store.settings, repository)
    assert invite["capability"].startswith(f"{here.origin}/activities/")
    (word,) = await received(there, "Create")
    assert word["object"]["to"] == [mia]
    await accepted(here, there, there.activity("Accept", eve, invite["id"]))
    assert await here.value("SELECT count(*) FROM commons.grants") == 1
    await accepted(here, there, there.activity("Accept", mia, invite["id"]))
    (grant,) = await received(there, "Grant")
    assert (grant["object"], grant["target"], grant["fulfills"]) == ("write", mia, invite["id"])
    assert grant["context"] == grant["actor"] == invite["target"]
    await accepted(here, there, there.activity("Accept", mia, invite["id"]))
    await accepted(here, there, there.activity("Leave", eve, invite["target"]))
    assert await may(here, repository, mia, "push")
    await accepted(here, there, there.activity("Leave", mia, invite["target"]))
    assert not await may(here, repository, mia, "push")


async def test_what_is_private_is_for_people_here(here: Instance, beyond: Instance) -> None:
    ana, bob = await here.member("ana"), await beyond.member("bob")
    await made(here.store, ana.actor, visibility="private")
    answer = await ana.ask("POST", f"{API}/repositories/seeder/invitations", json={"who": handle(bob)})
    assert answer.status_code == 403
    assert "account here" in answer.json()["error"]


async def test_who_was_turned_out_brings_in_nobody(here: Instance) -> None:
    ana, eve, dan = [await here.member(name) for name in ("ana", "eve", "dan")]
    repository = await made(here.store, ana.actor)
    path = f"{API}/repositories/seeder"
    grant = await granted(here.store, repository, eve.actor, "maintainer")
    await eve.post(f"{path}/invitations", who="@dan", role="maintainer")
    await ana.post(f"{path}/grants/{grant}/revoke")
    invitation = await waiting(dan, state="open")
    answer = await dan.ask("POST", f"{API}/commons/invitations/{invitation['id']}/accept")
    assert answer.status_code == 403
    assert not await may(here, repository, dan.actor.uri, "push")


async def test_an_old_invitation_makes_nobody_less(here: Instance) -> None:
    ana, bob = await here.member("ana"), await here.member("bob")
    repository = await made(here.store, ana.actor)
    await ana.post(f"{API}/repositories/seeder/invitations", who="@bob", role="contributor")
    await granted(here.store, repository, bob.actor, "maintainer")
    invitation = await waiting(bob, state="open")
    await bob.post(f"{API}/commons/invitations/{invitation['id']}/accept")
    assert await may(here, repository, bob.actor.uri, "maintain")


async def test_words_of_an_invitation_reach_only_who_is_invited(here: Instance) -> None:
    ana, bob, eve = [await here.member(name) for name in ("ana", "bob", "eve")]
    await made(here.store, ana.actor)
    words = "@eve buy\n@eve this #now"
    await ana.post(f"{API}/repositories/seeder/invitations", who="@bob", words=words)

    async def told() -> Any:
        return await bob.get("/api/v1/notifications", **{"types[]": "mention"})

    (mention,) = await eventually(told)
    assert mention["account"]["acct"] == "seeder"
    assert [each["acct"] for each in mention["status"]["mentions"]] == ["bob"]
    assert await eve.get("/api/v1/notifications") == []
