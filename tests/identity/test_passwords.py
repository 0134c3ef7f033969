"""Passwords are kept as Argon2id hashes, made beside the event loop."""

import asyncio
import time

import pytest

from phyle.errors import Unavailable
from phyle.identity import passwords


async def test_only_the_password_fits_its_hash() -> None:
    stored = await passwords.digest("correct horse")
    assert stored.startswith("$argon2id$v=19$m=32768,")
    assert await passwords.digest("correct horse") != stored
    assert await passwords.verify("correct horse", stored)
    for wrong in ("Correct horse", "correct horse ", "", "\ud800", "x" * 1000, "x" * 1_000_000):
        assert not await passwords.verify(wrong, stored)


async def test_keyboards_may_compose_differently() -> None:
    assert await passwords.verify("e\u0301te\u0301 1936", await passwords.digest("\u00e9t\u00e9 1936"))


async def test_nobody_has_a_password_but_takes_as_long() -> None:
    stored = await passwords.digest("correct horse")
    took = []
    for whose in (stored, None):
        best = 10.0
        for _ in range(5):
            began = time.perf_counter()
            assert await passwords.verify("a guess", whose) is False
            best = min(best, time.perf_counter() - began)
        took.append(best)
    assert 0.2 < took[0] / took[1] < 5


async def test_an_unreadable_hash_fits_nothing() -> None:
    for stored in ("", "x", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv"):
        assert not await passwords.verify("", stored)


async def test_the_loop_goes_on_meanwhile() -> None:
    hashing = asyncio.create_task(passwords.digest("correct horse"))
    turns = 0
    while not hashing.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 20


async def test_a_flood_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_MOST_WAITING", 3)
    results = await asyncio.gather(*(passwords.digest("x") for _ in range(5)), return_exceptions=True)
    assert [isinstance(result, Unavailable) for result in results] == [False, False, False, True, True]
    await passwords.digest("x")
