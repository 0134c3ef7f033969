"""The statutory register of members: who they are, since when, in which class, with which shares; as of any entry."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from phyle.cooperative import seeing
from phyle.cooperative.law import versions
from phyle.cooperative.law.entries import read_entry
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.state import State
from phyle.cooperative.ledger import openings, reading
from phyle.cooperative.seeing import Sight
from phyle.errors import Missing, Unprocessable
from phyle.store.transaction import Tx

_PAGE = 500
MOST_REPLAYED = 50_000
"""Entries from which a door computes how things stood. Longer ledgers are asked offline: `phyle ledger export`."""
ERASED = "(erased)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A member in the register. `told`: name, address, shares and the like, as opened; what was erased says so. Times
    in milliseconds, 0 for never."""

    member: str
    standing: str
    klass: str
    applied: int
    admitted: int
    left: int
    via: str
    told: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The register as it stood after the entry `as_of`, at a time in milliseconds."""

    as_of: int
    at: int
    rows: tuple[Row, ...]


async def register(tx: Tx, viewer: Sight, *, as_of: int | None = None) -> Register:
    """The register now, or as it stood after an entry. Refused for those it is not open to (see `seeing`); Missing for
    an entry that there is not; Unprocessable for a ledger too long to look so far back in."""
    await seeing.check_register(tx, viewer, as_of)
    if as_of is None:
        found = await reading.group(tx, Member)
        return Register(as_of=await reading.size(tx) - 1, at=await seeing.at(tx), rows=await _rows(tx, found))
    state, at = await state_after(tx, as_of)
    return Register(as_of=as_of, at=at, rows=await _rows(tx, dict(state.all(Member))))


async def _rows(tx: Tx, members: Mapping[str, Member]) -> tuple[Row, ...]:
    commitments = [each for member in members.values() for each in member.identity.values()]
    found = await openings.opened(tx, commitments, audiences=("public", "members", "register"))
    values = {commitment: str(it.value) for commitment, it in found.items()}
    return tuple(
        Row(
            member=id,
            standing=each.standing,
            klass=each.klass,
            applied=each.applied,
            admitted=each.admitted,
            left=each.left,
            via=each.via,
            told={str(name): values.get(hash, ERASED) for name, hash in each.identity.items()},
        )
        for id, each in sorted(members.items(), key=lambda pair: (pair[1].admitted or pair[1].applied, pair[0]))
    )


async def state_after(tx: Tx, seq: int) -> tuple[State, int]:
    """How everything stood after an entry, and when that was entered: computed from the entries alone."""
    size = await reading.size(tx)
    if not 0 <= seq < size:
        raise Missing(f"The ledger has {size} entries; there is no entry {seq}.")
    if seq >= MOST_REPLAYED:
        raise Unprocessable("The ledger is too long to look back here; export it and ask it offline.")
    state, at = State(whole=True), 0
    for first in range(0, seq + 1, _PAGE):
        for leaf in await reading.entries(tx, first, min(_PAGE, seq + 1 - first)):
            at = await _applied(tx, state, leaf)
    return state, at


async def _applied(tx: Tx, state: State, leaf: bytes) -> int:
    entry = read_entry(leaf)

    def apply() -> None:
        fork = state.fork()
        versions.law(entry.rules).apply(fork, entry)
        state.absorb(fork)

    await reading.knowing(tx, state, apply)
    return entry.at


def as_csv(found: Register) -> str:
    """The register as a table (RFC 4180), with one column for each thing that anybody told."""
    told = sorted({name for row in found.rows for name in row.told})
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["member", "standing", "class", "applied", "admitted", "left", "via", *told])
    for row in found.rows:
        times = [_day(row.applied), _day(row.admitted), _day(row.left)]
        writer.writerow([row.member, row.standing, row.klass, *times, row.via, *_cells(row.told, told)])
    return out.getvalue()


def _cells(told: Mapping[str, str], names: Sequence[str]) -> list[str]:
    """What a spreadsheet would take for a formula is marked as text."""
    values = [told.get(name, "") for name in names]
    return [f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t") else value for value in values]


def _day(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d}" if at else ""
