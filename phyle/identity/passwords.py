"""Passwords: Argon2id in two threads of their own, so that neither the event loop nor the memory suffers."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from phyle.errors import Unavailable

SHORTEST, LONGEST = 8, 1000  # characters

_THREADS = 2
_MOST_WAITING = 100  # at about 60 ms each, who comes last waits three seconds
_ARGON = PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=1)  # 32 MiB; above what OWASP asks at least
_POOL = ThreadPoolExecutor(_THREADS, thread_name_prefix="argon2")
# Of a password that nobody knows.
_NOBODYS = "$argon2id$v=19$m=32768,t=2,p=1$X0kEys6mmNYQuY1IGa2q5g$1GnqnfIKrwDjcew8qw7p4eFvL9ldQu5XgdTKQLU4nJs"

_waiting: set[asyncio.Future[Any]] = set()

_Result = TypeVar("_Result")


async def digest(password: str) -> str:
    """The Argon2id hash (RFC 9106) to store. Raises Unavailable when too many wait."""
    return await _in_thread(lambda: _ARGON.hash(_bytes(password)))


async def verify(password: str, stored: str | None) -> bool:
    """Whether it is the password of the stored hash; with None no, but only after as much work as for a hash, so that
    the time does not tell whether an account exists. Raises Unavailable when too many wait."""
    if len(password) > LONGEST:
        return False
    return await _in_thread(lambda: _matches(password, stored or _NOBODYS))


def _matches(password: str, stored: str) -> bool:
    try:
        return _ARGON.verify(stored, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    """Composed as RFC 8265 (4.2.2) asks, since keyboards differ in how they write accents."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


async def _in_thread(work: Callable[[], _Result]) -> _Result:
    if len(_waiting) >= _MOST_WAITING:
        raise Unavailable("Too many people are logging in right now. Please try again shortly.", retry_after=5)
    result = asyncio.get_running_loop().run_in_executor(_POOL, work)
    _waiting.add(result)
    result.add_done_callback(_waiting.discard)
    return await result
