"""Refs: read, resolved to ids before anything else is asked about them, and changed by compare and swap only."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from phyle.commons.git import names
from phyle.commons.git.commands import Ended, failed, ran, run
from phyle.errors import Conflict, Missing, Unavailable, Unprocessable

MOST = 20_000
"""Refs that a repository may have."""
_FORMAT = "%00".join(
    f"%({field})"
    for field in ("refname", "objectname", "objecttype", "*objectname", "*objecttype", "creatordate:unix", "subject")
)
_ABBREVIATED = re.compile(r"[0-9a-f]{7,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """`oid` is what it names, `target` the object behind a tag (else the same), `kind` that object's. `at`: when the
    commit or tag was made, as it says of itself; None where it says nothing."""

    name: str
    oid: str
    target: str
    kind: str
    at: datetime | None
    subject: str

    @property
    def short(self) -> str:
        """How people write it."""
        return names.short(self.name)


async def listing(repository: Path, prefix: str = names.BRANCHES, *, most: int = 1000) -> list[Ref]:
    """The refs below `prefix` (a constant of ours), the latest first."""
    said = await run(
        repository, "for-each-ref", f"--format={_FORMAT}", "--sort=-creatordate", f"--count={most}", "--", prefix
    )
    return [_ref(line) for line in said.decode(errors="replace").splitlines()]


def _ref(line: str) -> Ref:
    name, oid, kind, target, target_kind, at, subject = line.split("\0", 6)
    return Ref(
        name=name, oid=oid, target=target or oid, kind=target_kind or kind, at=_instant(at), subject=subject[:500]
    )


def _instant(seconds: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None


async def oids(repository: Path, wanted: Iterable[str]) -> dict[str, str]:
    """What these refs (full names) name; those that are not there are left out."""
    asked = [names.check(name) for name in wanted]
    if not asked:
        return {}
    found: dict[str, str] = {}
    for start in range(0, len(asked), 500):  # a command line has its limits
        part = asked[start : start + 500]
        said = await run(repository, "for-each-ref", "--format=%(refname)%00%(objectname)", "--", *part)
        pairs = (line.split("\0") for line in said.decode(errors="replace").splitlines())
        found |= {name: oid for name, oid in pairs if name in part}
    return found


async def count(repository: Path) -> int:
    """How many refs there are."""
    return len((await run(repository, "for-each-ref", "--format=.")).split())


async def resolve(repository: Path, name: str) -> str:
    """The id of the commit that a branch, a tag, a full name or an id (7 digits or more) names. Missing if none does.

    Names are looked up as they are: nothing is ever read as an expression (`main~1`) or an option.
    """
    try:
        ways = [names.check(name)] if name.startswith("refs/") else [names.branch(name), names.tag(name)]
    except Unprocessable:
        raise Missing from None
    found = await oids(repository, ways)
    oid = next((found[way] for way in ways if way in found), None)
    if oid is None:
        if not _ABBREVIATED.fullmatch(name):
            raise Missing
        oid = name
    return await commit_of(repository, oid)


async def commit_of(repository: Path, oid: str) -> str:
    """The commit that an object (by hexadecimal id, also abbreviated) is or stands for. Missing if it is none."""
    said = await run(repository, "cat-file", "--batch-check=%(objectname)", stdin=f"{oid}^{{commit}}\n".encode())
    if not names.OID.fullmatch(line := said.decode().strip()):
        raise Missing(cause=line[:200])
    return line


async def head(repository: Path) -> str:
    """The full name of the branch that is the repository's first."""
    return (await run(repository, "symbolic-ref", "HEAD")).decode().strip()


async def set_head(repository: Path, branch: str) -> None:
    """Which branch (full name) is the first."""
    await run(repository, "symbolic-ref", "HEAD", names.check(branch), kind="write")


class Swap(Protocol):
    """How a ref is moved: `update`, or what does something before and after it. Raises Conflict."""

    async def __call__(self, repository: Path, name: str, /, *, new: str | None, old: str | None) -> None: ...


async def update(repository: Path, name: str, *, new: str | None, old: str | None) -> None:
    """Compare and swap: `name` is `new` from now on if it was `old`; None stands for not being there.

    Raises Conflict when it was something else.
    """
    await swap(repository, [(name, old, new)])


async def swap(repository: Path, changes: Iterable[tuple[str, str | None, str | None]]) -> None:
    """Several refs at once, all or none: (name, old, new). Raises Conflict, Unavailable."""
    lines = ["start"]
    for name, old, new in changes:
        names.check(name)
        lines.append(f"update {name}\0{_oid(new)}\0{_oid(old)}" if new else f"delete {name}\0{_oid(old)}")
    lines += ["prepare", "commit"]
    said = "".join(f"{line}\0" for line in lines).encode()
    ended = await ran(repository, "update-ref", "--stdin", "-z", stdin=said, kind="write")
    if ended.code:
        raise _not_swapped(ended)


def _oid(oid: str | None) -> str:
    if oid is None:
        return names.ZERO
    if not names.OID.fullmatch(oid):
        raise Unprocessable("That is no id of an object.", cause=oid[:100])
    return oid


def _not_swapped(ended: Ended) -> Conflict | Unavailable:
    words = ("but expected", "reference already exists", "unable to resolve reference", "cannot lock ref")
    if any(word in ended.complaints for word in words):
        return Conflict(
            "Somebody was faster: this branch has changed meanwhile.", cause=ended.complaints.strip()[-500:]
        )
    return failed(ended, "update-ref")


async def is_ancestor(repository: Path, older: str, newer: str) -> bool:
    """Whether everything in `older` is in `newer` already (ids of commits)."""
    ended = await ran(repository, "merge-base", "--is-ancestor", _oid(older), _oid(newer))
    if ended.code not in (0, 1):
        raise failed(ended, "merge-base")
    return ended.code == 0


async def merge_base(repository: Path, one: str, other: str) -> str | None:
    """The last commit that both histories have; None if they have none."""
    ended = await ran(repository, "merge-base", _oid(one), _oid(other))
    if ended.code not in (0, 1):
        raise failed(ended, "merge-base")
    return ended.out.decode().strip() or None


async def count_between(repository: Path, base: str, tip: str) -> tuple[int, int]:
    """How many commits `tip` has that `base` has not, and the reverse."""
    said = await run(repository, "rev-list", "--left-right", "--count", f"{_oid(base)}...{_oid(tip)}", "--")
    behind, ahead = said.split()
    return int(ahead), int(behind)
