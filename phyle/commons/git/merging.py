"""Merging without a work tree: a tree in memory, a commit, and a branch moved by compare and swap."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, assert_never

from phyle.commons.git import conflicts, people, refs
from phyle.commons.git.commands import Ended, failed, ran, run
from phyle.commons.git.conflicts import Conflicts
from phyle.commons.git.people import Person
from phyle.errors import Missing, Unprocessable

__all__ = ["Conflicts", "Merged", "Method", "Person", "commit", "merge", "trial"]

Method = Literal["fast-forward", "merge", "squash"]
SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """`commit` is what the branch names now, `tree` its content, `base` what the branch named before."""

    commit: str
    tree: str
    base: str


async def merge(
    repository: Path,
    target: str,
    head: str,
    method: Method,
    message: str,
    author: Person,
    committer: Person,
    *,
    expected: str | None = None,
    swap: refs.Swap = refs.update,
) -> Merged | Conflicts:
    """Brings the commit `head` (id) into the branch `target` (full name), which must name `expected`, if that is given.
    `swap` moves the branch.

    Raises Missing (no such branch), Conflict (it moved meanwhile), Unprocessable (nothing to merge, not a fast-forward
    where that was asked for, nothing in common). Not inside a transaction.
    """
    base = (await refs.oids(repository, [target])).get(target)
    if base is None:
        raise Missing("The branch that this shall be merged into is not there.")
    expected = expected or base
    if await refs.is_ancestor(repository, head, expected):
        raise Unprocessable("There is nothing to merge: the branch has all of this already.")
    tree: str | Conflicts
    match method:
        case "fast-forward":
            return await _forward(repository, target, head, expected, swap)
        case "merge" | "squash":
            tree = await trial(repository, expected, head)
        case never:
            assert_never(never)
    if isinstance(tree, Conflicts):
        return tree
    parents = [expected, head] if method == "merge" else [expected]
    made = await commit(repository, tree, parents, message, author, committer)
    await swap(repository, target, new=made, old=expected)
    return Merged(commit=made, tree=tree, base=expected)


async def _forward(repository: Path, target: str, head: str, expected: str, swap: refs.Swap) -> Merged:
    if not await refs.is_ancestor(repository, expected, head):
        raise Unprocessable("This is no fast-forward: the branch has gone on meanwhile. Merge, or rebase it first.")
    await swap(repository, target, new=head, old=expected)
    return Merged(commit=head, tree=await tree_of(repository, head), base=expected)


async def trial(repository: Path, one: str, other: str) -> str | Conflicts:
    """The tree that merging two commits (ids) gives, or where they contradict each other. Changes no ref.

    Raises Unprocessable for histories that have nothing in common.
    """
    words = ("merge-tree", "--write-tree", "-z", "--messages", one, other)
    ended = await ran(repository, *words, kind="write", seconds=SECONDS)
    if ended.code == 0:
        return ended.out.split(b"\0", 1)[0].decode()
    if ended.code == 1:
        return await conflicts.read(repository, ended.out)
    raise _impossible(ended)


def _impossible(ended: Ended) -> Exception:
    if "unrelated histories" in ended.complaints:
        return Unprocessable("These two histories have nothing in common, so they cannot be merged.")
    return failed(ended, "merge-tree")


async def commit(
    repository: Path, tree: str, parents: list[str], message: str, author: Person, committer: Person
) -> str:
    """A commit that no ref names yet; its id."""
    words = ["commit-tree", tree, *(word for parent in parents for word in ("-p", parent)), "-F", "-"]
    environ = author.environ("AUTHOR") | committer.environ("COMMITTER")
    said = await run(repository, *words, stdin=people.message(message), kind="write", environ=environ)
    return said.decode().strip()


async def tree_of(repository: Path, oid: str) -> str:
    """The tree of a commit."""
    said = await run(repository, "rev-parse", "--verify", "--end-of-options", f"{oid}^{{tree}}")
    return said.decode().strip()
