"""Copies: the network jobs that bring the objects of a fork, and what its origin has got since; with progress, and
going on where they were when they were interrupted."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

from phyle.commons import forks, pushes, repositories
from phyle.commons.activities.forks import TELL, host_shown
from phyle.commons.forks import Copy
from phyle.commons.git import copying, fetching, leftovers, names, refs, storage
from phyle.commons.git.changed import Changed
from phyle.commons.repositories import Repository
from phyle.errors import Conflict, Missing, Refusal, Unavailable, Unreachable
from phyle.federation.net import Net
from phyle.store.jobs import Become, Body, backoff
from phyle.store.transaction import Store, Tx

_log = logging.getLogger(__name__)

FETCH, UPDATE = "commons.fetch_fork", "commons.update_fork"
PATIENCE = 8
_SOON = 5  # tries that follow each other within half a minute; later ones have hours
UPSTREAM = "refs/upstream/"
"""Where the branches of the origin are for a moment, while those of the fork follow them."""
_TOLD_EVERY = 1.0  # seconds


async def begin(tx: Tx, repository: int, by: int) -> None:
    """A fork is to follow its origin; or, where its copy failed, that is tried again. Missing for what is no fork;
    Conflict while it is being fetched."""
    copy = await forks.copy(tx, repository)
    if copy is None:
        raise Missing("This was forked from nothing.")
    if copy.state in ("waiting", "fetching"):
        raise Conflict("It is being fetched already.")
    if copy.state == "failed":
        await forks.wait(tx, repository, copy.origin, copy.clone)
        await tx.queue(FETCH, {"repository": repository})
    else:
        await tx.queue(UPDATE, {"repository": repository, "by": by})


async def fetch(net: Net, store: Store, body: Body) -> Become | None:
    """Network job `{repository}`: the whole history of what was forked. A copy that was interrupted goes on with what
    is not there yet: first its main branch comes, then the others. Of a fork that was deleted meanwhile none stays."""
    try:
        return await _fetch(net, store, body)
    finally:
        async with store.reading() as tx:
            there = await repositories.by_ids(tx, [body["repository"]])
        if not there:
            await storage.remove(store.settings, body["repository"])


async def _fetch(net: Net, store: Store, body: Body) -> Become | None:
    tries = int(body.get("tries", 0)) + 1
    async with store.transaction() as tx:
        try:
            made = await repositories.get(tx, body["repository"])
        except Missing:
            return None
        copy = await forks.copy(tx, made.id)
        if copy is None or copy.state == "done":
            return None
        await forks.report(tx, made.id, "fetching", "Its history is being fetched.", tries=tries)
        origin = await repositories.at(tx, copy.origin)
    folder = await storage.create(store.settings, made.id)
    if copy.tries:
        await _clear(store, made, folder)
    try:
        if origin is not None:
            await _copied(store, origin, folder)
        else:
            await _fetched(net, store, made, folder, copy)
    except (Unreachable, Unavailable, Conflict) as error:  # the last: git of a process that was killed ends just now
        return await _again(store, made, copy, tries, error)
    except Refusal as refusal:
        await _report(store, made, "failed", refusal.sentence, tries=tries)
        return None
    await _done(store, made, folder)
    return None


async def _clear(store: Store, made: Repository, folder: Path) -> None:
    """Whoever copied before may have been killed, and left locks on refs; unless somebody pushes here right now."""
    async with store.reading() as tx:
        busy = await pushes.busy(tx, made.id)
    if not busy:
        await leftovers.clear(folder, await asyncio.to_thread(_locked, folder))


def _locked(folder: Path) -> list[str]:
    return [str(path.relative_to(folder).with_suffix("")) for path in folder.glob("refs/**/*.lock")]


async def _copied(store: Store, origin: Repository, folder: Path) -> None:
    if await refs.count(folder):
        return  # a copy has no refs before it is whole
    await copying.copy(await storage.existing(store.settings, origin.id), folder)


async def _fetched(net: Net, store: Store, made: Repository, folder: Path, copy: Copy) -> None:
    theirs = await fetching.listing(net.reach, folder, copy.clone)
    wanted = {name: name for name in theirs if name.startswith(names.PUSHED)}
    first = _first(theirs)
    async with _telling(store, made) as progress:
        for part in ({first: first} if first else {}, wanted):
            if await refs.oids(folder, part) != {name: theirs[name] for name in part}:
                await fetching.fetch(net.reach, folder, copy.clone, part, progress=progress)
    if first:
        await refs.set_head(folder, first)


def _first(theirs: Mapping[str, str]) -> str | None:
    """The branch that HEAD names there, as far as its commit tells; of several, one that is usually the first."""
    heads = [name for name, oid in theirs.items() if name.startswith(names.BRANCHES) and oid == theirs.get("HEAD")]
    usual = [names.branch(name) for name in ("main", "master", "trunk")]
    return next((name for name in (*usual, *heads) if name in heads), None)


@contextlib.asynccontextmanager
async def _telling(store: Store, made: Repository) -> AsyncIterator[fetching.Progress]:
    """Writes down once a second how many bytes have come, for people who wait."""
    size = 0

    def progress(now: int) -> None:
        nonlocal size
        size = now

    async def tell() -> None:
        while True:
            await asyncio.sleep(_TOLD_EVERY)
            with contextlib.suppress(Unavailable):
                await _report(store, made, "fetching", "Its history is being fetched.", size=size)

    telling = asyncio.create_task(tell())
    try:
        yield progress
    finally:
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)


async def _report(
    store: Store, made: Repository, state: forks.State, said: str, *, size: int = 0, tries: int | None = None
) -> None:
    async with store.transaction() as tx:
        await forks.report(tx, made.id, state, said, size=size, tries=tries)


async def _again(store: Store, made: Repository, copy: Copy, tries: int, error: Refusal) -> Become | None:
    _log.info("the fork %s waits: %s", made.name, error)
    if tries >= PATIENCE:
        said = f"{error.sentence} It was tried {tries} times. You can let it be tried again."
        await _report(store, made, "failed", said, tries=tries)
        return None
    said = f"{host_shown(copy.clone)} did not give its history. It is tried again soon."
    await _report(store, made, "waiting", said, tries=tries)
    after = backoff(tries + 1 if tries < _SOON else 2 * tries)
    return Become(job=FETCH, body={"repository": made.id, "tries": tries}, after=after)


async def _done(store: Store, made: Repository, folder: Path) -> None:
    size, first = await storage.size(folder), await refs.head(folder)
    base = (await refs.oids(folder, [first])).get(first)
    async with store.transaction() as tx:
        await tx.run(pushes.SQL.arrived, made.id, size, names.short(first))
        if base is not None:
            await forks.note_base(tx, made.id, base)
        await forks.report(tx, made.id, "done", "Its whole history is here.", size=size)
        if made.public:
            await forks.note_told(tx, made.id)
            await tx.queue(TELL, {"repository": made.id})


async def update(net: Net, store: Store, body: Body) -> Become | None:
    """Network job `{repository, by}`: the branches of a fork follow those of its origin as far as nothing of its own is
    in the way; new ones come along. What has moved apart stays, and is named."""
    async with store.reading() as tx:
        made = await repositories.get(tx, body["repository"])
        copy = await forks.copy(tx, made.id)
        origin = await repositories.at(tx, made.origin)
    if copy is None:
        return None
    folder = await storage.existing(store.settings, made.id)
    try:
        theirs = await _upstream(net, store, folder, copy, origin)
        said = await _followed(store, made, folder, theirs, body["by"])
    except Conflict:
        said = "Somebody pushed at the same moment. Try again."
    except Refusal as refusal:
        said = refusal.sentence
    await _report(store, made, "done", said)
    return None


async def _upstream(net: Net, store: Store, folder: Path, copy: Copy, origin: Repository | None) -> dict[str, str]:
    """The branches of the origin, with their objects here; by their names."""
    if origin is not None:
        source = await storage.existing(store.settings, origin.id)
        return await copying.bring(source, folder)
    listed = await fetching.listing(net.reach, folder, copy.clone)
    wanted = {UPSTREAM + names.short(name): name for name in listed if name.startswith(names.BRANCHES)}
    found = await fetching.fetch(net.reach, folder, copy.clone, wanted)
    return {names.branch(name.removeprefix(UPSTREAM)): oid for name, oid in found.items()}


async def _followed(store: Store, made: Repository, folder: Path, theirs: Mapping[str, str], by: int) -> str:
    ours = await refs.oids(folder, theirs)
    moving, apart = [], []
    for name, oid in theirs.items():
        old = ours.get(name)
        if old is None or (old != oid and await refs.is_ancestor(folder, old, oid)):
            moving.append(Changed(ref=name, old=old or names.ZERO, new=oid))
        elif old != oid and not await refs.is_ancestor(folder, oid, old):
            apart.append(names.short(name))
    try:
        if moving:
            await _moved(store, made, folder, moving, by)
    finally:
        held = await refs.listing(folder, UPSTREAM)
        await refs.swap(folder, [(each.name, each.oid, None) for each in held])
    done = f"{len(moving)} branches follow the origin now." if moving else "There was nothing new."
    return f"{done} These have moved apart, and stay: {', '.join(apart)[:300]}." if apart else done


async def _moved(store: Store, made: Repository, folder: Path, moving: Sequence[Changed], by: int) -> None:
    """All of them or none, as a push of whoever asked for it."""
    async with pushes.under_way(store, made.id, by, moving) as push:
        happened, disk = moving, pushes.Settled()
        try:
            await refs.swap(folder, [(each.ref, None if each.created else each.old, each.new) for each in moving])
            disk = await pushes.looked(folder, moving)
        except Conflict:
            happened = ()
            raise
        finally:
            async with store.transaction() as tx:
                await pushes.settle(tx, push, happened, disk)
                for each in happened:
                    if each.ref == names.BRANCHES + made.default_branch:
                        await forks.note_base(tx, made.id, each.new)
