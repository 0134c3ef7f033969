"""Taking turns: of questions that cost git much, one address has only so many at once, the others wait."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import wraps
from typing import Any
from weakref import WeakValueDictionary

from phyle.errors import TooMany
from phyle.identity.limits import place
from phyle.web.asked import Asked

AT_ONCE = 3
"""Costly questions of one address; git answers eight at once for everybody."""
_PATIENCE = 15.0

_turns: WeakValueDictionary[tuple[int, str], asyncio.Semaphore] = WeakValueDictionary()


def costly(handler: Callable[[Asked], Awaitable[Any]]) -> Callable[[Asked], Awaitable[Any]]:
    """The same handler, for which one waits for a turn. Raises TooMany for whom it would take too long."""

    @wraps(handler)
    async def run(asked: Asked) -> Any:
        async with turn(asked.address):
            return await handler(asked)

    return run


@contextlib.asynccontextmanager
async def turn(address: str) -> AsyncIterator[None]:
    """A turn of this address for the time of the block."""
    key = id(asyncio.get_running_loop()), place(address)
    turns = _turns.get(key)
    if turns is None:
        turns = _turns[key] = asyncio.Semaphore(AT_ONCE)
    try:
        async with asyncio.timeout(_PATIENCE):
            await turns.acquire()
    except TimeoutError:
        raise TooMany("You are asking a lot at once. Please wait for an answer first.", retry_after=10) from None
    try:
        yield
    finally:
        turns.release()
