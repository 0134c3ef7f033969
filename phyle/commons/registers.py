"""Registers as files: contributions and uses, all of them; as CSV for spreadsheets, which run nothing of a cell."""

import csv
import io
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from phyle.clock import api_time
from phyle.conversation.paging import HIGHEST
from phyle.store.transaction import Record

MOST = 50_000
"""How many rows a file has at most."""
PAGE = 500
_BEGAN = datetime.fromtimestamp(0, UTC)
_RUNS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet compute a cell, at its beginning (OWASP, CSV injection)."""
TIMES = frozenset({"since", "until", "declared", "ruled", "answered"})
"""What is in milliseconds, and told in a cell as people and spreadsheets read it (ISO 8601, UTC)."""
LEFT_OUT = frozenset({"account", "answerer", "declarer", "said", "objections"})
"""What has no place in a cell."""


async def whole(rows: Callable[[int], Awaitable[Sequence[Record]]]) -> list[Record]:
    """`MOST` rows of slices at most, the newest first. `rows` gives up to `PAGE` of those that began below an entry."""
    found: list[Record] = []
    below = HIGHEST
    while len(found) < MOST:
        page = await rows(below)
        found += page
        if len(page) < PAGE:
            break
        below = page[-1]["value"]["entry"]
    return found


def as_csv(rows: Iterable[Any], kind: type) -> bytes:
    """Dataclasses of one kind as CSV (RFC 4180) in UTF-8, with a line of names."""
    out = io.StringIO(newline="")
    names = [field.name for field in fields(kind) if field.name not in LEFT_OUT]
    told = csv.writer(out, lineterminator="\r\n")
    told.writerow(names)
    for row in rows:
        told.writerow([cell(_told(name, getattr(row, name))) for name in names])
    return out.getvalue().encode()


def _told(name: str, value: Any) -> Any:
    return api_time(_BEGAN + timedelta(milliseconds=value)) if name in TIMES and value else value


def cell(value: Any) -> str:
    """A value as one harmless cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if is_dataclass(value) and not isinstance(value, type):
        return harmless("; ".join(f"{name}: {cell(each)}" for name, each in asdict(value).items()))
    if isinstance(value, Mapping):
        return harmless("; ".join(f"{name}: {cell(each)}" for name, each in value.items()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return harmless("; ".join(cell(each) for each in value))
    return str(value) if isinstance(value, int) else harmless(str(value))


def harmless(text: str) -> str:
    """Text that a spreadsheet shows and does not run."""
    return f"'{text}" if text.lstrip(" \n").startswith(_RUNS) else text
