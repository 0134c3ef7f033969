"""History: the commits that led to a place, of all files or of one, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from phyle.commons.browsing import commits
from phyle.commons.browsing.commits import Commit
from phyle.commons.browsing.places import Place
from phyle.commons.browsing.taking import lenient, taken
from phyle.commons.git.names import OID
from phyle.errors import Missing, Unprocessable

ON_A_PAGE = 30
DEEPEST = 20_000
"""Commits into the past that are counted up to; whoever wants more clones."""
_LARGEST = 4 << 20
_LONGEST_SEARCH = 5.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A commit, and what the file was called then, if the history is that of one file."""

    commit: Commit
    path: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some steps of a history, the latest first. `more`: how many to skip for the next part, None at the end."""

    steps: Sequence[Step]
    more: int | None = None


async def log(repository: Path, place: Place, *, skip: int = 0, follow: bool = False) -> Part:
    """What led to a place. `follow`: it is one file, and was perhaps called otherwise earlier. Raises Unprocessable."""
    if skip > DEEPEST:
        raise Unprocessable(f"Pages go back {DEEPEST} commits; clone the repository to see what was before.")
    args = ["log", "-z", commits.FORMAT, f"--skip={skip}", f"--max-count={ON_A_PAGE + 1}"]
    if follow:
        args += ["--follow", "--name-only"]
    said = await taken(repository, *args, place.commit, "--", *_only(place.path), most=_LARGEST)
    steps = [Step(commit=commit, path=_name(rest) if follow else None) for commit, rest in commits.read(said.out)]
    more = skip + ON_A_PAGE if len(steps) > ON_A_PAGE else None
    return Part(steps=steps[:ON_A_PAGE], more=more)


async def one(repository: Path, commit: str) -> Commit:
    """A commit by its whole id."""
    return (await several(repository, [commit]))[0]


async def several(repository: Path, wanted: Sequence[str]) -> list[Commit]:
    """Commits by their whole ids, in this order. Raises Missing."""
    if not wanted or not all(OID.fullmatch(each) for each in wanted):
        raise Missing
    said = await taken(repository, "log", "-z", "--no-walk=unsorted", commits.FORMAT, *wanted, "--", most=_LARGEST)
    return [commit for commit, _ in commits.read(said.out)]


async def between(repository: Path, base: str, tip: str, *, most: int = 250) -> tuple[list[Commit], bool]:
    """The commits that `tip` has and `base` has not (whole ids), the latest first, and whether these are all."""
    if not OID.fullmatch(base) or not OID.fullmatch(tip):
        raise Missing
    args = ("log", "-z", commits.FORMAT, f"--max-count={most + 1}", tip, f"^{base}", "--")
    found = [commit for commit, _ in commits.read((await taken(repository, *args, most=_LARGEST)).out)]
    return found[:most], len(found) <= most


async def last(repository: Path, place: Place) -> Commit | None:
    """The latest commit that changed something at a path."""
    args = ("log", "-z", commits.FORMAT, "--max-count=1", place.commit, "--", *_only(place.path))
    said = await lenient(repository, *args, most=_LARGEST, seconds=_LONGEST_SEARCH)
    return next((commit for commit, _ in commits.read(said.out)), None)


async def saying(repository: Path, place: Place, query: str, *, most: int = 50) -> tuple[list[Commit], bool]:
    """The latest commits whose message has these words as they stand, in upper or lower case; and whether git looked at
    all of them."""
    args = ["log", "-z", commits.FORMAT, "--fixed-strings", "--regexp-ignore-case", f"--grep={query}"]
    said = await lenient(
        repository, *args, f"--max-count={most}", place.commit, "--", most=_LARGEST, seconds=_LONGEST_SEARCH
    )
    return [commit for commit, _ in commits.read(said.out)], said.whole


def _only(path: bytes) -> list[str]:
    """A path as an argument that no pattern is read into."""
    if b"\0" in path:
        raise Missing
    return [":(top,literal)" + path.decode("utf-8", "surrogateescape")] if path else []


def _name(rest: bytes) -> bytes | None:
    """The name after a commit: `\\n` and the name, between zero bytes."""
    return next((part for part in rest.lstrip(b"\0\n").split(b"\0") if part), None)
