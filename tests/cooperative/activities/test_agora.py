"""What other servers see of the phyle: where its ledger is, what is proposed, and in which phase that is."""

from typing import Any

from tests.between import accepted
from tests.cooperative.activities.test_doors import founders, group
from tests.cooperative.founding import pass_time, propose, vote
from tests.cooperative.travelling import Clock
from tests.instance import Instance
from tests.peer import Peer
from tests.servers import eventually

AS2 = {"Accept": "application/activity+json"}


async def test_the_groups_name_the_ledger(whole: Instance) -> None:
    keys = (await whole.client.get("/ledger/keys")).json()
    for name in ("agora", "members"):
        document = (await whole.client.get(await group(whole, name), headers=AS2)).json()
        told = document["phyle:ledger"]
        assert (told["origin"], told["log"], told["credential"]) == (keys["origin"], keys["log"], keys["credential"])
        assert told["checkpoint"] == f"{whole.origin}/ledger/checkpoint"


async def test_a_proposal_says_its_title_and_its_phase(whole: Instance, there: Peer, clock: Clock) -> None:
    by = await founders(whole)
    await accepted(whole, there, there.activity("Follow", there.actor("zed"), await group(whole, "agora")))
    id = await propose(whole.store, by[0], {"kind": "Resolve", "arguments": {}}, title="A garden")

    async def note(phase: str) -> dict[str, Any] | None:
        notes = [body["object"] for kind in ("Create", "Update") for body in there.of_type(kind)]
        found = [each for each in notes if isinstance(each, dict) and "phyle:proposal" in each]
        return next((each for each in reversed(found) if each["phyle:proposal"]["phase"] == phase), None)

    first = await eventually(lambda: note("deliberation"))
    assert first["name"] == "A garden"
    assert "A garden" in first["content"]
    await pass_time(whole.store, clock, days=1)
    assert await eventually(lambda: note("balloting"))
    for each in by:
        await vote(whole.store, each, f"{id}.1")
    await pass_time(whole.store, clock, days=3)
    last = await eventually(lambda: note("executed"))
    assert last["id"] == first["id"]
    assert last["phyle:proposal"]["ledgerIndex"] == first["phyle:proposal"]["ledgerIndex"]
