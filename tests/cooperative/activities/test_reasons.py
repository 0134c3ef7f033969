"""What a member elsewhere answers to a ballot, after they have voted in its poll, is the reason of their vote."""

from typing import Any

import orjson

from phyle.cooperative.ledger import append
from tests.between import accepted
from tests.cooperative.activities.quickly import QUICK, follower
from tests.cooperative.activities.test_doors import founders, group, poll_vote
from tests.cooperative.activities.test_moving import audited
from tests.cooperative.founding import propose
from tests.instance import Instance
from tests.peer import PUBLIC, Peer
from tests.servers import eventually


async def acts(whole: Instance, member: str, kind: str) -> int:
    await append.drain(whole.store)
    rows = await whole.fetch("SELECT document FROM cooperative.acts WHERE by = $1 AND state = 'entered'", member)
    return sum(orjson.loads(row["document"])["kind"] == kind for row in rows)


async def test_an_answer_is_a_reason(whole: Instance, there: Peer) -> None:
    by = await founders(whole, QUICK)
    zed, member = await follower(whole, there, by)
    agora = await group(whole, "agora")
    await accepted(whole, there, there.activity("Follow", zed, agora))
    there.received.clear()
    await propose(whole.store, by[0], {"kind": "Resolve", "arguments": {}})
    await append.drain(whole.store)

    async def question() -> dict[str, Any] | None:
        creates = [body["object"] for body in there.of_type("Create")]
        return next((thing for thing in creates if isinstance(thing, dict) and thing["type"] == "Question"), None)

    asked = await eventually(question)
    tag = [{"type": "Mention", "href": agora, "name": "@agora"}]

    async def answer(author: str) -> None:
        note = there.note(author, "<p>It is too dear.</p>", inReplyTo=asked["id"], tag=tag, cc=[agora])
        await accepted(whole, there, there.activity("Create", author, note, to=[PUBLIC], cc=[agora]))

    await answer(zed)
    await answer(there.actor("yan"))
    assert await acts(whole, member, "explain") == 0  # there is nothing yet to give a reason for
    await accepted(whole, there, poll_vote(there, zed, asked, "Disagree"))
    assert await acts(whole, member, "vote") == 1
    await answer(zed)
    assert await acts(whole, member, "explain") == 1
    assert await whole.value("SELECT count(*) FROM federation.evidence") == 0
    verdict = await audited(whole, by[0])
    assert verdict.sound, verdict.findings
