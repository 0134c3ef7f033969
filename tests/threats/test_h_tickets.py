"""Tickets and changes: nobody walks round a grant, into another repository, or out to where no request may go."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from phyle.commons import grants, offers
from phyle.commons.activities import gathering
from phyle.commons.git import refs
from phyle.commons.tickets import Words
from tests.between import accepted, met
from tests.commons.between import Maker, cloned, filled, maker
from tests.instance import Instance
from tests.peer import PUBLIC, Peer
from tests.people import sql
from tests.servers import eventually


@dataclass
class Field:
    """ana's `seeder` with a ticket (1) and a change by bob (2); mallory is elsewhere."""

    ana: Maker
    there: Peer
    mallory: str

    @property
    def here(self) -> Instance:
        return self.ana.instance

    async def uri(self, number: int) -> str:
        part = "tickets" if number == 1 else "merge_requests"
        found = await self.ana.get(f"/repositories/seeder/{part}/{number}")
        address: str = found["ticket"]["uri"]
        return address

    async def state(self, number: int) -> str:
        found = await self.here.value("SELECT state FROM commons.tickets WHERE number = $1", number)
        return str(found)

    async def main(self) -> str:
        return (await refs.oids(self.ana.folder, ["refs/heads/main"]))["refs/heads/main"]

    async def rejected(self, kind: str, thing: Any, **more: Any) -> str:
        """What mallory asks for is refused; the sentence."""
        activity = self.there.activity(kind, self.mallory, thing, to=[self.ana.uri], **more)
        await accepted(self.here, self.there, activity)

        async def answer() -> str | None:
            answers = [each for each in self.there.of_type("Reject") if each["object"] == activity["id"]]
            return answers[0]["summary"] if answers else None

        sentence: str = await eventually(answer)
        assert not [each for each in self.there.of_type("Accept") if each["object"] == activity["id"]]
        return sentence

    async def granted(self, role: Any, repository: int = 0, holder: str = "") -> str:
        """The capability of a live grant."""
        holding = await met(self.here, holder or self.mallory)
        async with self.here.store.transaction() as tx:
            given = await grants.give(tx, repository or self.ana.repository.id, holding.id, role, given_by=None)
        return grants.uri(self.here.store.settings, given.id)


@pytest.fixture
async def scene(here: Instance, there: Peer, tmp_path: Path) -> Field:
    ana, bob = await maker(here, "ana", "seeder"), await maker(here, "bob", "seeder_too")
    await filled(ana, tmp_path / "anas")
    work = await cloned(ana.folder, tmp_path / "bobs", "Bob")
    await work.branch("topic")
    await work.commit({"sow.py": "rows = 3\nseeds = 2\n"})
    for branch in ("main", "topic"):
        await work.push(bob.folder, branch)
    await bob.post("/repositories/seeder/tickets", title="It leaks")
    await bob.post("/repositories/seeder/merge_requests", title="More", origin="seeder_too", branch="topic")
    return Field(ana, there, there.actor("mallory"))


@pytest.mark.threat("H10")
@pytest.mark.threat("B13")
async def test_nobody_settles_or_applies_without_a_live_grant_of_their_own(scene: Field) -> None:
    ticket, change, before = await scene.uri(1), await scene.uri(2), await scene.main()
    other = await maker(scene.here, "cleo", "elsewhere")
    eve = scene.there.actor("eve")
    expired, revoked = await scene.granted("maintainer", holder=eve), ""
    worthless = {
        "none": None,
        "made up": f"{scene.here.origin}/activities/12345",
        "somebody else's": expired,
        "of another repository": await scene.granted("maintainer", other.repository.id),
        "not ours": f"{scene.there.origin}/activities/1",
    }
    async with scene.here.store.transaction() as tx:
        row = await tx._connection.fetchval("SELECT id FROM identity.actors WHERE uri = $1", scene.mallory)
        given = await grants.give(tx, scene.ana.repository.id, row, "maintainer", given_by=None)
        await grants.revoke(tx, given.id, revoked_by=None)
        late = await grants.give(tx, scene.ana.repository.id, row, "maintainer", given_by=None)
        await sql(tx, "UPDATE commons.grants SET until = now() - interval '1 second' WHERE id = $1", late.id)
        settings = scene.here.store.settings
        revoked = grants.uri(settings, given.id)
    worthless |= {"revoked": revoked, "over": grants.uri(settings, late.id)}
    for name, capability in worthless.items():
        shown = {} if capability is None else {"capability": capability}
        assert await scene.rejected("Resolve", ticket, **shown), name
        assert await scene.rejected("Apply", change, **shown), name
    assert (await scene.state(1), await scene.state(2), await scene.main()) == ("open", "open", before)


@pytest.mark.threat("H10")
async def test_a_contributor_sorts_tickets_and_writes_no_protected_branch(scene: Field) -> None:
    ticket, change, before = await scene.uri(1), await scene.uri(2), await scene.main()
    capability = await scene.granted("contributor")
    assert "role" in await scene.rejected("Apply", change, capability=capability)
    assert (await scene.state(2), await scene.main()) == ("open", before)
    resolve = scene.there.activity("Resolve", scene.mallory, ticket, capability=capability)
    await accepted(scene.here, scene.there, resolve)
    assert await scene.state(1) == "resolved"


