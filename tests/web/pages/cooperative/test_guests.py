"""Somebody in the booth with an account elsewhere: every page of the phyle is theirs, and says what is not."""

from collections.abc import Callable

from phyle.web.pages.cooperative.table import ROUTES
from tests.cooperative.activities.visiting import Visitor
from tests.cooperative.travelling import Clock
from tests.instance import Instance
from tests.peer import Peer
from tests.web.pages.browser import Browser
from tests.web.pages.cooperative.conftest import entered
from tests.web.pages.cooperative.phyles import full

NOBODYS = ("/phyle/founding", "/phyle/elsewhere")


async def test_every_page_is_for_guests_too(
    whole: Instance, there: Peer, clock: Clock, browsers: Callable[[], Browser]
) -> None:
    """It says to them what it says to somebody of the same standing whose account is here."""
    zed, browser = Visitor(whole, there, there.actor("zed")), browsers()
    phyle = await full(whole, clock)
    dora = await entered(browsers(), "dora")
    await zed.says("apply")
    await zed.reads("You have applied")
    await zed.enters(browser)
    for path in phyle.paths():
        answer = await browser.client.get(path, follow_redirects=True)
        if path.startswith(NOBODYS):
            assert "In the booth as" not in answer.text, path
            continue
        assert answer.status_code == (await dora.client.get(path, follow_redirects=True)).status_code, path
        if answer.status_code == 200 and answer.headers["content-type"].startswith("text/html"):
            assert "In the booth as" in answer.text, path
            assert 'href="/settings"' not in answer.text, path


async def test_what_needs_an_account_here_is_shut_to_guests() -> None:
    shut = {(route.method, route.path) for route in ROUTES if not route.guests}
    assert all(path.startswith(NOBODYS) for _, path in shut)
    assert ("POST", "/phyle/founding/sign") in shut
