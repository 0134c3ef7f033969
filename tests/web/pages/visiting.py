"""A server with pages, and browsers that look at them."""

from collections.abc import Callable

import pytest

from phyle.identity import applications
from phyle.identity.applications import Application
from phyle.web import actors as actor_documents
from phyle.web.client.table import ROUTES as CLIENT_ROUTES
from phyle.web.pages.table import ROUTES
from tests.newcomers import PASSWORD, newcomer
from tests.serving import Server, Start
from tests.web.pages.browser import Browser

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
CALLBACK = "https://client.example/callback?kept=1"
NATIVE_APP = "com.tapbots.Ivory.10217:/request_token"

Visit = Callable[[], Browser]
ALL_ROUTES = (*CLIENT_ROUTES, *ROUTES, *actor_documents.ROUTES)


@pytest.fixture
async def site(start: Start) -> Server:
    """A server with pages and the client API."""
    return await start(tables={"routes": ALL_ROUTES})


@pytest.fixture
def visit(site: Server) -> Visit:
    """New browsers."""
    return lambda: Browser(site.client())


@pytest.fixture
async def browser(visit: Visit) -> Browser:
    """The browser of nobody in particular."""
    return visit()


@pytest.fixture
async def anas(site: Server, visit: Visit) -> Browser:
    """The browser of Ana, who is logged in."""
    await newcomer(site.store, "ana")
    return await logged_in(visit(), "ana")


async def logged_in(browser: Browser, name: str) -> Browser:
    """After the log-in page."""
    await browser.open("/auth/sign_in")
    await browser.press("Log in", login=name, password=PASSWORD)
    assert f"@{name}" in browser.page.links
    return browser


async def program(site: Server, *, scopes: str = "read write follow") -> tuple[Application, str]:
    """A program with three ways back."""
    async with site.store.transaction() as tx:
        return await applications.register(
            tx,
            name="Tusky <b>",
            redirect_uris_sent=[OUT_OF_BAND, CALLBACK, NATIVE_APP],
            scopes_asked=scopes,
            website="https://tusky.example/",
        )
