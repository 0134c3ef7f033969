"""A phyle from its founding to its first decision, by nothing but a browser without JavaScript."""

from tests.cooperative.founding import pass_time
from tests.cooperative.travelling import Clock
from tests.instance import Instance
from tests.web.pages.cooperative.conftest import Enter


async def test_three_found_a_fourth_joins_and_they_decide(whole: Instance, clock: Clock, enter: Enter) -> None:
    ana, ben, cleo = [await enter(name) for name in ("ana", "ben", "cleo")]

    await ana.open("/phyle")
    await ana.click("Take part in the founding")
    await ana.press("Take this one", template="small-assembly")
    text = ana.page.form.values["text"]
    await ana.press("Check this charter", text=text.replace("probation_days = 60", "probation_days = many"), status=422)
    assert "probation_days" in ana.page.words
    assert "probation_days = many" in ana.page.form.values["text"]
    await ana.press("Check this charter", text=text.replace("The Assembly", "The Mill").replace("= 60", "= 10"))
    assert "The Mill" in ana.page.words
    where = ana.path
    await ana.press("Sign this charter", name="Ana of the Mill")
    assert "Signed by 1 of at least 3" in ana.page.words
    assert "Found the phyle" not in ana.page.words
    for other in (ben, cleo):
        await other.open(where)
        await other.press("Sign this charter")
    await ben.press("Found the phyle", status=403) if "Found the phyle" in ben.page.words else None
    await cleo.press("Found the phyle")
    assert "founded" in cleo.page.words
    await ana.open("/phyle/charter")
    assert "Article 3. How we decide" in ana.page.words

    dora = await enter("dora")
    await dora.open("/phyle")
    await dora.click("Become a member")
    await dora.press("Apply", name="Dora Driver")
    assert "2 more of 2 vouchers" in dora.page.words
    await ana.open("/phyle/members?who=waiting")
    await ana.click("@dora")
    page = ana.path
    await ana.press("Vouch for them", statement="We baked bread together.")
    await ben.open(page)
    assert "We baked bread together." in ben.page.words
    await ben.press("Vouch for them")
    await dora.open("/phyle/membership")
    assert "On probation" in dora.page.words

    await ben.open("/phyle/proposals")
    await ben.click("Make a proposal")
    await ben.click("Resolve something in words")
    await ben.press("Propose it", title="We buy an oven", text="   ", status=422)
    assert ben.page.form.values["title"] == "We buy an oven"
    await ben.press("Propose it", title="We buy an oven", text="The old one smokes.")
    proposal = ben.path.partition("?")[0]
    assert "Being discussed" in ben.page.words
    await pass_time(whole.store, clock, days=5)

    for voter, answer in ((ana, "for"), (ben, "for"), (cleo, "against")):
        await voter.open(proposal)
        await voter.click("Vote")
        await voter.press("Hand in this paper", paper=answer)
        assert "Your paper is handed in" in voter.page.words
    await cleo.press("Hand in this paper instead", paper="for", reason="I have smelled the smoke.")
    assert cleo.page.form.values["paper"] == "for"
    await dora.open(proposal)
    await dora.click("Vote")
    assert "not on the roll" in dora.page.words

    await pass_time(whole.store, clock, days=5)
    await cleo.open(proposal)
    await cleo.click("How it was decided")
    assert "Passed" in cleo.page.words
    assert "I have smelled the smoke." in cleo.page.words
    await cleo.open("/phyle/decisions")
    await cleo.click("We buy an oven")
    assert "phyle audit" in cleo.page.words
    await pass_time(whole.store, clock, days=3)
    await cleo.open(proposal)
    assert "Passed and done" in cleo.page.words
