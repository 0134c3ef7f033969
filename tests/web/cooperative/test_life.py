"""A phyle lives through its API alone: founding, coming, deciding, leaving."""

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
    decision = (await living.anyone("/decisions"))[0]
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
