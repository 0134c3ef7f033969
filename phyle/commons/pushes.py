"""What was pushed: written down before git is asked, settled with what became of it before anybody is told.

A push that was answered is never lost, and told once: what dies in between is settled by `recover`, which compares the
refs with what was asked.
"""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from phyle.commons import repositories
from phyle.commons.events import Pushed
from phyle.commons.git import leftovers, names, refs, storage
from phyle.commons.git.changed import Changed
from phyle.errors import Conflict, Missing
from phyle.ids import ActorId
from phyle.store.jobs import Body
from phyle.store.sql import queries
from phyle.store.transaction import Record, Store, Tx

SQL = queries(__file__)

__all__ = [
    "Changed",
    "Push",
    "Settled",
    "busy",
    "compared",
    "count",
    "get",
    "looked",
    "of",
    "recover",
    "settle",
    "swapping",
    "under_way",
]

Also = Callable[[Tx, int], Awaitable[None]]
"""Something more for the transaction that settles a push, given by its number."""
_LONGEST = 4_000_000  # milliseconds that a push can take, and some more
_FIRST = ("main", "master", "trunk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """Refs that somebody changed at once. `pusher`: None where that was this server by itself."""

    id: int
    repository: ActorId
    pusher: ActorId | None
    at: datetime
    changes: tuple[Changed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What the disk says after a push: its size in bytes, and the short name of the branch that is the first one from
    now on, if that is another."""

    bytes: int | None = None
    default_branch: str | None = None


_doing: set[int] = set()
"""The pushes that this process is doing right now."""


async def get(tx: Tx, push: int) -> Push:
    """A push that is settled. Raises Missing."""
    row = await tx.row(SQL.get, push)
    if row is None:
        raise Missing
    return _from_row(row)


async def of(tx: Tx, repository: int, *, below: int | None = None, limit: int = 40) -> list[Push]:
    """The pushes to a repository, the latest first."""
    return [_from_row(row) for row in await tx.rows(SQL.of, repository, below, limit)]


async def count(tx: Tx, repository: int) -> int:
    """How many refs were pushed to a repository, each time counted."""
    found: int = await tx.value(SQL.count, repository)
    return found


def _from_row(row: Record) -> Push:
    changes = tuple(Changed(**each) for each in row["changes"])
    return Push(id=row["id"], repository=row["repository"], pusher=row["pusher"], at=row["at"], changes=changes)


@contextlib.asynccontextmanager
async def under_way(
    store: Store, repository: int, pusher: int | None, changes: Sequence[Changed]
) -> AsyncIterator[int]:
    """A push that this process does: the number under which its intent is durable for the time of the block. Whoever
    leaves the block without `settle` leaves it to `recover`."""
    async with store.transaction() as tx:
        push = tx.new_id()
        await tx.run(SQL.intend, push, repository, pusher, store.wakes.slot, [asdict(each) for each in changes])
        _doing.add(push)
    try:
        yield push
    finally:
        _doing.discard(push)


def swapping(store: Store, repository: int, pusher: int | None, *, also: Also | None = None) -> refs.Swap:
    """`refs.update` for what this server does to a ref in a person's name (a merge, an edit, a tag): written down
    before and settled after. `also` is done in the transaction that settles it. Not inside a transaction."""

    async def swap(folder: Path, name: str, *, new: str | None, old: str | None) -> None:
        change = Changed(ref=name, old=old or names.ZERO, new=new or names.ZERO)
        async with under_way(store, repository, pusher, [change]) as push:
            try:
                await refs.update(folder, name, new=new, old=old)
            except Conflict:
                async with store.transaction() as tx:
                    await settle(tx, push, (), Settled())
                raise
            disk = await looked(folder, [change])
            async with store.transaction() as tx:
                await settle(tx, push, [change], disk)
                if also is not None:
                    await also(tx, push)

    return swap


async def settle(tx: Tx, push: int, happened: Iterable[Changed], disk: Settled) -> bool:
    """Writes down what became of a push, and tells it; False if that was done before. That nothing became of it is not
    the last word: another process may have thought so too early."""
    row = await tx.row(SQL.hold, push)
    if row is None:
        return False
    done = [asdict(each) for each in happened]
    await tx.run(SQL.settle, push, done)
    if not done:
        return True
    await tx.run(SQL.arrived, row["repository"], disk.bytes, disk.default_branch)
    await tx.emit(Pushed(push=push))
    return True


async def compared(folder: Path, asked: Iterable[Changed]) -> list[Changed]:
    """Which of the changes the refs show."""
    wanted = list(asked)
    now = await refs.oids(folder, (each.ref for each in wanted))
    return [each for each in wanted if now.get(each.ref, names.ZERO) == each.new]


async def looked(folder: Path, happened: Sequence[Changed]) -> Settled:
    """What the disk says after these changes. The first branches of a repository decide what its HEAD names."""
    if not happened:
        return Settled()
    return Settled(bytes=await storage.size(folder), default_branch=await _first_branch(folder, happened))


async def _first_branch(folder: Path, happened: Sequence[Changed]) -> str | None:
    born = [each.ref for each in happened if each.ref.startswith(names.BRANCHES) and not each.deleted]
    head = await refs.head(folder)
    if not born or head in born or await refs.oids(folder, [head]):
        return None
    first = next((names.BRANCHES + name for name in _FIRST if names.BRANCHES + name in born), born[0])
    await refs.set_head(folder, first)
    return names.short(first)


async def recover(tx: Tx, _: Body) -> None:
    """Settles what nobody does any more: its process was killed, or could not reach the database afterwards."""
    here = tx.store.wakes
    known = (await here.live_slots(), here.slot, list(_doing))
    for row in await tx.rows(SQL.unsettled, *known):
        if await tx.value(SQL.others_under_way, row["repository"], *known):
            continue  # what they do to the disk cannot be told from what was left there
        folder = repositories.folder(tx.store.settings, row["repository"])
        asked = [Changed(**each) for each in row["asked"]]
        if not folder.is_dir():
            await settle(tx, row["id"], (), Settled())
            continue
        await leftovers.clear(folder, (each.ref for each in asked))
        shown = await compared(folder, asked)
        happened = [each for each in asked if await _happened(tx, row, each, shown=each in shown)]
        await settle(tx, row["id"], happened, await looked(folder, happened))
    await tx.run(SQL.forget)


async def busy(tx: Tx, repository: int) -> bool:
    """Whether some process that lives is changing refs of it right now."""
    here = tx.store.wakes
    known = (await here.live_slots(), here.slot, list(_doing))
    return bool(await tx.value(SQL.others_under_way, repository, *known))


async def _happened(tx: Tx, row: Mapping[str, Any], change: Changed, *, shown: bool) -> bool:
    """Whether a change came about. Only one can lead away from what the ref named before: if another did, this one did
    not; if another began where this one ends, it did; if there is no other, the ref shows it."""
    around = row["id"] - (_LONGEST << 16)  # ids count milliseconds
    asked = (row["repository"], around, row["id"], row["began_at"], change.ref, change.old, change.new)
    old = await tx.value(SQL.next_step, *asked)
    return shown if old is None else bool(old == change.new)
