"""What differs between two commits, and what one changed: within the bounds of a page, or as a patch to download."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from phyle.commons.browsing import diffs, history
from phyle.commons.browsing.commits import Commit
from phyle.commons.browsing.diffs import Diff
from phyle.commons.browsing.taking import lenient
from phyle.commons.git import refs
from phyle.commons.git.commands import spawned
from phyle.commons.git.names import OID
from phyle.errors import Missing, TooLarge

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_LARGEST_PATCH = 64 << 20
_SECONDS = 10.0
_PLAIN = ("--no-color", "--no-ext-diff", "--no-textconv", "--full-index", "--src-prefix=a/", "--dst-prefix=b/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a branch has that another has not. `base`: the last commit of both, None if they have none in common."""

    base: str | None
    commits: list[Commit]
    all_commits: bool
    diff: Diff


async def between(repository: Path, old: str, new: str) -> Diff:
    """What differs between two commits or trees (whole ids): at most 300 files and 20,000 lines, git at most 10 s."""
    if not OID.fullmatch(old) or not OID.fullmatch(new):
        raise Missing
    args = ("diff-tree", "-r", "-M", "--raw", "-p", *_PLAIN, old, new, "--")
    said = await lenient(repository, *args, most=diffs.LARGEST, seconds=_SECONDS)
    return await asyncio.to_thread(diffs.read, said.out, whole=said.whole)


async def of_commit(repository: Path, commit: Commit) -> Diff:
    """What a commit changed, as against the first that it was made on."""
    return await between(repository, parent(commit), commit.oid)


def parent(commit: Commit) -> str:
    """What a commit is compared with: its first parent, or nothing at all."""
    return commit.parents[0] if commit.parents else EMPTY_TREE


async def three_dots(repository: Path, base: str, tip: str) -> Comparison:
    """What `tip` has that `base` has not, since they parted (`base...tip`; whole ids)."""
    common = await refs.merge_base(repository, base, tip)
    found, complete = await history.between(repository, base, tip)
    diff = await between(repository, common or EMPTY_TREE, tip)
    return Comparison(base=common, commits=found, all_commits=complete, diff=diff)


async def base(repository: Path, one: str, other: str) -> str:
    """The last commit of both, or nothing at all as a tree."""
    return await refs.merge_base(repository, one, other) or EMPTY_TREE


async def patch(repository: Path, old: str, new: str, *, client: str = "") -> AsyncGenerator[bytes, None]:
    """The whole difference as a patch that `git apply` takes, piece by piece, at most 64 MiB. `client`: who is
    served, for what one may have at once."""
    args = ("diff-tree", "-r", "-M", "-p", "--binary", *_PLAIN, old, new, "--")
    async with spawned(repository, *args, kind="give", client=client, seconds=60, talks=False) as running:
        sent = 0
        async for piece in running.stdout:
            sent += len(piece)
            if sent > _LARGEST_PATCH:
                raise TooLarge("This patch is too large; fetch the commits instead.")
            yield piece
