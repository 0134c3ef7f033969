"""What the tests of the cooperative's pages stand on."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from tests.instance import PASSWORD, Instance
from tests.web.pages.browser import Browser

Enter = Callable[[str], Awaitable[Browser]]


@pytest.fixture
async def browsers(whole: Instance) -> AsyncIterator[Callable[[], Browser]]:
    """New browsers of nobody in particular."""
    async with contextlib.AsyncExitStack() as stack:
        made: list[httpx.AsyncClient] = []

        def one() -> Browser:
            made.append(httpx.AsyncClient(base_url=whole.origin, timeout=30))
            return Browser(made[-1])

        yield one
        for client in made:
            stack.push_async_callback(client.aclose)


async def entered(browser: Browser, name: str) -> Browser:
    """After the log-in page."""
    await browser.open("/auth/sign_in")
    await browser.press("Log in", login=name, password=PASSWORD)
    return browser


@pytest.fixture
def enter(whole: Instance, browsers: Callable[[], Browser]) -> Enter:
    """The browser of somebody with a new account, who is logged in."""

    async def one(name: str) -> Browser:
        await whole.member(name)
        return await entered(browsers(), name)

    return one
