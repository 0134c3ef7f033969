"""Uses declared from phyle to phyle: recognised or refused by the clauses, in the registers of both and of forks."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from phyle.commons.activities import agreements
from phyle.cooperative.audit.auditing import audit
from phyle.cooperative.audit.remote import Remote
from phyle.cooperative.audit.verdicts import Verdict
from phyle.identity import actors
from phyle.settings import Settings
from phyle.store.embedded import Embedded
from tests.between import accepted, received
from tests.commons.activities.phyles import Phyles, get, post, two_phyles
from tests.instance import Instance, Member
from tests.peer import ACTIVITY, Peer
from tests.servers import eventually
from tests.web.commons.test_uses import COOP, FIRM, STATUTES, credential


@pytest.fixture
async def phyles(cluster: Embedded, settings: Settings, whole: Instance, tmp_path: Path) -> AsyncIterator[Phyles]:
    async with two_phyles(cluster, settings, whole, tmp_path) as built:
        yield built


async def forked(phyles: Phyles) -> None:
    """dora forks the work through the door, and its home knows."""
    await post(phyles.dora.member, "/forks", origin=phyles.seeder, name="seeder_fork")

    async def known() -> bool:
        return len(await get(phyles.makers.ana, "/repositories/seeder/forks")) > 0

    await eventually(known)
    await phyles.settled()


async def declared(by: Member, phyles: Phyles, facts: Any, **more: Any) -> dict[str, Any]:
    """A declaration to makers, on its way."""
    made: dict[str, Any] = await post(by, "/declarations", work=phyles.seeder, **facts, **more)
    return made


async def answered(by: Member, made: dict[str, Any], state: str) -> dict[str, Any]:
    """The declaration, once its home has said this of it."""

    async def there() -> dict[str, Any] | None:
        (found,) = [each for each in await get(by, "/declarations") if each["id"] == made["id"]]
        return found if found["state"] == state else None

    found: dict[str, Any] = await eventually(there)
    return found


async def listed(by: Member, path: str, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first of a list that fits, once there is one."""

    async def there() -> dict[str, Any] | None:
        return next((each for each in await get(by, path) if fits(each)), None)

    found: dict[str, Any] = await eventually(there)
    return found


async def test_both_registers_and_the_forks_show_what_was_declared(phyles: Phyles) -> None:
    ana, dora = phyles.makers.ana, phyles.dora.member
    await forked(phyles)
    evidence = [{"what": "statutes", "text": STATUTES}, {"what": "credential", "text": await credential(dora)}]
    made = await declared(dora, phyles, COOP, evidence=evidence)
    told = await answered(dora, made, "recorded")
    assert told["receipt"]["state"] == "entered"
    (use,) = await get(ana, "/repositories/seeder/uses")
    assert (use["phase"], use["clause"], use["name"]) == ("recognised", "4(c)(i), 4(c)(ii)", COOP["name"])
    assert use["declarer"]["uri"] == dora.actor.uri
    papers = {each["what"]: each for each in use["evidence"]}
    assert papers["statutes"]["text"] == STATUTES
    assert papers["credential"]["verified"]["phyle"].startswith(phyles.beyond.origin.partition("://")[2])
    boss = await phyles.beyond.member("boss")
    refused = await answered(boss, await declared(boss, phyles, FIRM), "refused")
    assert "4(d)" in refused["reason"]
    for path in ("/uses/elsewhere", "/repositories/seeder_fork/uses/line"):
        firm = await listed(dora, path, lambda each: bool(each["name"] == FIRM["name"]))
        coop = await listed(dora, path, lambda each: bool(each["name"] == COOP["name"]))
        assert (firm["phase"], coop["phase"]) == ("refused", "recognised")
        assert coop["use"]["outcome"] == "allowed"
    document = (await phyles.here.client.get(told["agreement"], headers={"Accept": ACTIVITY})).json()
    assert (document["type"], document["stipulates"]["action"]) == ("Agreement", "use")
    assert dora.actor.uri not in str(document)  # who declared is for members


async def test_forks_hear_of_objections_and_withdrawals(phyles: Phyles) -> None:
    await forked(phyles)
    dora, eve = phyles.dora.member, phyles.makers.eve
    made = await declared(dora, phyles, COOP)
    use = (await answered(dora, made, "recorded"))["payload"]["use"]
    await post(eve, f"/repositories/seeder/uses/{use}/object", text="Tenants are no workers.")
    path = "/repositories/seeder_fork/uses/line"
    await listed(dora, path, lambda each: bool(each["phase"] == "contested"))
    await post(dora, f"/declarations/{made['id']}/withdraw")
    await listed(dora, path, lambda each: bool(each["phase"] == "withdrawn"))


async def test_a_later_fork_hears_of_the_uses_that_there_are(phyles: Phyles) -> None:
    bob = phyles.makers.bob
    await post(bob, "/repositories/seeder/uses", **COOP)
    await post(bob, "/forks", origin="seeder", name="bobs")
    assert [each["name"] for each in await get(bob, "/repositories/bobs/uses/line")] == [COOP["name"]]
    await forked(phyles)
    path = "/repositories/seeder_fork/uses/line"
    told = await listed(phyles.dora.member, path, lambda each: bool(each["name"] == COOP["name"]))
    assert (told["phase"], told["repository"]) == (
        "recognised",
        f"{phyles.here.origin}/actors/{phyles.makers.repository.id}",
    )


