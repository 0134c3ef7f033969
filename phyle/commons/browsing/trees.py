"""Folders and what lies at a path: names are bytes here, as git keeps them."""

from dataclasses import dataclass
from typing import Literal

from phyle.commons.browsing.naming import words
from phyle.commons.git.objects import Objects
from phyle.errors import Missing

Kind = Literal["folder", "file", "link", "submodule"]

MOST = 5_000
"""Entries of a folder that are shown."""
_LARGEST = 4 << 20
_KINDS: dict[bytes, Kind] = {b"40000": "folder", b"120000": "link", b"160000": "submodule"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a folder holds under a name. `link`: a symbolic link, which nobody here follows; `submodule`: a commit of
    another repository."""

    kind: Kind
    name: bytes
    oid: str
    executable: bool = False

    @property
    def words(self) -> str:
        """The name for people."""
        return words(self.name)


def entries(raw: bytes) -> list[Entry]:
    """The lines of a tree as git stores it, folders first, each in the order of their names."""
    found = []
    position = 0
    while position < len(raw):
        end = raw.index(b"\0", position)
        mode, _, name = raw[position:end].partition(b" ")
        oid = raw[end + 1 : end + 21].hex()
        found.append(Entry(kind=_KINDS.get(mode, "file"), name=name, oid=oid, executable=mode == b"100755"))
        position = end + 21
    return sorted(found, key=lambda entry: (entry.kind != "folder", entry.name.lower(), entry.name))


async def folder(objects: Objects, oid: str) -> list[Entry]:
    """What a folder holds. `oid`: of a tree. Raises TooLarge."""
    found, raw = await objects.read(oid, most=_LARGEST)
    if found.kind != "tree":
        raise Missing
    return entries(raw)


async def entry_at(objects: Objects, commit: str, path: bytes) -> Entry:
    """What lies at a path of a commit; b"" is its root. Raises Missing. No link is followed."""
    root = await objects.look(f"{commit}^{{tree}}")
    if root is None:
        raise Missing
    entry = Entry(kind="folder", name=b"", oid=root.oid)
    for part in path.split(b"/") if path else ():
        entry = await _below(objects, entry, part)
    return entry


async def _below(objects: Objects, parent: Entry, name: bytes) -> Entry:
    if parent.kind != "folder":
        raise Missing
    found, raw = await objects.read(parent.oid, most=_LARGEST)
    at = raw.find(b" " + name + b"\0") if name and found.kind == "tree" else -1
    if at < 0:  # quickly, where it cannot be there
        raise Missing
    entry = next((each for each in entries(raw) if each.name == name), None)
    if entry is None:
        raise Missing
    return entry
