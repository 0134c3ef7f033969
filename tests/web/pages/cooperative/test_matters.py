"""Whatever the law can do, members propose from a page."""

from collections.abc import Callable

import pytest

from phyle.cooperative.law.ballots import ballot_id
from phyle.cooperative.law.effects.table import EFFECTS
from phyle.cooperative.ledger import signing
from phyle.web.pages.cooperative.matters import KINDS
from tests.cooperative.founding import found, pass_time
from tests.cooperative.law.charters import charter
from tests.cooperative.travelling import Clock
from tests.instance import Instance
from tests.web.pages.browser import Browser
from tests.web.pages.cooperative.conftest import Enter, entered

NOT_FROM_A_PAGE = {
    "Rehost": "no version can do it yet",
    "Rules": "there is only one version of the rules",
}


@pytest.fixture
async def three(whole: Instance, browsers: Callable[[], Browser]) -> list[Browser]:
    """The browsers of Ana, Ben and Cleo, who have founded a phyle with short times."""
    actors = [(await whole.member(name)).actor for name in ("ana", "ben", "cleo")]
    await found(whole.store, actors, charter())
    return [await entered(browsers(), actor.name) for actor in actors]


def test_every_effect_has_a_form() -> None:
    assert {kind.effect for kind in KINDS.values()} | NOT_FROM_A_PAGE.keys() == EFFECTS.keys()


async def _proposed(browser: Browser, kind: str, status: int = 200, **fields: str) -> str:
    await browser.open(f"/phyle/proposals/new?kind={kind}")
    await browser.press("Propose it", status, title="About it", text="Because.", **fields)
    return browser.path.partition("?")[0]


async def _decided(whole: Instance, clock: Clock, voters: list[Browser], proposal: str) -> None:
    await pass_time(whole.store, clock, days=1)
    for browser in voters:
        await browser.open(f"/phyle/booth/{ballot_id(proposal.rpartition('/')[2], 1)}")
        await browser.press("Hand in this paper", 200, paper="for")
    await pass_time(whole.store, clock, days=3)
    await voters[0].open(proposal)


def _member(browser: Browser, name: str) -> str:
    """The value by which somebody is chosen on the form that is open."""
    at = browser.page.document.index(f">@{name}<")
    return browser.page.document[:at].rpartition('value="')[2].partition('"')[0]


async def test_a_licence_is_granted(whole: Instance, clock: Clock, three: list[Browser]) -> None:
    ana, _, cleo = three
    await _proposed(ana, "grant", 422, licence="ppl-commercial", terms="For bread.", to="", name="")
    assert "Fill in “To which member” or “Or to whom else”" in ana.page.words
    assert ana.page.value("terms") == "For bread."
    await _proposed(ana, "grant", 422, licence="PPL Commercial", terms="For bread.", name="The mill")
    await ana.open("/phyle/proposals/new?kind=grant&licence=ppl-commercial")
    assert ana.page.value("licence") == "ppl-commercial", "a link can say what it is about"
    for given in ({"to": _member(ana, "ben"), "days": "30"}, {"to": "", "name": "The mill"}):
        path = await _proposed(ana, "grant", licence="ppl-commercial", terms="For bread.", **given)
        assert "gets the licence ppl-commercial" in ana.page.words
        await _decided(whole, clock, [ana, cleo], path)
        assert "Passed and done" in ana.page.words
    grants = "SELECT value FROM cooperative.slices WHERE kind = 'grant' ORDER BY began"
    one, other = [row["value"] for row in await whole.fetch(grants)]
    assert one["until"] - one["since"] <= 30 * 24 * 3600 * 1000
    assert other["name"] == "The mill"
    assert "until" not in other


