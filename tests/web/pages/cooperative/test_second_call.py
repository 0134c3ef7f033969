"""A ballot to which too few came is held again, and only the second one says so."""

from collections.abc import Callable

from phyle.cooperative.law.ballots import ballot_id
from tests.cooperative.founding import found, pass_time
from tests.cooperative.law.charters import charter
from tests.cooperative.travelling import Clock
from tests.instance import Instance
from tests.web.pages.browser import Browser
from tests.web.pages.cooperative.conftest import entered

CALLED_TWICE = 'second_call_quorum = "at least 1"\nsecond_call_days = 1'


async def test_only_the_second_call_says_so(whole: Instance, clock: Clock, browsers: Callable[[], Browser]) -> None:
    actors = [(await whole.member(name)).actor for name in ("ana", "ben", "cleo")]
    text = charter(more=CALLED_TWICE).replace('\nquorum = "at least 1"', '\nquorum = "at least 2"')
    await found(whole.store, actors, text)
    ana = await entered(browsers(), "ana")
    await ana.open("/phyle/proposals/new?kind=resolve")
    await ana.press("Propose it", title="A bench", text="We build a bench.")
    id = ana.path.partition("?")[0].rpartition("/")[2]
    for days in (1, 2, 1):
        await pass_time(whole.store, clock, days=days)
    for number, called_again in ((1, False), (2, True)):
        await ana.open(f"/phyle/booth/{ballot_id(id, number)}")
        assert ("this is the second call" in ana.page.words) is called_again
