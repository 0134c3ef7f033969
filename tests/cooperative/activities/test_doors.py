"""Somebody on an ordinary server becomes a member by following a group, and votes in a native poll."""

from typing import Any

from phyle.cooperative import acting, people
from phyle.cooperative.law.members import Member
from phyle.cooperative.ledger import reading
from phyle.identity.actors import Actor
from tests.between import accepted, received
from tests.cooperative.founding import found, pass_time, proposal, propose, vote
from tests.cooperative.travelling import Clock
from tests.instance import Instance
from tests.peer import Peer
from tests.servers import eventually


async def founders(whole: Instance, text: str | None = None) -> list[Actor]:
    people = [(await whole.member(name)).actor for name in ("ana", "ben", "cleo")]
    await found(whole.store, people, text)
    return people


async def group(whole: Instance, name: str) -> str:
    uri: str = await whole.value("SELECT uri FROM identity.actors WHERE name = $1 AND local", name)
    return uri


async def member_of(whole: Instance, uri: str) -> tuple[str, Member]:
    async def known() -> tuple[str, Member] | None:
        async with whole.store.reading() as tx:
            actor = await tx.value("SELECT id FROM identity.actors WHERE uri = $1", uri)  # type: ignore[arg-type]
            member = await people.member_of(tx, actor) if actor else None
            found = await reading.get(tx, Member, member) if member else None
        return (member, found) if member and found else None

    result: tuple[str, Member] = await eventually(known)
    return result


async def admitted(whole: Instance, there: Peer, clock: Clock, by: list[Actor]) -> tuple[str, str]:
    """Zed there asks to follow the members' group and is admitted by decision: actor and member id."""
    zed = there.actor("zed")
    await accepted(whole, there, there.activity("Follow", zed, await group(whole, "members")))
    member, known = await member_of(whole, zed)
    assert (known.standing, known.custody, known.via) == ("applicant", "none", there.host)
    assert not there.of_type("Accept")
    admit = await propose(whole.store, by[0], {"kind": "Admit", "arguments": {"member": member}})
    await pass_time(whole.store, clock, days=1)
    for each in by:
        await vote(whole.store, each, f"{admit}.1")
    await pass_time(whole.store, clock, days=3)
    assert (await proposal(whole.store, admit)).phase == "executed"
    await received(there, "Accept")

    async def told() -> bool:
        written = [body["object"] for body in there.of_type("Create") if isinstance(body.get("object"), dict)]
        return any("You are a full member of" in thing.get("content", "") for thing in written)

    await eventually(told)
    return zed, member


def poll_vote(there: Peer, voter: str, question: dict[str, Any], name: str) -> dict[str, Any]:
    note = {
        "id": f"{voter}#votes/{name}",
        "type": "Note",
        "name": name,
        "attributedTo": voter,
        "inReplyTo": question["id"],
        "to": question["attributedTo"],
    }
    return there.activity("Create", voter, note, to=question["attributedTo"])


async def _advised(there: Peer) -> list[dict[str, Any]]:
    creates = [body["object"] for body in there.of_type("Create") if isinstance(body["object"], dict)]
    return [note for note in creates if "is advice, and not part of the count" in note.get("content", "")]


async def test_a_follower_is_admitted_by_decision_votes_in_a_poll_and_leaves(
    whole: Instance, there: Peer, clock: Clock
) -> None:
    by = await founders(whole)
    zed, member = await admitted(whole, there, clock, by)
    await accepted(whole, there, there.activity("Follow", zed, await group(whole, "agora")))
    there.received.clear()

    resolve = await propose(whole.store, by[0], {"kind": "Resolve", "arguments": {}}, title="A garden")
    await pass_time(whole.store, clock, days=1)

    async def question() -> dict[str, Any] | None:
        creates = [body["object"] for body in there.of_type("Create")]
        return next((thing for thing in creates if isinstance(thing, dict) and thing["type"] == "Question"), None)

    asked = await eventually(question)
    assert [option["name"] for option in asked["oneOf"]] == ["Agree", "Abstain", "Disagree"]
    await accepted(whole, there, poll_vote(there, zed, asked, "Agree"))
    stranger = there.actor("yan")
    await accepted(whole, there, poll_vote(there, stranger, asked, "Disagree"))
    await vote(whole.store, by[1], f"{resolve}.1", "against")

    await pass_time(whole.store, clock, days=3)
    decided = await proposal(whole.store, resolve)
    assert decided.phase == "failed"  # one for, one against
    sheet = await whole.value("SELECT data FROM cooperative.sheets WHERE ballot = $1", f"{resolve}.1")
    assert member.encode() in sheet
    assert await whole.value("SELECT count(*) FROM cooperative.advisory_votes") == 1
    told = await eventually(lambda: _advised(there))
    assert [tag["href"] for each in told for tag in each["tag"]] == [stranger], "who is on no roll learns it, once"
    author = await whole.fetch("SELECT author FROM cooperative.acts WHERE by = $1 ORDER BY id", member)
    assert {row["author"] for row in author} == {"attested"}

    follow = there.activity("Follow", zed, await group(whole, "members"))
    await accepted(whole, there, there.activity("Undo", zed, follow))

    async def gone() -> bool:
        async with whole.store.reading() as tx:
            return await acting.standing(tx, member) == "exited"

    await eventually(gone)
