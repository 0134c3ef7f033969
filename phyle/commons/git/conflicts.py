"""Where two histories contradict each other: files, what each side has of them, and the lines themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from phyle.commons.git import objects
from phyle.errors import Missing, TooLarge

_MOST_FILES = 200
_MOST_BYTES = 1 << 20
_MARKS = (b"<<<<<<< ", b"||||||| ", b"=======", b">>>>>>> ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What one side has: `number` 1 the common past, 2 the branch, 3 what shall come in."""

    number: int
    mode: str
    oid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """Lines that both sides changed. `line`: where it begins in the file with its marks, counted from 1."""

    line: int
    ours: tuple[str, ...]
    theirs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """One file. `kinds`: git's words for it, such as `CONFLICT (contents)` or `CONFLICT (modify/delete)`; `messages`:
    its sentences. `hunks`: none for what is no text, too large, or not a matter of lines."""

    path: str
    kinds: tuple[str, ...]
    messages: tuple[str, ...]
    stages: tuple[Stage, ...]
    hunks: tuple[Hunk, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflicts:
    """`tree`: the content with marks in it. `files`: in the order of their paths, at most 200 of `total`."""

    tree: str
    files: tuple[Contradiction, ...]
    total: int


async def read(repository: Path, said: bytes) -> Conflicts:
    """What `git merge-tree --write-tree -z --messages` says when it ends with 1 (git-merge-tree(1), OUTPUT)."""
    tree, *rest = said.split(b"\0")
    end = rest.index(b"") if b"" in rest else len(rest)
    stages: dict[str, list[Stage]] = {}
    for line in rest[:end]:
        mode_oid_stage, _, path = line.decode(errors="replace").partition("\t")
        mode, oid, number = mode_oid_stage.split(" ")
        stages.setdefault(path, []).append(Stage(number=int(number), mode=mode, oid=oid))
    told = _told(rest[end + 1 :])
    paths = sorted(stages.keys() | {path for path, kind, _ in told if kind.startswith("CONFLICT")})
    files = []
    async with objects.opened(repository) as open_objects:
        for path in paths[:_MOST_FILES]:
            about = [(kind, message) for other, kind, message in told if other == path]
            files.append(
                Contradiction(
                    path=path,
                    kinds=tuple(dict.fromkeys(kind for kind, _ in about if kind.startswith("CONFLICT"))),
                    messages=tuple(message for kind, message in about if kind.startswith("CONFLICT")),
                    stages=tuple(stages.get(path, ())),
                    hunks=await _hunks(open_objects, tree.decode(), path),
                )
            )
    return Conflicts(tree=tree.decode(), files=tuple(files), total=len(paths))


def _told(words: list[bytes]) -> list[tuple[str, str, str]]:
    """The messages: (path, kind, sentence), a line for each path of each."""
    found: list[tuple[str, str, str]] = []
    position = 0
    while position < len(words) and words[position].isdigit():
        many = int(words[position])
        paths = words[position + 1 : position + 1 + many]
        kind, message = words[position + 1 + many : position + 3 + many]
        sentence = message.decode(errors="replace").strip()
        found += [(path.decode(errors="replace"), kind.decode(), sentence) for path in paths]
        position += 3 + many
    return found


async def _hunks(open_objects: objects.Objects, tree: str, path: str) -> tuple[Hunk, ...]:
    try:
        _, content = await open_objects.read(objects.at(tree, path), most=_MOST_BYTES)
    except (Missing, TooLarge):
        return ()
    if b"\0" in content:
        return ()
    return tuple(hunks(content.split(b"\n")))


def hunks(lines: Iterable[bytes]) -> list[Hunk]:
    """The contradictions in a file with marks."""
    found: list[Hunk] = []
    start, side = 0, ""
    ours: list[str] = []
    theirs: list[str] = []
    for number, line in enumerate(lines, 1):
        if line.startswith(_MARKS[0]):
            start, side, ours, theirs = number, "ours", [], []
        elif side and line.startswith(_MARKS[1]):
            side = "base"
        elif side in ("ours", "base") and line == _MARKS[2]:
            side = "theirs"
        elif side == "theirs" and line.startswith(_MARKS[3]):
            found.append(Hunk(line=start, ours=tuple(ours), theirs=tuple(theirs)))
            side = ""
        elif side == "ours":
            ours.append(line.decode(errors="replace"))
        elif side == "theirs":
            theirs.append(line.decode(errors="replace"))
    return found
