"""Where somebody looks: `REF/PATH` of an address -> a commit that may be shown, and a path in it."""

import asyncio
import re
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from phyle.commons.browsing import naming
from phyle.commons.git import names, refs
from phyle.commons.git.commands import run
from phyle.errors import Missing, Unprocessable

_COMMIT = re.compile(r"[0-9a-f]{7,40}")
_MOST_PARTS = 24
_FORMAT = "%(refname)%00%(objectname)%00%(objecttype)%00%(*objectname)%00%(*objecttype)"
_SHOWN = ("refs/heads", "refs/tags", "refs/merge-requests")
_KEPT = 4096
_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`ref` as it stands in addresses: the short name of a branch or tag, or the whole id of a commit."""

    ref: str
    kind: Literal["branch", "tag", "commit"]
    commit: str
    path: bytes = b""

    @property
    def pinned(self) -> bool:
        """Whether what is here can never be otherwise."""
        return self.kind == "commit"

    @property
    def address(self) -> str:
        """`REF/PATH`, ready for an address."""
        return naming.address(self.ref.encode()) + (f"/{naming.address(self.path)}" if self.path else "")

    @property
    def root(self) -> "Place":
        """The whole of it."""
        return replace(self, path=b"")

    def at(self, path: bytes) -> "Place":
        """Another path of the same commit."""
        return replace(self, path=path)

    def below(self, name: bytes) -> "Place":
        """What the folder that is here holds under a name."""
        return self.at(self.path + b"/" + name if self.path else name)

    def fixed(self) -> "Place":
        """The same for good, wherever the branch goes."""
        return replace(self, ref=self.commit, kind="commit")


async def find(repository: Path, rest: str) -> Place:
    """The place that `REF/PATH` names: the longest branch or tag that exists, a branch before a tag, else a commit by
    its id (7 digits or more). Raises Missing, also for commits that no branch, tag or merge request leads to."""
    parts = rest.split("/")
    tips = await _tips(repository, ["/".join(parts[: count + 1]) for count in range(min(len(parts), _MOST_PARTS))])
    for count in range(min(len(parts), _MOST_PARTS), 0, -1):
        name, path = "/".join(parts[:count]), naming.read("/".join(parts[count:]))
        if (commit := tips.get(names.BRANCHES + name)) is not None:
            return Place(ref=name, kind="branch", commit=commit, path=path)
        if (commit := tips.get(names.TAGS + name)) is not None:
            return Place(ref=name, kind="tag", commit=commit, path=path)
    return await _of_id(repository, parts[0], naming.read("/".join(parts[1:])))


async def tip(repository: Path, name: str) -> Place:
    """A branch, a tag or a commit by its name alone. Raises Missing."""
    place = await find(repository, name)
    if place.path:
        raise Missing
    return place


async def first(repository: Path, default_branch: str) -> Place | None:
    """Where one looks who names nothing: the default branch, or else the latest; None while there is none."""
    try:
        return await tip(repository, default_branch)
    except Missing:
        pass
    branches = await refs.listing(repository, most=1)
    return Place(ref=branches[0].short, kind="branch", commit=branches[0].target) if branches else None


async def _tips(repository: Path, wanted: list[str]) -> dict[str, str]:
    """Full names -> commits, for those of the wanted names that branches and tags have."""
    asked = []
    for name in wanted:
        for prefix in (names.BRANCHES, names.TAGS):
            try:
                asked.append(names.check(prefix + name))
            except Unprocessable:
                break
    if not asked:
        return {}
    said = await run(repository, "for-each-ref", f"--format={_FORMAT}", "--", *asked)
    found = {}
    for line in said.decode(errors="replace").splitlines():
        name, oid, kind, target, target_kind = line.split("\0")
        if name in asked and "commit" in (kind, target_kind):
            found[name] = target or oid
    return found


async def _of_id(repository: Path, name: str, path: bytes) -> Place:
    if not _COMMIT.fullmatch(name):
        raise Missing("There is no such branch, tag or commit.")
    commit = await refs.commit_of(repository, name)
    if not await reachable(repository, commit):
        raise Missing("There is no such branch, tag or commit.", cause=f"nothing leads to {commit}")
    return Place(ref=commit, kind="commit", commit=commit, path=path)


_reached: OrderedDict[tuple[str, str], float] = OrderedDict()


async def reachable(repository: Path, commit: str) -> bool:
    """Whether some branch, tag or merge request leads to a commit. What was removed from all of them is not shown, even
    while its objects are still there; a yes is believed for half a minute."""
    now, key = asyncio.get_running_loop().time(), (str(repository), commit)
    if _reached.get(key, 0.0) > now:
        return True
    said = await run(repository, "for-each-ref", "--count=1", "--format=1", f"--contains={commit}", "--", *_SHOWN)
    if not said:
        return False
    _reached[key] = now + _SECONDS
    while len(_reached) > _KEPT:
        _reached.popitem(last=False)
    return True
