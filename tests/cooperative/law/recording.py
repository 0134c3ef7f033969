"""Golden ledgers: what version 1 of the rules makes, kept byte by byte.

`python -m tests.cooperative.law.recording` writes them anew. Once ledgers exist, that takes a new version instead.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from phyle.cooperative.law.entries import read_entry
from phyle.cooperative.law.spelling import digest
from phyle.cooperative.law.state import OpenedVote, State
from phyle.cooperative.law.table import LAW
from phyle.cooperative.law.values import write
from tests.cooperative.law.lives import LIVES
from tests.cooperative.law.stories import Story

GOLDEN = Path(__file__).parent / "golden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A ledger as a file: its blobs, the opened papers of its ballots, its entries, and what state they make."""

    blobs: Mapping[str, bytes]
    sheets: Mapping[str, tuple[OpenedVote, ...]]
    leaves: tuple[bytes, ...]
    state: str


def state_digest(state: State) -> str:
    """SHA-256 of all slices with their addresses."""
    return digest([[kind, id, write(value)] for (kind, id), value in state.everything()])


def record(story: Story) -> bytes:
    """One line for each blob, sheet and entry, and a last one with the state."""
    lines = [
        orjson.dumps({"blob": hash, "text": base64.b64encode(data).decode()})
        for hash, data in sorted(story.state._blobs.items())
    ]
    for ballot, sheet in sorted(story.state._sheets.items()):
        rows = [[row.member, row.value, row.salt] for row in sheet or ()]
        lines.append(orjson.dumps({"sheet": ballot, "rows": rows}))
    return b"\n".join([*lines, *story.leaves, orjson.dumps({"state": state_digest(story.state)}), b""])


def recorded(name: str) -> Recorded:
    """A golden ledger as it was recorded."""
    blobs, sheets, leaves, state = {}, {}, [], ""
    for line in (GOLDEN / f"{name}.jsonl").read_bytes().splitlines():
        told = orjson.loads(line)
        if "blob" in told:
            blobs[told["blob"]] = base64.b64decode(told["text"])
        elif "sheet" in told:
            rows = (OpenedVote(member=member, value=value, salt=salt) for member, value, salt in told["rows"])
            sheets[told["sheet"]] = tuple(rows)
        elif "state" in told:
            state = told["state"]
        else:
            leaves.append(line)
    return Recorded(blobs=blobs, sheets=sheets, leaves=tuple(leaves), state=state)


def played(ledger: Recorded) -> State:
    """The state that a recorded ledger makes, each entry checked."""
    state = State()
    for hash, data in ledger.blobs.items():
        state.load_blob(hash, data)
    for ballot, rows in ledger.sheets.items():
        state.load_sheet(ballot, rows)
    for leaf in ledger.leaves:
        LAW.enter(state, read_entry(leaf))
    return state


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, live in LIVES.items():
        (GOLDEN / f"{name}.jsonl").write_bytes(record(live()))
