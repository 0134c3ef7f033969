"""Commits and tags made on a page: no work tree, so that no symbolic link can be written through."""

import contextlib
import secrets
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from phyle.commons.git import merging, names, objects, people, refs
from phyle.commons.git.commands import failed, ran, run
from phyle.commons.git.objects import Entry, Objects
from phyle.commons.git.people import Person
from phyle.errors import Conflict, TooLarge, Unprocessable

__all__ = ["Person", "create_tag", "edit"]

LARGEST = 10 << 20
"""Bytes that a file written on a page may have."""
MOST_FILES = 100
_FILE, _FILES = "100644", "100"


async def edit(
    repository: Path,
    branch: str,
    files: Mapping[str, bytes | None],
    message: str,
    author: Person,
    committer: Person,
    *,
    expected: str | None,
    swap: refs.Swap = refs.update,
) -> str:
    """A commit on top of `expected` (id; None where there is no such branch yet) with these files as given, None
    removed; `branch` (full name) is moved to it by `swap`, and its id returned.

    Raises Unprocessable for paths that cannot be, or nothing changed; TooLarge; Conflict when the branch moved.
    """
    _check(files)
    async with _index(repository, expected) as environ:
        lines = await _lines(repository, expected, files)
        words = ("update-index", "-z", "--index-info")
        ended = await ran(repository, *words, stdin=lines, kind="write", environ=environ)
        if ended.code:
            raise Unprocessable("A file cannot be written at this place.", cause=ended.complaints[-500:])
        tree = (await run(repository, "write-tree", kind="write", environ=environ)).decode().strip()
    if expected and tree == await merging.tree_of(repository, expected):
        raise Unprocessable("Nothing is different from before.")
    made = await merging.commit(repository, tree, [expected] if expected else [], message, author, committer)
    await swap(repository, branch, new=made, old=expected)
    return made


@contextlib.asynccontextmanager
async def _index(repository: Path, expected: str | None) -> AsyncIterator[dict[str, str]]:
    """An index of its own for the time of the block, with the content of a commit."""
    path = repository / f"edit-{secrets.token_hex(8)}.index"
    environ = {"GIT_INDEX_FILE": str(path)}
    try:
        if expected:
            await run(repository, "read-tree", "--end-of-options", expected, kind="write", environ=environ)
        yield environ
    finally:
        path.unlink(missing_ok=True)
        path.with_name(f"{path.name}.lock").unlink(missing_ok=True)


async def _lines(repository: Path, expected: str | None, files: Mapping[str, bytes | None]) -> bytes:
    """What `update-index --index-info` is told of the files; their content is stored."""
    removed = {path for path, content in files.items() if content is None}
    lines = []
    async with objects.opened(repository) as open_objects:
        folders: dict[str, dict[str, Entry]] = {}
        modes = {path: await _mode(open_objects, folders, expected, path, removed) for path in files}
    for path, content in files.items():
        if content is None:
            if modes[path] is None:
                raise Conflict(f"{path[:200]!a} is not there, so it cannot be removed.")
            lines.append(f"0 {names.ZERO}\t{path}\0".encode())
        else:
            said = await run(repository, "hash-object", "-w", "--stdin", stdin=content, kind="write")
            lines.append(f"{modes[path] or _FILE} {said.decode().strip()}\t{path}\0".encode())
    return b"".join(lines)


async def _mode(
    open_objects: Objects, folders: dict[str, dict[str, Entry]], expected: str | None, path: str, removed: set[str]
) -> str | None:
    """As what a file is there, None if nothing is. Unprocessable where it is no file, or a file is in its way."""
    if expected is None:
        return None
    parts = path.split("/")
    for depth, part in enumerate(parts):
        here = "/".join(parts[:depth])
        if here not in folders:
            entries = await open_objects.tree(objects.at(expected, here) if here else expected)
            folders[here] = {entry.name: entry for entry in entries}
        entry = folders[here].get(part)
        if entry is None:
            return None
        if depth == len(parts) - 1:
            if not entry.mode.startswith(_FILES):
                raise Unprocessable(f"{path[:200]!a} is a folder, a link or a submodule: change it with git.")
            return entry.mode
        if entry.kind != "tree":
            if "/".join(parts[: depth + 1]) in removed:
                return None
            raise Unprocessable(f"There is no room for {path[:200]!a}: a file lies where a folder would have to be.")
    return None


def _check(files: Mapping[str, bytes | None]) -> None:
    if not files or len(files) > MOST_FILES:
        raise Unprocessable(f"A commit made here changes at least one file and at most {MOST_FILES}.")
    written = [path for path, content in files.items() if content is not None]
    if any(other.startswith(f"{path}/") for path in written for other in written):
        raise Unprocessable("The same name cannot be a file and a folder.")
    for path, content in files.items():
        check_path(path)
        if content is not None and len(content) > LARGEST:
            raise TooLarge(f"A file written here may have {LARGEST >> 20} MiB. Push larger ones with git.")


def check_path(path: str) -> str:
    """A path as a commit can have it, separated by slashes. Raises Unprocessable."""
    parts = path.split("/")
    if (
        not path.isprintable()
        or len(path.encode("utf-8", "replace")) > 1000
        or any(part in ("", ".", "..") or part.lower().rstrip(". ") in (".git", "git~1") for part in parts)
    ):
        raise Unprocessable(f"{path[:100]!a} is no path for a file here.")
    return path


async def create_tag(
    repository: Path, name: str, oid: str, message: str | None, tagger: Person, *, swap: refs.Swap = refs.update
) -> str:
    """A tag (short name) on a commit (id): annotated with a message, or bare; what the ref names.

    Raises Unprocessable, Missing (no such commit), Conflict (there is one of that name).
    """
    ref = names.tag(name)
    target = made = await refs.commit_of(repository, oid)
    if message is not None:
        head = f"object {target}\ntype commit\ntag {name}\ntagger {tagger.line()}\n\n".encode()
        ended = await ran(repository, "mktag", stdin=head + people.message(message), kind="write")
        if ended.code:
            raise failed(ended, "mktag")
        made = ended.out.decode().strip()
    await swap(repository, ref, new=made, old=None)
    return made