@pytest.mark.threat("H10")
async def test_a_review_that_counts_takes_a_grant_and_the_newest_version(scene: Field) -> None:
    change, there = await scene.uri(2), scene.there
    document = (await scene.here.client.get(change, headers={"Accept": "application/activity+json"})).json()
    review = {
        "type": "Review",
        "attributedTo": scene.mallory,
        "context": change,
        "object": document["attachment"]["object"],
        "content": "<p>Not so many</p>",
    }
    target = scene.ana.uri
    revise = {**review, "verdict": "revise"}
    assert "Grant" in await scene.rejected("Offer", revise, target=target)
    assert "`verdict`" in await scene.rejected("Offer", {**review, "verdict": "never"}, target=target)
    capability = await scene.granted("contributor")
    wrong = {**revise, "object": await scene.uri(1)}
    assert "version" in await scene.rejected("Offer", wrong, target=target, capability=capability)
    as_ana = {**revise, "attributedTo": scene.ana.member.actor.uri}
    assert "own name" in await scene.rejected("Offer", as_ana, target=target, capability=capability)
    for verdict, shown in (("remark", {}), ("revise", {"capability": capability})):
        offer = there.activity("Offer", scene.mallory, {**review, "verdict": verdict}, target=target, **shown)
        await accepted(scene.here, there, offer)
    found = await scene.ana.get("/repositories/seeder/merge_requests/2")
    given = [(each["verdict"], each["text"]) for each in found["reviews"]]
    assert given == [("comment", "Not so many"), ("changes", "Not so many")]
    head = found["versions"][0]["head"]
    blocked = await scene.ana.ask("POST", "/repositories/seeder/merge_requests/2/apply", json={"head": head})
    assert blocked.status_code == 409
    path = f"/objects/{found['reviews'][1]['id']}"
    kept = (await scene.here.client.get(path, headers={"Accept": "application/activity+json"})).json()
    assert (kept["type"], kept["verdict"]) == ("Review", "revise")


async def test_a_maintainer_elsewhere_applies_with_the_grant(scene: Field) -> None:
    capability, before = await scene.granted("maintainer"), await scene.main()
    apply = scene.there.activity("Apply", scene.mallory, await scene.uri(2), capability=capability)
    await accepted(scene.here, scene.there, apply)
    assert await scene.state(2) == "resolved"
    assert await scene.main() != before


@pytest.mark.threat("B6")
@pytest.mark.threat("B13")
async def test_nobody_speaks_for_others(scene: Field) -> None:
    ticket, change = await scene.uri(1), await scene.uri(2)
    forged = {"id": ticket, "type": "Ticket", "context": scene.ana.uri, "attributedTo": scene.mallory, "summary": "Ha"}
    update = scene.there.activity("Update", scene.mallory, forged)
    assert (await scene.there.send(scene.here.inbox, update)).status_code == 403
    version = {"type": "OrderedCollection", "target": {"type": "Commit", "hash": "0" * 40}}
    assert "Only who offered" in await scene.rejected("Add", version, target=change)
    as_ana = {"type": "Ticket", "attributedTo": scene.ana.member.actor.uri, "summary": "I am ana"}
    assert "own name" in await scene.rejected("Offer", as_ana, target=scene.ana.uri)
    own = {"type": "Ticket", "attributedTo": scene.mallory, "summary": "Mine", "id": f"{scene.there.origin}/1"}
    assert "no `id`" in await scene.rejected("Offer", own, target=scene.ana.uri)
    assert "capability" in await scene.rejected("Undo", {"type": "Resolve", "object": ticket, "actor": scene.mallory})
    found = await scene.here.fetch("SELECT title FROM commons.tickets ORDER BY number")
    assert [each["title"] for each in found] == ["It leaks", "More"]


@pytest.mark.threat("B13")
async def test_what_one_offered_elsewhere_only_its_home_answers(scene: Field) -> None:
    there, ana = scene.there, scene.ana.member
    project = there.actor("seeds", type="Repository", cloneUri=f"{there.origin}/seeds.git")
    eve = there.actor("eve_too")
    home = await met(scene.here, project)
    async with scene.here.store.transaction() as tx:
        made = await offers.offer_ticket(tx, ana.actor, home, Words(title="Hello"))
    await scene.here.settled()
    place = f"{there.origin}/tickets/1"

    async def stands() -> tuple[str, str | None]:
        (row,) = await scene.here.fetch("SELECT state, ticket FROM commons.offers WHERE id = $1", made.id)
        return row["state"], row["ticket"]

    for actor, result in ((eve, place), (project, "https://other.example/tickets/1"), (project, f"{scene.ana.uri}")):
        await accepted(scene.here, there, there.activity("Accept", actor, made.uri, result=result))
        assert await stands() == ("sent", None)
    await accepted(scene.here, there, there.activity("Reject", eve, made.uri, summary="No"))
    assert await stands() == ("sent", None)
    await accepted(scene.here, there, there.activity("Accept", project, made.uri, result=place))
    assert await stands() == ("open", place)
    told = {"id": place, "type": "Ticket", "context": project, "attributedTo": ana.actor.uri, "summary": "Hello"}
    await accepted(scene.here, there, there.activity("Update", eve, {**told, "isResolved": True}))
    assert await stands() == ("open", place)
    await accepted(scene.here, there, there.activity("Update", project, {**told, "isResolved": True}))
    assert await stands() == ("resolved", place)


