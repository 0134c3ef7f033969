"""Taking turns: one who asks a lot waits; others do not wait for them."""

import asyncio

import pytest

from phyle.errors import TooMany
from phyle.web.commons import turns
from phyle.web.commons.turns import AT_ONCE, turn


async def test_one_address_has_so_many_turns_and_another_its_own() -> None:
    inside = most = 0
    go = asyncio.Event()

    async def ask(address: str) -> None:
        nonlocal inside, most
        async with turn(address):
            inside += 1
            most = max(most, inside)
            await go.wait()
            inside -= 1

    asking = [asyncio.create_task(ask("192.0.2.1")) for _ in range(10)]
    for _ in range(20):
        await asyncio.sleep(0)
    assert inside == AT_ONCE
    async with turn("192.0.2.2"):
        assert inside == AT_ONCE
    go.set()
    await asyncio.gather(*asking)
    assert most == AT_ONCE


async def test_a_household_is_one_and_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_PATIENCE", 0.01)
    taken = [turn(f"2001:db8:1:2::{number}") for number in range(AT_ONCE)]
    for each in taken:
        await each.__aenter__()
    with pytest.raises(TooMany):
        async with turn("2001:db8:1:2::ffff"):
            pytest.fail("there was a turn too many")
    for each in taken:
        await each.__aexit__(None, None, None)
    async with turn("2001:db8:1:2::ffff"):
        pass
