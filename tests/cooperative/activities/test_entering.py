"""A member on an ordinary server, from the application in a web form to a ranked vote that is changed and audited."""

from collections.abc import AsyncIterator

import httpx
import pytest

from phyle.cooperative import acting
from phyle.cooperative.law.ballots import ballot_id
from phyle.identity.actors import Actor
from tests.cooperative.activities.quickly import QUICK, admit_now, phase
from tests.cooperative.activities.test_doors import founders, member_of
from tests.cooperative.activities.test_moving import audited
from tests.cooperative.activities.visiting import Visitor
from tests.cooperative.founding import pass_time, propose
from tests.cooperative.law.entering import trees
from tests.cooperative.travelling import Clock
from tests.instance import Instance
from tests.peer import Peer
from tests.servers import eventually
from tests.web.pages.browser import Browser


@pytest.fixture
async def browser(whole: Instance) -> AsyncIterator[Browser]:
    async with httpx.AsyncClient(base_url=whole.origin, timeout=30) as client:
        yield Browser(client)


@pytest.fixture
async def zed(whole: Instance, there: Peer) -> Visitor:
    return Visitor(whole, there, there.actor("zed"))


async def admitted(zed: Visitor, by: list[Actor]) -> str:
    """Zed has applied, and is admitted."""
    member, _ = await member_of(zed.whole, zed.uri)
    await admit_now(zed.whole, by, member)
    await zed.reads("You are a full member of")
    return member


async def test_the_whole_way(whole: Instance, there: Peer, clock: Clock, zed: Visitor, browser: Browser) -> None:
    by = await founders(whole, QUICK)
    await browser.open("/phyle/join")
    await browser.click("Tell us your account")
    page = await browser.press("Ask me there", account=f"@zed@{there.host}")
    assert "Answer it with the one word apply" in page.words
    assert "answer this post with the one word apply" in await zed.reads("with your account")
    await zed.says("apply")
    await zed.reads("You have applied for membership")
    member = await admitted(zed, by)

    id = await propose(whole.store, by[0], title="Which tree?", method="schulze", options=trees())
    ballot = ballot_id(id, 1)
    await eventually(lambda: phase(whole, id, "balloting"))
    await browser.open(f"/phyle/booth/{ballot}")
    await browser.click("Enter the booth")
    await browser.press("Ask me there", account=f"zed@{there.host}")
    await zed.reads("wants to enter the booth")
    await zed.enters(browser)
    assert browser.path == f"/phyle/booth/{ballot}"
    assert f"In the booth as @zed@{there.host}" in " ".join(browser.page.words.split())
    await browser.press("Hand in this paper", place_0="1", place_1="2", place_2="3")
    page = await browser.press("Hand in this paper instead", place_0="3", place_1="1", place_2="2", reason="Shade.")
    assert "Your paper is handed in." in page.words

    await browser.open("/phyle/proposals/new?kind=resolve")
    await browser.press("Propose it", title="More trees", text="They give shade.")
    await browser.press("Leave the booth")
    await browser.open(f"/phyle/booth/{ballot}")
    assert "Log in to vote" in " ".join(browser.page.words.split())

    for each in by[:2]:
        await acting.perform(whole.store, each, "vote", {"ballot": ballot, "choice": {"rank": [0, 1, 2]}})
    await pass_time(whole.store, clock, days=3)
    sheet = await whole.value("SELECT data FROM cooperative.sheets WHERE ballot = $1", ballot)
    assert f'["{member}",{{"rank":[1,2,0]}}'.encode() in sheet
    verdict = await audited(whole, by[0])
    assert verdict.sound, verdict.findings
    assert verdict.booth is not None
    assert verdict.booth.document() == {"acts": 4, "sessions": 1, "confirmed": 1}  # two votes, a proposal, the leaving
    said = "\n".join(verdict.lines())
    assert f"4 acts in 1 session on the word of {whole.store.settings.domain}" in said
    assert f"attested {there.host} 1 of 4" in said


async def test_an_applicant_elsewhere_withdraws_and_applies_again_in_the_booth(
    whole: Instance, zed: Visitor, browser: Browser
) -> None:
    await founders(whole)
    await zed.says("apply")
    await zed.reads("You have applied for membership")
    await zed.enters(browser)
    assert "a new visit ends this one" in (await browser.open("/phyle/membership")).words
    await browser.press("Save", name="Zed Zander")
    await browser.press("Leave", sure="true")
    assert (await member_of(whole, zed.uri))[1].standing == "withdrawn"
    await browser.open("/phyle/join")
    await browser.press("Apply")
    found = (await member_of(whole, zed.uri))[1]
    assert (found.standing, found.custody) == ("applicant", "none")
    assert "name" in found.identity


async def test_the_words_that_are_not_understood_are_answered_too(whole: Instance, zed: Visitor) -> None:
    await founders(whole)
    await zed.says("How do I join?")
    await zed.reads("It knows two words")
    await zed.says("apply gardeners")
    await zed.reads("There is no class of members called gardeners")
    await zed.says("Apply!")
    await zed.says("apply")
    await zed.reads("You have applied already")
