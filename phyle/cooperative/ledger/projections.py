"""The slices as the entries alone give them, compared with those in the database: every difference, by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from phyle.cooperative.law import versions
from phyle.cooperative.law.entries import Entry, read_entry
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import write as to_json
from phyle.cooperative.ledger import append, reading, writing
from phyle.cooperative.tree import hashing
from phyle.cooperative.tree.frontier import Frontier
from phyle.errors import Refusal
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)
_PAGE = 500
_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A slice that is not what the entries say. `expected`, `found`: JSON, None where there is no slice."""

    kind: str
    id: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        name = f"{self.kind} {self.id}".strip()
        if self.found is None:
            return f"{name} is missing"
        if self.expected is None:
            return f"{name} is there, and no entry says so"
        expected, found = self.expected, self.found
        if not isinstance(found, dict) or not isinstance(expected, dict):
            return f"{name} is {_short(found)}"
        names = sorted(it for it in expected.keys() | found.keys() if expected.get(it) != found.get(it))
        return f"{name}: " + ", ".join(
            f"{it} is {_short(found.get(it))}, not {_short(expected.get(it))}" for it in names
        )


@dataclass(slots=True)
class Rebuilt:
    """What the entries give so far: the state, the right edge of their tree, and what is wrong with them."""

    state: State
    edge: Frontier
    faults: list[str]


async def rebuild(tx: Tx) -> Rebuilt:
    """All slices from the entries alone, which are believed here: whether they follow from each other is for the audit.
    At the end nothing can be entered until the transaction is over."""
    built = Rebuilt(State(whole=True), Frontier(), [])
    while await _extend(tx, built):
        pass
    await tx.value(SQL.alone, append.LEDGER)
    while await _extend(tx, built):
        pass
    return built


async def _extend(tx: Tx, built: Rebuilt) -> bool:
    """The next entries, until one that cannot be applied."""
    rows = await tx.rows(SQL.entries, built.edge.size, built.edge.size + _PAGE)
    if not rows or any("cannot be read" in fault for fault in built.faults):
        return False
    leaves = hashing.leaves(row["leaf"] for row in rows)
    for seq, (row, hash) in enumerate(zip(rows, leaves, strict=True), built.edge.size):
        if row["seq"] != seq:
            built.faults.append(f"entry {seq} cannot be read: it is missing")
            return False
        if row["hash"] != hash:
            built.faults.append(f"entry {row['seq']}: its leaf does not have the hash that the tree holds")
        if not await _apply(tx, built, row["seq"], row["leaf"]):
            return False
    await _compare_hashes(tx, built, leaves)
    return True


async def _apply(tx: Tx, built: Rebuilt, seq: int, leaf: bytes) -> bool:
    try:
        entry = read_entry(leaf)
        await reading.knowing(tx, built.state, lambda: _applied(built.state, entry))
    except (Refusal, ValueError, LookupError, TypeError) as error:
        built.faults.append(f"entry {seq} cannot be read: {error}")
        return False
    return True


def _applied(state: State, entry: Entry) -> None:
    fork = state.fork()
    versions.law(entry.rules).apply(fork, entry)
    state.absorb(fork)


async def _compare_hashes(tx: Tx, built: Rebuilt, leaves: Sequence[bytes]) -> None:
    built.edge, runs = built.edge.grown(leaves)
    for run in runs:
        if run.level:
            rows = await tx.rows(reading.SQL.hashes, run.level, run.first, run.first + len(run.hashes))
            if [row["hash"] for row in rows] != run.hashes:
                built.faults.append(
                    f"the tree's hashes of level {run.level} from {run.first} on are not those of its entries"
                )


async def differences(tx: Tx, state: State) -> list[Difference]:
    """Every slice of the database that is not the state's, in order of kind and id."""
    expected = {address: _plain(value) for address, value in state.everything()}
    found = {(row["kind"], row["id"]): row["value"] for row in await tx.rows(reading.SQL.everything)}
    return [
        Difference(kind=kind, id=id, expected=expected.get((kind, id)), found=found.get((kind, id)))
        for kind, id in sorted(expected.keys() | found.keys())
        if expected.get((kind, id)) != found.get((kind, id))
    ]


async def repair(tx: Tx, wrong: Sequence[Difference]) -> None:
    """Makes the slices what the entries say."""
    kept = [each for each in wrong if each.expected is not None]
    gone = [each for each in wrong if each.expected is None]
    values = [orjson.dumps(each.expected).decode() for each in kept]
    await tx.run(writing.SQL.put_slices, [each.kind for each in kept], [each.id for each in kept], values)
    await tx.run(writing.SQL.drop_slices, [each.kind for each in gone], [each.id for each in gone])


def _plain(value: Any) -> Any:
    """As it comes back from the database: tuples are lists there."""
    return orjson.loads(orjson.dumps(to_json(value)))


def _short(value: Any) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
