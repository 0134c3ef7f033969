"""Browsers that look at repositories of an instance."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx

from tests.instance import PASSWORD, Instance
from tests.web.pages.browser import Browser

Look = Callable[..., Awaitable[Browser]]


@contextlib.asynccontextmanager
async def browsers(here: Instance) -> AsyncIterator[Look]:
    """New browsers for the time of the block: of a member by name, after the log-in page, or of nobody."""
    async with contextlib.AsyncExitStack() as stack:

        async def look(name: str = "") -> Browser:
            client = httpx.AsyncClient(base_url=here.origin, timeout=30, trust_env=False)
            browser = Browser(await stack.enter_async_context(client))
            if name:
                await browser.open("/auth/sign_in")
                await browser.press("Log in", login=name, password=PASSWORD)
            return browser

        yield look
