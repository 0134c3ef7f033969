"""Registers as files: all rows, page after page, and no more than fit."""

from collections.abc import Sequence
from typing import Any

import pytest

from phyle.commons import registers


async def whole(entries: Sequence[int]) -> list[int]:
    """The entries of what is gathered of rows that began with these, newest first."""

    async def rows(below: int) -> list[Any]:
        return [{"value": {"entry": each}} for each in entries if each < below][: registers.PAGE]

    return [row["value"]["entry"] for row in await registers.whole(rows)]


@pytest.mark.parametrize("count", [0, 1, registers.PAGE - 1, registers.PAGE, registers.PAGE + 1, 3 * registers.PAGE])
async def test_every_row_is_gathered_once(count: int) -> None:
    entries = list(range(count, 0, -1))
    assert await whole(entries) == entries


async def test_a_file_has_an_end() -> None:
    assert len(await whole(range(registers.MOST + 5 * registers.PAGE, 0, -1))) == registers.MOST
