"""Reading the ledger: slices of the state as the law wants them, entries, and the hashes that its tree is made of."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from phyle.cooperative.charter.clauses import Charter
from phyle.cooperative.law import phyles
from phyle.cooperative.law.ballots import Paper
from phyle.cooperative.law.commitments import opens
from phyle.cooperative.law.phyles import Phyle
from phyle.cooperative.law.replay import ALWAYS
from phyle.cooperative.law.spelling import parse
from phyle.cooperative.law.state import Address, NotLoaded, OpenedVote, S, Sheet, State
from phyle.cooperative.law.table import SLICES
from phyle.cooperative.law.values import read
from phyle.cooperative.ledger import blobs, openings
from phyle.cooperative.tree.frontier import Frontier
from phyle.cooperative.tree.ranges import perfect
from phyle.cooperative.tree.tiles import FULL, edge, tiles_for
from phyle.errors import Malformed, Missing
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)
T = TypeVar("T")

MOST_LOOKS = 2000
"""How often one decision may turn out to need something else."""


async def load(tx: Tx, *addresses: Address) -> State:
    """What every decision reads, and these: (kind, id), ("group", "kind/group"), ("blob", hash), ("sheet", ballot).
    Asking the state for anything else raises NotLoaded."""
    state = State(whole=False)
    await fetch(tx, state, (*ALWAYS, *addresses))
    return state


async def fetch(tx: Tx, state: State, addresses: Iterable[Address], work: State | None = None) -> None:
    """Loads what is named into a state that is no fork. Missing if a blob is not here. `work`: a fork of it with papers
    that are not in the database yet; sheets have them too."""
    named: dict[str, list[str]] = {"blob": [], "sheet": [], "group": []}
    slices: list[Address] = []
    for what, id in addresses:
        if what in named:
            named[what].append(id)
        else:
            slices.append((what, id))
    if slices:
        await _fetch_slices(tx, state, slices)
    for group in named["group"]:
        await _fetch_group(tx, state, *group.partition("/")[::2])
    if named["blob"]:
        await _fetch_blobs(tx, state, named["blob"])
    for ballot in named["sheet"]:
        state.load_sheet(ballot, await sheet_of(tx, state, ballot, work))


async def _fetch_slices(tx: Tx, state: State, slices: Sequence[Address]) -> None:
    absent = set(slices)
    for row in await tx.rows(SQL.slices, [kind for kind, _ in slices], [id for _, id in slices]):
        state.load(row["kind"], row["id"], _read(row["kind"], row["value"]))
        absent.discard((row["kind"], row["id"]))
    for kind, id in absent:
        state.load(kind, id, None)


async def _fetch_group(tx: Tx, state: State, kind: str, group: str) -> None:
    query = SQL.group if group else SQL.ungrouped
    rows = await tx.rows(query, kind, group) if group else await tx.rows(query, kind)
    state.load_group(kind, group, {row["id"]: _read(kind, row["value"]) for row in rows})


async def _fetch_blobs(tx: Tx, state: State, hashes: Sequence[str]) -> None:
    found = await blobs.fetch(tx, hashes)
    for hash in hashes:
        if hash not in found:
            raise Missing("A document that this names by its hash is not here: send it first.", cause=hash)
        state.load_blob(hash, found[hash])


async def sheet_of(tx: Tx, state: State, ballot: str, work: State | None = None) -> Sheet | None:
    """The papers of a ballot, opened, by member and in the order of their commitments. None if one was erased, or is no
    more what was committed to."""
    papers = await knowing(tx, state, lambda: list((work or state).all(Paper, ballot)))
    wanted = [(id.partition("/")[2], commitment) for id, paper in papers for commitment in paper.counted]
    rows = await tx.rows(openings.SQL.values_of, [commitment for _, commitment in wanted])
    found = {row["commitment"]: opened for row in rows if (opened := _opened(row)) is not None}
    if any(commitment not in found for _, commitment in wanted):
        return None
    return tuple(OpenedVote(member=member, value=found[it][0], salt=found[it][1]) for member, it in wanted)


def _opened(row: Any) -> tuple[Any, str] | None:
    """Value and salt as they are kept, unless somebody changed them."""
    try:
        value = parse(row["value"])
    except Malformed:
        return None
    return (value, row["salt"]) if opens(row["commitment"], value, row["salt"]) else None


async def knowing(tx: Tx, state: State, ask: Callable[[], T], work: State | None = None) -> T:
    """What `ask` answers, once all that it asks of the state is loaded. `state` is the one below all forks, `work` the
    fork on which a batch is decided."""
    for _ in range(MOST_LOOKS):
        try:
            return ask()
        except NotLoaded as missing:
            await fetch(tx, state, [missing.wanted], work)
    raise RuntimeError(f"the law wants more than {MOST_LOOKS} slices one by one")


def _read(kind: str, value: Any) -> Any:
    return read(SLICES[kind], value, kind)


async def get(tx: Tx, kind: type[S], id: str = "") -> S | None:
    """One slice, None if there is none."""
    value = await tx.value(SQL.slice, kind.SLICE, id)
    return None if value is None else read(kind, value, kind.SLICE)


async def group(tx: Tx, kind: type[S], group: str = "") -> dict[str, S]:
    """All slices of a kind and group, by id."""
    rows = await tx.rows(SQL.group, kind.SLICE, group) if group else await tx.rows(SQL.ungrouped, kind.SLICE)
    return {row["id"]: read(kind, row["value"], kind.SLICE) for row in rows}


async def phyle(tx: Tx) -> Phyle | None:
    """The phyle as it stands, None before its ledger has begun."""
    return await get(tx, Phyle)


async def charter_in_force(tx: Tx) -> Charter:
    """With its tiers and sunsets as they stand. Refused before the founding."""
    state = await load(tx)
    return await knowing(tx, state, lambda: phyles.charter(state))


# Entries and their tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The right edge of the tree now, which nobody has signed yet."""

    size: int
    root: bytes


async def size(tx: Tx) -> int:
    """How many entries there are."""
    return int(await tx.value(SQL.size))


async def head(tx: Tx) -> Head:
    """Size and root of the tree now."""
    edge = await frontier(tx)
    return Head(size=edge.size, root=edge.root())


async def entry(tx: Tx, seq: int) -> bytes | None:
    """One leaf."""
    found: bytes | None = await tx.value(SQL.entry, seq)
    return found


async def entries(tx: Tx, first: int, count: int) -> list[bytes]:
    """Leaves from `first` on, at most `count`."""
    return [row["leaf"] for row in await tx.rows(SQL.entries, first, first + count)]


async def tiles(tx: Tx, places: Iterable[tuple[int, int]], size: int) -> Mapping[tuple[int, int], bytes]:
    """The hashes of tiles (level, number), as far as a tree of `size` entries has them."""
    found = {}
    for level, number in places:
        first, end = number * FULL, min((number + 1) * FULL, size >> 8 * level)
        rows = await (tx.rows(SQL.leaves, first, end) if level == 0 else tx.rows(SQL.hashes, level, first, end))
        found[(level, number)] = b"".join(row["hash"] for row in rows)
    return found


async def frontier(tx: Tx) -> Frontier:
    """All that appending needs to know of the tree. Malformed if hashes are missing."""
    count = await size(tx)
    needed = tiles_for(perfect(0, count), count)
    return edge(count, await tiles(tx, [tile.place for tile in needed], count))
