"""A copy of a repository with objects of its own: what its public refs reach, and nothing else of it."""

import asyncio
from pathlib import Path

from phyle.commons.git import names, refs
from phyle.commons.git.commands import ran
from phyle.commons.git.spawning import Running, spawned
from phyle.errors import Unavailable

SECONDS = 1800.0


async def copy(source: Path, target: Path) -> dict[str, str]:
    """Branches, tags and notes of `source` in `target`, which exists and is empty; what each names.

    The objects go through a pack, so neither folder ever depends on the other, and what no ref of `source` reaches (any
    more) is not copied. Killed in between, the copy has no refs yet and can be begun anew. Not inside a transaction.
    """
    said = (await ran(source, "for-each-ref", "--format=%(refname)%00%(objectname)", "--", *names.PUSHED)).out.decode()
    found = dict(line.split("\0") for line in said.splitlines())
    if found:
        await _packed(source, target, sorted(set(found.values())))
        await refs.swap(target, [(name, None, oid) for name, oid in found.items()])
    head = await refs.head(source)
    if head in found:
        await refs.set_head(target, head)
    return found


async def bring(source: Path, target: Path) -> dict[str, str]:
    """The branches of `source` by their names, with all their objects in `target`, whose refs stay as they are. Not
    inside a transaction."""
    found = {ref.name: ref.oid for ref in await refs.listing(source, names.BRANCHES, most=refs.MOST)}
    held = sorted({ref.oid for ref in await refs.listing(target, names.BRANCHES, most=refs.MOST)})
    asked = "".join(f"{oid}\n" for oid in held).encode()
    known = (await ran(source, "cat-file", "--batch-check=%(objectname)", stdin=asked)).out.decode().split("\n")
    if missing := sorted(set(found.values()) - set(held)):
        await _packed(source, target, [*missing, *(f"^{oid}" for oid in held if oid in known)])
    return found


async def _packed(source: Path, target: Path, tips: list[str]) -> None:
    out = ("pack-objects", "--revs", "--stdout", "--delta-base-offset", "--quiet")
    into = ("index-pack", "--stdin")
    async with (
        spawned(source, *out, kind="serve", seconds=SECONDS) as packing,
        spawned(target, *into, kind="work", seconds=SECONDS) as unpacking,
    ):
        await packing.stdin.write("".join(f"{tip}\n" for tip in tips).encode())
        packing.stdin.close()
        hearing = asyncio.create_task(_drained(unpacking))
        try:
            async for piece in packing.stdout:
                await unpacking.stdin.write(piece)
            unpacking.stdin.close()
            await hearing
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)
        for running in (packing, unpacking):
            if await running.code():
                raise Unavailable("The repository could not be copied.", cause=await running.complaints())


async def _drained(running: Running) -> None:
    async for _ in running.stdout:
        pass
