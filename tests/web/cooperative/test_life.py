"""A phyle lives through its API alone: founding, coming, deciding, leaving."""

from phyle.cooperative.ledger import checkpoints
from tests.web.cooperative.living import AGAINST, FOR, Living


async def test_three_found_admit_a_fourth_and_decide(living: Living) -> None:
    assert (await living.anyone("/phyle"))["phase"] == "gathering"
    ana, ben, cleo = await living.founded("ana", "ben", "cleo")
    here = await living.anyone("/phyle")
    assert (here["phase"], here["electors"], here["self_attested"]) == ("active", 3, True)

    dan = await living.person("dan")
    applied = await dan.post("/applications", identity={"name": "Dan Dee"})
    dan.member = applied["payload"]["member"]
    assert (await ana.get(f"/applications/{dan.member}"))["missing"] == [
        "2 more of 2 vouchers, or a decision to admit."
    ]
    await ana.post(f"/applications/{dan.member}/vouch", statement="We bake together.")
    await ben.post(f"/applications/{dan.member}/vouch")
    await living.later()
    waiting = (await ana.get("/applications"))[0]
    assert waiting["membership"]["standing"] == "probation"
    assert waiting["membership"]["account"]["acct"] == "dan"
    assert waiting["vouchers"][0] == {"by": ana.member, "says": "We bake together."}
    assert (await living.anyone("/applications"))[0]["membership"]["account"] is None

    admit = {"kind": "Admit", "arguments": {"member": dan.member}}
    proposal = await living.proposed(ana, admit, title="Admit Dan")
    shown = await ana.get(f"/proposals/{proposal}")
    assert shown["proposal"]["options"][0]["effects"][0]["says"] == "@dan becomes a member."
    assert shown["governs"]["rule"] == "more than 1/2 of the papers cast for it"
    ballot = await living.to_ballot(proposal)
    for person in (ana, ben):
        await person.post(f"/ballots/{ballot}/vote", choice=FOR)
    await cleo.post(f"/ballots/{ballot}/vote", choice=AGAINST, reason="Too early.")
    mine = (await cleo.get(f"/ballots/{ballot}"))["ballot"]["mine"]
    assert (mine["choice"], mine["reason"], mine["by"]) == (AGAINST, "Too early.", "booth")
    assert await living.decided(proposal) == "executed"

    assert (await dan.get("/members/me"))["membership"]["standing"] == "member"
    async with living.here.store.transaction() as tx:
        await checkpoints.publish(tx)
    decision = (await living.anyone("/decisions"))[0]
    assert decision["checkpoint"] == (await living.anyone("/ledger"))["checkpoint"]
    assert decision["passed"]
    assert decision["title"] == "Admit Dan"
    papers = await living.anyone(f"/ballots/{ballot}/papers")
    assert sorted(paper["value"]["paper"] for paper in papers["papers"]) == ["against", "for", "for"]
    assert papers["reasons"] == {cleo.member: "Too early."}
    assert "for" in (await living.anyone(f"/ballots/{ballot}"))["explanation"]

    left = await dan.post("/members/me/exit")
    assert left["receipt"]["state"] == "entered"
    assert (await dan.get("/members/me"))["membership"]["standing"] == "exited"
    again = await dan.post("/applications")
    assert again["kind"] == "apply_again"


async def test_nobody_sees_a_paper_before_the_count(living: Living) -> None:
    ana, ben, _ = await living.founded("ana", "ben", "cleo")
    ballot = await living.to_ballot(await living.resolution(ana))
    voted = await ana.post(f"/ballots/{ballot}/vote", choice=FOR, reason="Because.")
    commitment = voted["payload"]["choice"]
    for asker in (ben, ana):
        papers = await asker.get(f"/ballots/{ballot}/papers")
        assert (papers["papers"], papers["reasons"], papers["sheet"]) == (None, {}, None)
        assert papers["votes"] == {ana.member: [commitment]}
        shown = await asker.get("/ledger/openings")
        assert commitment in shown["closed"]
        assert commitment not in [row[0] for row in shown["opened"]]
    assert (await ben.get(f"/ballots/{ballot}"))["ballot"]["mine"]["choice"] is None
    own = await ana.get("/members/me/export")
    assert FOR in [each["value"] for each in own["openings"]]
    other = await ben.get("/members/me/export")
    assert FOR not in [each["value"] for each in other["openings"]]
    await living.decided(ballot.partition(".")[0])
    assert (await ben.get(f"/ballots/{ballot}/papers"))["reasons"] == {ana.member: "Because."}


async def test_lists_are_paged_by_links_and_never_torn(living: Living) -> None:
    ana, *_ = await living.founded("ana", "ben", "cleo")
    made = [await living.resolution(ana, title=f"Number {number}") for number in range(7)]
    seen: list[str] = []
    address = "/proposals?limit=2"
    while address:
        answer = await ana.ask("GET", address)
        page = [each["id"] for each in answer.json()]
        seen += page
        link = answer.links.get("next", {}).get("url", "") if page else ""
        address = link.partition("/api/phyle/v1")[2]
    assert seen == list(reversed(made))
    newest = await ana.get("/proposals", limit=3)
    after = await ana.get("/proposals", min_id=newest[-1]["created"], limit=1)
    assert [each["id"] for each in after] == [newest[-2]["id"]]
    assert [each["id"] for each in await ana.get("/proposals", **{"phase[]": "open"})] == list(reversed(made))
    assert await ana.get("/proposals", **{"phase[]": "over"}) == []
    await ana.get("/proposals", 400, **{"phase[]": "nonsense"})
