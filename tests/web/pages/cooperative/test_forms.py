"""What members do besides: every form of the pages does what it says, and keeps what was typed if it cannot."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from phyle.cooperative.law.ballots import ballot_id
from phyle.cooperative.ledger import append
from phyle.cooperative.ledger.beginning import begin
from tests.cooperative.founding import found, pass_time
from tests.cooperative.law.charters import charter
from tests.cooperative.travelling import Clock
from tests.instance import Instance
from tests.servers import eventually
from tests.web.pages.browser import Browser
from tests.web.pages.cooperative.conftest import Enter, entered
from tests.web.pages.cooperative.phyles import BY_LOT

DELEGATION = """
## Article 4. Lending

```toml
[delegation]
allowed = true
cap = 2
```
"""


@pytest.fixture
async def three(whole: Instance, browsers: Callable[[], Browser]) -> list[Browser]:
    """The browsers of Ana, Ben and Cleo, who have founded a phyle with short times."""
    actors = [(await whole.member(name)).actor for name in ("ana", "ben", "cleo")]
    await found(whole.store, actors, charter(more="delegation = true", articles=DELEGATION))
    return [await entered(browsers(), actor.name) for actor in actors]


async def _proposed(browser: Browser, kind: str, status: int = 200, **fields: str) -> str:
    """Made by its form; the path of its page."""
    await browser.open(f"/phyle/proposals/new?kind={kind}")
    await browser.press("Propose it", status, title="About it", text="Because.", **fields)
    return browser.path.partition("?")[0]


async def _voted(voters: list[Browser], proposal: str, **marks: str) -> None:
    for browser in voters:
        await browser.open(f"/phyle/booth/{ballot_id(proposal.rpartition('/')[2], 1)}")
        await browser.press("Hand in this paper", 200, **marks)
        assert "Your paper is handed in" in browser.page.words


async def test_an_election(whole: Instance, clock: Clock, three: list[Browser]) -> None:
    ana, ben, cleo = three
    await ana.open("/phyle/proposals/new?kind=elect")
    await ana.press("Propose it", 422, title="Stewards", text="It is time.", office="stewards", seats="1", method="")
    assert ana.page.value("office") == "stewards"
    await ana.press("Propose it", method="stv")
    path = ana.path.partition("?")[0]
    await ben.open("/phyle/membership")
    me = ben.page.links[next(link for link in ben.page.links if len(link) == 26)].rpartition("/")[2]
    await ana.press("Nominate", member=me)
    await ben.open(path)
    await ben.press("Accept")
    assert "stands" in ben.page.words
    await ben.open("/phyle/membership")
    await ben.press("Lay down this office")
    await pass_time(whole.store, clock, days=1)
    await ana.open(path)
    await ana.click("Vote")
    await ana.press("Hand in this paper", 422)
    assert "Number at least one option" in ana.page.words
    await _voted([ana, cleo], path, place_0="1")
    assert cleo.page.value("place_0") == "1"
    await pass_time(whole.store, clock, days=2)
    await ana.open(f"/phyle/decisions/{path.rpartition('/')[2]}")
    assert "@ben" in ana.page.words
    await pass_time(whole.store, clock, days=1)
    await ben.open("/phyle/membership")
    assert "Lay down this office" in ben.page.words


async def test_a_choice_among_options(whole: Instance, clock: Clock, three: list[Browser]) -> None:
    ana, ben, cleo = three
    for method, field, bad, good in (
        ("score", "amount_0", "77", "5"),
        ("dot", "amount_1", "11", "10"),
        ("quadratic", "amount_0", "11", "10"),
    ):
        path = await _proposed(ana, "choose", options="Red\nBlue", method=method)
        await pass_time(whole.store, clock, days=1)
        await ben.open(f"/phyle/booth/{ballot_id(path.rpartition('/')[2], 1)}")
        await ben.press("Hand in this paper", 422, reason="I like it.", **{field: bad})
        assert ben.page.value(field) == bad
        assert ben.page.value("reason") == "I like it."
        await ben.press("Hand in this paper", 200, **{field: good})
        assert ben.page.value(field) == good
    path = await _proposed(cleo, "choose", options="Red\nBlue", method="approval")
    await pass_time(whole.store, clock, days=1)
    await ben.open(f"/phyle/booth/{ballot_id(path.rpartition('/')[2], 1)}")
    await ben.press("Hand in this paper", 200, **{"approve[]": "1"})
    assert ben.page.value("approve[]") == "1"
    await _proposed(cleo, "choose", 422, options="Red", method="approval")
    assert "at least two options" in cleo.page.words


async def test_the_charter_is_changed(whole: Instance, clock: Clock, three: list[Browser]) -> None:
    ana, ben, cleo = three
    await ana.open("/phyle/proposals/new?kind=amend")
    text = ana.page.value("charter")
    asked = {"title": "More time", "text": "We hurry."}
    await ana.press("Propose it", 422, charter=text.replace("ballot_days = 2", "ballot_days = soon"), **asked)
    assert "ballot_days = soon" in ana.page.value("charter")
    await ana.press("Propose it", 200, charter=text.replace("ballot_days = 2", "ballot_days = 4"), **asked)
    path = ana.path.partition("?")[0]
    await ana.click("What changes in the charter")
    assert "4 instead of 2" in ana.page.words
    await pass_time(whole.store, clock, days=1)
    await _voted([ana, ben, cleo], path, paper="for")
    await pass_time(whole.store, clock, days=3)
    await ana.open("/phyle/charter")
    assert "4 days to vote" in ana.page.words
    await ana.click("what it changed")
    assert "4 instead of 2" in ana.page.words


async def test_a_charge_with_its_reply(three: list[Browser]) -> None:
    ana, ben, _ = three
    await ana.open("/phyle/charges/new")
    await ana.press("Bring the charge", 422, articles="Article 1", reasons="They did.", member="@nobody")
    assert ana.page.value("reasons") == "They did."
    await ana.press("Bring the charge", member="@ben")
    path = ana.path.partition("?")[0]
    await ben.open(path)
    assert "They did." in ben.page.words
    await ben.press("Reply", reply="I did not.")
    await ana.open(path)
    assert "I did not." in ana.page.words
    await ana.press("Withdraw this charge")
    assert "Withdrawn" in ana.page.words


async def test_an_assembly(three: list[Browser]) -> None:
    ana, ben, _ = three
    await ben.open("/phyle/assemblies/new")
    await ben.press("Enter it", 422, title="The May meeting", text="In the yard.", opens="tomorrow")
    assert ben.page.value("text") == "In the yard."
    day = datetime.now(UTC) + timedelta(days=40)
    await ben.press("Enter it", how="extraordinary", opens=f"{day:%Y-%m-%d}T18:00", closes=f"{day:%Y-%m-%d}T21:00")
    path = ben.path.partition("?")[0]
    assert f"{day:%Y}, 18:00 UTC" in ben.page.words
    await _proposed(ana, "resolve")
    await ana.open(path)
    await ana.press("Put it on the agenda", proposal=_first(ana, "proposal"))
    assert "About it" in ana.page.links
    await ben.open(path)
    await ben.press("Cancel this assembly")
    assert "Cancelled" in ben.page.words


def _first(browser: Browser, name: str) -> str:
    """The first value that can be chosen in a list of that name."""
    tags = browser.page.tags
    start = next(place for place, (tag, each) in enumerate(tags) if tag == "select" and each.get("name") == name)
    return next(each["value"] for tag, each in tags[start:] if tag == "option" and each["value"])


async def test_votes_are_lent_and_taken_back(whole: Instance, clock: Clock, three: list[Browser]) -> None:
    ana, ben, _ = three
    path = await _proposed(ana, "resolve")
    await pass_time(whole.store, clock, days=1)
    await ben.open(f"/phyle/booth/{ballot_id(path.rpartition('/')[2], 1)}")
    await ben.press("Lend my vote", to=_first(ben, "to"))
    assert "votes for me" in ben.page.words
    await ben.press("Take my vote back")
    assert "votes for me" not in ben.page.words


async def test_an_appeal_and_an_objection(whole: Instance, clock: Clock, three: list[Browser], enter: Enter) -> None:
    ana, ben, cleo = three
    path = await _proposed(ana, "resolve")
    await pass_time(whole.store, clock, days=1)
    await _voted([ana, ben], path, paper="for")
    await pass_time(whole.store, clock, days=2)
    await cleo.open(path)
    await cleo.click("Challenge this decision")
    await cleo.press("Appeal", 422, text="  ")
    await cleo.press("Appeal", text="It was too fast.")
    assert "It was too fast." in cleo.page.words
    dora = await enter("dora")
    await dora.open("/phyle/join")
    await dora.press("Apply")
    number = next(link for link in dora.page.links if len(link) == 26)
    await cleo.open(f"/phyle/members/{number}")
    await cleo.press("Object", reason="Too soon.")
    assert "Too soon." in cleo.page.words
    await cleo.press("Take my objection back")
    assert "Too soon." not in cleo.page.words
    await dora.press("Leave", 422)
    await dora.press("Leave", sure="true")
    assert "Withdrew the application" in dora.page.words
    await dora.click("Apply again")
    await dora.press("Apply")
    assert "Applicant" in dora.page.words


async def test_the_register_is_open_for_a_purpose(three: list[Browser], enter: Enter) -> None:
    ana, _, _ = three
    await ana.open("/phyle/membership")
    await ana.press("Save", name="Ana Alder", address="At the mill 1")
    assert "Ana Alder" in ana.page.words
    await ana.open("/phyle/register")
    assert "Ana Alder" not in ana.page.words
    await ana.press("Open the register for an hour", purpose="To invite everybody by letter.")
    assert "Ana Alder" in ana.page.words
    await ana.click("Download it as a table (CSV)")
    assert "At the mill 1" in ana.response.text
    await ana.open("/phyle/membership/data")
    assert "At the mill 1" in ana.response.text
    await eventually(lambda: _has_credential(ana))
    dora = await enter("dora")
    await dora.open("/phyle/register", 403)
    await dora.open("/phyle/register/table", 403)
    await dora.open("/phyle/proposals/new", 403)


async def _has_credential(browser: Browser) -> bool:
    """As soon as a checkpoint covers the entry that made them a member."""
    answer = await browser.client.get("/phyle/membership/credential")
    return answer.status_code == 200 and "credentialSubject" in answer.json()


async def test_a_steward_hides_a_post(whole: Instance, three: list[Browser]) -> None:
    ana, ben, _ = three
    await ana.open("/share")
    await ana.press("Publish", text="Buy my oven!")
    post = f"{whole.origin}{ana.path}"
    await ben.open("/phyle/moderation")
    await ben.press("Do it now", 404, target="that one", reason="Advertising.")
    assert "There is no such post here" in ben.page.words
    await ben.press("Do it now", 422, target=post, reason="  ")
    assert ben.page.value("target") == post
    await ben.press("Do it now", reason="Advertising.")
    assert "Provisional" in ben.page.words
    await ana.open("/phyle/moderation")
    await ana.press("Confirm it")
    assert "Confirmed" in ana.page.words


async def test_a_lost_account_is_replaced(three: list[Browser], enter: Enter) -> None:
    ana, _, cleo = three
    await cleo.open("/phyle/membership")
    number = next(link for link in cleo.page.links if len(link) == 26)
    cleos = await enter("cleo2")
    await cleos.open("/phyle/join")
    await cleos.click("I am a member, but have lost my account")
    await cleos.press("Ask for my membership", 403, old="a" * 26)
    await cleos.press("Ask for my membership", old=f"https://x.example/phyle/members/{number}")
    await ana.open("/phyle/rebindings")
    await ana.press("I know that this is them")
    assert "Vouched for by @ana" in " ".join(ana.page.words.split())
    await cleo.open("/phyle/rebindings")
    await cleo.press("Object")
    assert "Objected to by @cleo" in " ".join(cleo.page.words.split())


async def test_another_phyle_is_joined_and_left_from_here(whole: Instance, beyond: Instance) -> None:
    await found(whole.store, [(await whole.member(name)).actor for name in ("ana", "ben", "cleo")], charter())
    await begin(beyond.store)
    await beyond.member("bob")
    async with httpx.AsyncClient(base_url=beyond.origin, timeout=30) as client:
        bob = await entered(Browser(client), "bob")
        await bob.open("/phyle/join")
        await bob.open("/phyle/elsewhere")
        await bob.press("Apply there", 404, group="localhost:1")
        assert bob.page.value("group") == "localhost:1"
        await bob.press("Apply there", group=whole.store.settings.domain)
        assert "You have applied" in bob.page.words
        await eventually(lambda: _applied(whole))
        await bob.press("Leave that phyle")
        await bob.open("/phyle/elsewhere")
        assert "exit to" in bob.page.words


async def _applied(whole: Instance) -> bool:
    query = "SELECT count(*) FROM cooperative.slices WHERE kind = 'member' AND value ->> 'standing' = 'applicant'"
    return bool(await whole.value(query))


async def test_an_office_is_filled_by_lot(whole: Instance, browsers: Callable[[], Browser]) -> None:
    actors = [(await whole.member(name)).actor for name in ("ana", "ben", "cleo")]
    await found(whole.store, actors, charter(articles=BY_LOT))
    ana = await entered(browsers(), "ana")
    await ana.open("/phyle/offices")
    await ana.press("Draw by lot")
    await append.drain(whole.store)
    await ana.click("An office")
    await ana.press("Add my words", 422, words="short")
    await ana.press("Add my words", words="the crow sings on the third pole")
    assert "not yet" in ana.page.words