@pytest.mark.threat("H11")
async def test_numbers_and_ids_are_those_of_one_repository(scene: Field) -> None:
    cleo = await maker(scene.here, "cleo", "elsewhere")
    base = "/repositories/elsewhere"
    head = (await scene.ana.get("/repositories/seeder/merge_requests/2"))["versions"][0]["head"]
    for method, path, given in (
        ("GET", f"{base}/tickets/1", {}),
        ("GET", f"{base}/merge_requests/2", {}),
        ("POST", f"{base}/tickets/1/resolve", {}),
        ("POST", f"{base}/merge_requests/2/apply", {"head": head}),
        ("POST", f"{base}/merge_requests/2/refuse", {"reason": "Mine"}),
        ("POST", f"{base}/merge_requests/2/reviews", {"verdict": "approve", "version": 1}),
    ):
        answer = await cleo.ask(method, path, **({"json": given} if method == "POST" else {}))
        assert answer.status_code == 404, path
    assert (await scene.state(1), await scene.state(2)) == ("open", "open")
    wrong = {"type": "Ticket", "attributedTo": scene.mallory, "summary": "x", "context": cleo.uri}
    assert "`context`" in await scene.rejected("Offer", wrong, target=scene.ana.uri)


@pytest.mark.threat("D7")
@pytest.mark.threat("H2")
@pytest.mark.parametrize(
    "clone",
    [
        "https://10.0.0.1/x.git",
        "https://169.254.169.254/latest/",
        "https://[::1]/x.git",
        "file:///etc",
        "ext::sh -c touch% /tmp/owned",
        "ssh://-oProxyCommand=x/y",
        "--upload-pack=touch /tmp/owned",
    ],
)
async def test_a_branch_is_fetched_from_nowhere_that_no_request_may_reach(scene: Field, clone: str) -> None:
    there = scene.there
    fork = there.actor("fork", type="Repository", cloneUri=clone)
    body = {
        "activity": f"{there.origin}/activities/77",
        "actor": (await met(scene.here, scene.mallory)).id,
        "repository": scene.ana.repository.id,
        "origin": fork,
        "branch": "topic",
        "target": "main",
        "head": "",
        "terms": {},
        "claim": None,
        "words": {"title": "x", "source": "", "kind": "", "skills": []},
        "tries": gathering.PATIENCE,
    }
    before = set(await refs.listing(scene.ana.folder, "refs/"))
    assert await gathering.gather(scene.here.net, scene.here.store, body) is None
    await scene.here.settled()
    (answer,) = [each for each in there.of_type("Reject") if each["object"] == body["activity"]]
    assert answer["summary"]
    assert set(await refs.listing(scene.ana.folder, "refs/")) == before
    assert await scene.here.value("SELECT count(*) FROM commons.tickets") == 2


@pytest.mark.threat("E7")
async def test_what_is_private_is_nowhere(scene: Field) -> None:
    ana, there = scene.ana, scene.there
    made = await ana.post("/repositories", name="hidden", visibility="private")
    ticket = await ana.post("/repositories/hidden/tickets", title="Secret plans", needed=True)
    await scene.here.settled()
    number = made["id"]
    for path in (
        f"/actors/{number}/tickets",
        f"/actors/{number}/needs",
        f"/objects/{ticket['id']}",
        "/@hidden.git/tickets",
    ):
        answer = await scene.here.client.get(path, headers={"Accept": "application/activity+json"})
        assert answer.status_code == 404, path
    for path in ("/needs", "/api/phyle/v1/needs", "/commons/needs"):
        assert "Secret plans" not in (await scene.here.client.get(path)).text
    uri = f"{scene.here.origin}/actors/{number}"
    offer = {"type": "Ticket", "attributedTo": scene.mallory, "summary": "Let me in"}
    knock = there.activity("Offer", scene.mallory, offer, target=uri, to=[uri, PUBLIC])
    await accepted(scene.here, there, knock)
    await accepted(scene.here, there, there.activity("Resolve", scene.mallory, ticket["uri"]))
    await scene.here.settled()
    assert not [each for each in there.received if each.body["type"] in ("Accept", "Reject")]
    assert await scene.here.value("SELECT count(*) FROM conversation.posts WHERE content LIKE '%Secret%'") == 0
    sent = await scene.here.fetch("SELECT convert_from(body, 'UTF8') AS said FROM federation.sent_activities")
    assert any("It leaks" in each["said"] for each in sent)
    assert not any("Secret" in each["said"] for each in sent)
