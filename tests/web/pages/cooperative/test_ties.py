"""A tie: whoever reads the proposal finds the draw that decides it, and from the draw the way back."""

from collections.abc import Callable

from phyle.cooperative.law.ballots import ballot_id
from tests.cooperative.founding import found, pass_time
from tests.cooperative.law.charters import charter
from tests.cooperative.travelling import Clock
from tests.instance import Instance
from tests.web.pages.browser import Browser
from tests.web.pages.cooperative.conftest import entered


async def test_a_tie_leads_to_its_draw(whole: Instance, clock: Clock, browsers: Callable[[], Browser]) -> None:
    actors = [(await whole.member(name)).actor for name in ("ana", "ben", "cleo")]
    await found(whole.store, actors, charter())
    ana = await entered(browsers(), "ana")
    await ana.open("/phyle/proposals/new?kind=choose")
    await ana.press("Propose it", title="The door", text="Which?", options="Red\nBlue", method="approval")
    path = ana.path.partition("?")[0]
    await pass_time(whole.store, clock, days=1)
    for name, colour in (("ana", "0"), ("ben", "1")):
        browser = await entered(browsers(), name)
        await browser.open(f"/phyle/booth/{ballot_id(path.rpartition('/')[2], 1)}")
        await browser.press("Hand in this paper", 200, **{"approve[]": colour})
    await pass_time(whole.store, clock, days=2)
    await ana.open(path)
    await ana.click("Add your words to the draw")
    await ana.click("A tie between options")
    await ana.click("this proposal")
    assert ana.path == path