async def test_who_follows_the_project_reads_of_it(phyles: Phyles) -> None:
    bob = phyles.makers.bob
    await post(bob, "/repositories/seeder/uses", **{**COOP, "name": "@ana Co-op"})

    async def posted() -> list[str]:
        rows = await phyles.here.fetch("SELECT content FROM conversation.posts")
        return [row["content"] for row in rows if "declared a commercial use" in row["content"]]

    (content,) = await eventually(posted)
    assert "allowed on the declared facts" in content
    assert "mention" not in content


@pytest.mark.parametrize("wrong", ["forged", "foreign", "another's", "unnamed"])
@pytest.mark.threat("I3")
async def test_what_is_not_the_senders_is_not_entered(phyles: Phyles, there: Peer, wrong: str) -> None:
    """mallory, on a server that we command, sends what dora signed, or what she changed in it."""
    dora = phyles.dora.member
    sent = await overheard(phyles, dora)
    mallory = there.actor("mallory")
    if wrong == "forged":
        sent["phyle:act"]["payload"]["name"] = "Rent & Sons Ltd"
    if wrong == "foreign":
        sent["phyle:act"]["phyle"] = "elsewhere.example/ledger/1"
    if wrong == "unnamed":
        sent["phyle:evidence"] = [{"what": "statutes", "text": "Another text."}]
    offer = there.activity(
        "Offer",
        mallory,
        sent["object"],
        **{name: sent[name] for name in ("target", "phyle:act", "phyle:openings", "phyle:evidence") if name in sent},
    )
    await accepted(phyles.here, there, offer)
    await received(there, "Reject")
    assert len(await get(phyles.makers.ana, "/repositories/seeder/uses")) == 1


async def overheard(phyles: Phyles, by: Member) -> dict[str, Any]:
    """What somebody's server sent when they declared."""
    more = {**await exactly(phyles), "evidence": [{"what": "statutes", "text": STATUTES}]}
    made = await declared(by, phyles, COOP, **more)
    await answered(by, made, "recorded")
    rows = await phyles.beyond.fetch("SELECT body FROM federation.sent_activities ORDER BY id")
    said = [orjson.loads(row["body"]) for row in rows]
    found: dict[str, Any] = next(each for each in said if each["type"] == "Offer" and "phyle:act" in each)
    return found


@pytest.mark.threat("I3")
async def test_a_replay_and_another_work_enter_nothing(phyles: Phyles) -> None:
    dora = phyles.dora.member
    sent = await overheard(phyles, dora)
    store, net = phyles.here.store, phyles.here.net
    other = await post(phyles.makers.ana, "/repositories", name="other")
    await post(phyles.makers.ana, "/repositories/other/work", licence="PPL")
    async with store.reading() as tx:
        known = await actors.by_uri(tx, dora.actor.uri)
    assert known is not None
    body = {
        "activity": sent["id"],
        "actor": known.id,
        "repository": phyles.makers.repository.id,
        "act": sent["phyle:act"],
        "openings": sent["phyle:openings"],
        "evidence": sent["phyle:evidence"],
    }
    await agreements.take(net, store, body)
    await agreements.take(net, store, {**body, "repository": int(other["id"])})
    assert len(await get(phyles.makers.ana, "/uses")) == 1


@pytest.mark.threat("B2")
async def test_nobody_else_answers_or_tells_of_a_works_uses(phyles: Phyles, there: Peer) -> None:
    await forked(phyles)
    dora = phyles.dora.member
    sent = await overheard(phyles, dora)
    (mine,) = await get(dora, "/declarations")
    mallory = there.actor("mallory", type="Repository", cloneUri=f"https://{there.host}/x.git")
    lie = {"type": "Agreement", "context": mallory, "phyle:use": {"phase": "refused"}, "name": "A lie"}
    await accepted(phyles.beyond, there, there.activity("Reject", mallory, sent["id"], summary="No."))
    for uri in (mine["agreement"], f"https://{there.host}/objects/1"):
        for context in (mallory, sent["target"]):
            update = there.activity("Update", mallory, {**lie, "id": uri, "context": context})
            await there.send(phyles.beyond.inbox, update)
    await phyles.settled()
    (still,) = await get(dora, "/declarations")
    assert (still["state"], still["reason"]) == (mine["state"], mine["reason"])
    assert [each["title"] for each in await get(dora, "/uses/elsewhere") if "lie" in each["title"]] == []


async def test_the_auditor_accepts_what_came_from_another_phyle(phyles: Phyles) -> None:
    dora = phyles.dora.member
    statutes = [{"what": "statutes", "text": STATUTES}]
    await answered(dora, await declared(dora, phyles, COOP, evidence=statutes, **(await exactly(phyles))), "recorded")
    boss = await phyles.beyond.member("boss")
    await answered(boss, await declared(boss, phyles, FIRM, **(await exactly(phyles))), "refused")

    def found() -> Verdict:
        with Remote(phyles.here.origin, insecure_local=True) as source:
            return audit(source)

    async def covered() -> Verdict | None:
        verdict = await asyncio.to_thread(found)
        return verdict if verdict.sound and verdict.size >= await phyles.here.value(ENTRIES) else None

    verdict: Verdict = await eventually(covered)
    assert verdict.sound


ENTRIES = "SELECT count(*) FROM cooperative.entries"


async def exactly(phyles: Phyles) -> dict[str, Any]:
    """The version that is used, where no fork says it."""
    return {"commit": await phyles.makers.shop.git("rev-parse", "HEAD"), "licence_text": "0" * 64}