async def test_something_is_taken_into_the_commons(whole: Instance, clock: Clock, three: list[Browser]) -> None:
    ana, ben, cleo = three
    path = await _proposed(ana, "accept", item="bakers", item_kind="circle", describes="We bake.")
    assert "bakers is taken into the commons." in ana.page.words
    await _decided(whole, clock, [ana, ben, cleo], path)
    await whole.settled()
    await ana.open("/@bakers")


async def test_a_key_of_the_phyle_is_changed(whole: Instance, clock: Clock, three: list[Browser]) -> None:
    ana, ben, cleo = three
    async with whole.store.reading() as tx:
        before = (await signing.keys(tx)).log.public_key().public_bytes_raw()
    path = await _proposed(ana, "rotate", which="log", last_trusted="3")
    assert "The phyle has a new log key." in ana.page.words
    await _decided(whole, clock, [ana, ben, cleo], path)
    assert "Passed and done" in ana.page.words
    async with whole.store.reading() as tx:
        assert (await signing.keys(tx)).log.public_key().public_bytes_raw() != before


async def test_members_moderate_and_review_it(whole: Instance, clock: Clock, three: list[Browser]) -> None:
    ana, ben, cleo = three
    await cleo.open("/share")
    await cleo.press("Publish", text="Buy my oven!")
    post = f"{whole.origin}{cleo.path}"
    await _proposed(ana, "moderate", 422, action="hide", target=f"{post}9", reason="Advertising.")
    assert "There is no such post here" in ana.page.words
    path = await _proposed(ana, "moderate", action="hide", target=post, reason="Advertising.")
    await _decided(whole, clock, [ana, ben], path)
    await whole.settled()
    await ana.open(post.removeprefix(whole.origin), 404)
    await ana.open("/phyle/proposals/new?kind=review")
    at = ana.page.document.index(">hide: ")
    moderation = ana.page.document[:at].rpartition('value="')[2].partition('"')[0]
    path = await _proposed(ana, "review", moderation=moderation, action="lift")
    assert "A moderation is lifted." in ana.page.words
    await _decided(whole, clock, [ana, ben], path)
    await whole.settled()
    await ana.open(post.removeprefix(whole.origin))


async def test_a_contested_rebinding_is_decided(
    whole: Instance, clock: Clock, three: list[Browser], enter: Enter
) -> None:
    ana, ben, cleo = three
    await cleo.open("/phyle/membership")
    number = next(link for link in cleo.page.links if len(link) == 26)
    cleos = await enter("cleo2")
    await cleos.open("/phyle/rebindings")
    await cleos.press("Ask for my membership", old=number)
    await ben.open("/phyle/rebindings")
    await ben.press("Object", reason="Who is that?")
    await ana.open("/phyle/proposals/new?kind=rebind")
    at = ana.page.document.index(">@cleo, by an account")
    request = ana.page.document[:at].rpartition('value="')[2].partition('"')[0]
    path = await _proposed(ana, "rebind", rebinding=request)
    assert "The membership of @cleo gets a new key." in ana.page.words
    await _decided(whole, clock, [ana, ben], path)
    assert "Passed and done" in ana.page.words
    await whole.settled()
    await cleos.open("/phyle/membership")
    assert "Member since" in " ".join(cleos.page.words.split())


async def test_what_cannot_be_carried_out_yet_says_so(three: list[Browser]) -> None:
    ana, *_ = three
    await ana.open("/phyle/proposals/new?kind=transfer")
    assert "This phyle keeps no funds yet" in ana.page.words
    await _proposed(ana, "transfer", fund="oven", commodity="eur", amount="700", to="The mill", direction="out")
    assert "700 eur go from the fund oven to The mill." in ana.page.words
    await _proposed(ana, "transfer", 422, fund="oven", commodity="eur", amount="700", to="The mill", direction="up")
    await ana.open("/phyle/proposals/new?kind=denounce")
    assert "This phyle has no treaties yet" in ana.page.words
    await _proposed(ana, "denounce", 422, treaty="a" * 64)
    assert "A document that this names by its hash is not here" in ana.page.words
