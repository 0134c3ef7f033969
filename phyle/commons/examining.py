"""Examining a change as git has it: where it leaves the target branch, how long it is, who signed it off."""

import re
from pathlib import Path

from phyle.commons.git import names, refs, storage
from phyle.commons.git.commands import run, spawned
from phyle.commons.merge_requests import Examined
from phyle.errors import Conflict, Missing, TooLarge, Unavailable, Unprocessable

MOST = 256 << 20
"""Bytes that a change may bring."""
SHARE = storage.LARGEST // 2
"""How large a repository may become by what others offer: the rest is for those who maintain it."""
MOST_COMMITS = 5000
MOST_PATCHES, LARGEST_PATCHES = 20, 200_000
"""How many patches go with an offer, and how large they may be together."""
_PIECE = 1 << 16
_SIGNED = re.compile(r"<([^<>\s]+)>\s*$")
_FORMAT = "%H%x00%ae%x00%(trailers:key=Signed-off-by,valueonly,separator=%x01)%x00"


async def examined(folder: Path, target_branch: str, head: str) -> Examined:
    """What lies between a branch and the commit `head`, both in `folder`.

    Raises Missing where there is no such branch, Unprocessable where the two have nothing in common, Conflict where
    everything is in the branch already.
    """
    target = await tip(folder, target_branch)
    base = await refs.merge_base(folder, target, head)
    if base is None:
        raise Unprocessable("These two have no history in common: this is another project, not a change of this one.")
    if base == head:
        raise Conflict("There is nothing in this branch that is not in the other one already.")
    ahead, _ = await refs.count_between(folder, base, head)
    if ahead > MOST_COMMITS:
        raise Unprocessable(f"A change has at most {MOST_COMMITS} commits. Fork the project to go ways of your own.")
    return Examined(base=base, head=head, commits=ahead, unsigned=await unsigned(folder, base, head))


async def tip(folder: Path, branch: str) -> str:
    """The commit of a branch. Missing where there is none."""
    found = await refs.oids(folder, [names.branch(branch)])
    if names.branch(branch) not in found:
        raise Missing(f"There is no branch {branch[:100]}.")
    return found[names.branch(branch)]


async def unsigned(folder: Path, base: str, head: str) -> tuple[str, ...]:
    """The commits (at most 100, newest first) whose own author did not sign them off (Developer Certificate of Origin:
    a trailer `Signed-off-by: NAME <ADDRESS>` with the author's address). Merges are nobody's work."""
    said = await run(folder, "log", "--no-merges", f"--format={_FORMAT}", head, f"^{base}", "--")
    parts = said.decode(errors="replace").split("\0")
    found = []
    for hash, author, trailers in zip(parts[0::3], parts[1::3], parts[2::3], strict=False):
        signed = {match[1].lower() for each in trailers.split("\x01") if (match := _SIGNED.search(each.strip()))}
        if author.strip().lower() not in signed:
            found.append(hash.strip())
    return tuple(found[:100])


async def room(folder: Path) -> int:
    """How many bytes a change may bring. TooLarge when there is no place for changes of others any more."""
    left = min(MOST, SHARE - await storage.size(folder))
    if left <= 0:
        raise TooLarge("This repository has no room for changes of others any more. Its maintainers have to make some.")
    return left


async def bring(source: Path, folder: Path, head: str) -> None:
    """The commit `head` with its history from one repository of this instance to another: sent as a pack, so that no
    object is ever shared. It is held by nothing yet. TooLarge."""
    left = await room(folder)
    held = await refs.listing(folder, "refs/", most=500)
    known = await _known(source, {each.target for each in held})
    wanted = "".join([f"{head}\n", *(f"^{oid}\n" for oid in known)])
    reading = spawned(source, "pack-objects", "--revs", "--stdout", "--quiet", "--thin", kind="serve", seconds=600)
    writing = spawned(
        folder, "index-pack", "--stdin", "--fix-thin", "--strict", "--threads=1", kind="work", seconds=600
    )
    async with reading as packing, writing as keeping:
        await packing.stdin.write(wanted.encode())
        packing.stdin.close()
        while piece := await packing.stdout.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise TooLarge(f"A change may bring {MOST >> 20} MiB, and this one has more.")
            await keeping.stdin.write(piece)
        keeping.stdin.close()
        async for _ in keeping.stdout:
            pass
        ended = (await packing.code(), await keeping.code())
        if any(ended):
            cause = f"{ended}: {await packing.complaints()} {await keeping.complaints()}"
            raise Unavailable("The change could not be brought over.", cause=cause[:1000])


async def _known(folder: Path, oids: set[str]) -> list[str]:
    """Those of the objects that a repository has."""
    asked = "".join(f"{oid}\n" for oid in sorted(oids))
    if not asked:
        return []
    said = await run(folder, "cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=asked.encode())
    pairs = (line.split() for line in said.decode().splitlines())
    return [pair[0] for pair in pairs if len(pair) == 2 and pair[1] == "commit"]


async def patches(folder: Path, branch: str, head: str) -> list[str]:
    """What `head` has more than a branch, as patches (git-format-patch(1)), the newest first: for forges that do not
    fetch. Empty where it is nothing, or more than a message should carry."""
    base = await refs.merge_base(folder, await tip(folder, branch), head)
    if base is None or base == head:
        return []
    said = await run(folder, "rev-list", "--no-merges", f"--max-count={MOST_PATCHES + 1}", head, f"^{base}", "--")
    commits = said.decode().split()
    if len(commits) > MOST_PATCHES:
        return []
    found, size = [], 0
    for commit in commits:
        written = await run(folder, "format-patch", "-1", "--stdout", "--no-signature", "--end-of-options", commit)
        size += len(written)
        if size > LARGEST_PATCHES:
            return []
        found.append(written.decode(errors="replace"))
    return found


async def messages(folder: Path, base: str, head: str) -> list[tuple[str, str, str]]:
    """(name, address, message) of the commits, oldest first; merges left out."""
    said = await run(folder, "log", "--no-merges", "--reverse", "--format=%an%x00%ae%x00%B%x00", head, f"^{base}", "--")
    parts = said.decode(errors="replace").split("\0")
    found = zip(parts[0::3], parts[1::3], parts[2::3], strict=False)
    return [(name.strip(), email.strip(), message.strip()) for name, email, message in found]
