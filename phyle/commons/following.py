"""Following: what those who follow a project read of what was pushed to it, in a few words, and not too often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from phyle.commons.git import names
from phyle.commons.git.commands import ran
from phyle.commons.pushes import Changed
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

SHOWN = 10
"""Commits that are named in a post."""
COUNTED = 1000
"""Commits that are counted; of more, it is only said that they are more."""
_FORMAT = "%H%x00%an%x00%at%x00%ct%x00%B"
_JOINER = "⁠"  # no width, no break: between it and a name, nobody is meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit as it says of itself."""

    hash: str
    author: str
    created: int
    committed: int
    message: str

    @property
    def title(self) -> str:
        """Its first line."""
        return self.message.partition("\n")[0].strip()[:200]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A ref that was pushed, with the latest of the `total` commits that came with it, newest first."""

    change: Changed
    commits: Sequence[Commit]
    total: int


async def moved(folder: Path, change: Changed, *, default: str, shown: int = SHOWN) -> Moved:
    """What came with a push of one ref. What a new branch shares with the first one did not come with it."""
    if change.deleted or not change.ref.startswith(names.BRANCHES):
        return Moved(change=change, commits=(), total=0)
    first = names.BRANCHES + default
    without = [f"^{change.old}"] if not change.created else [f"^{first}"] if change.ref != first else []
    known = "".join(f"{each}\n" for each in (change.new, *without)).encode()
    counted = await ran(folder, "rev-list", "--count", f"--max-count={COUNTED}", "--stdin", stdin=known)
    if counted.code and without:  # what was there before is not there any more
        return await moved(folder, Changed(ref=first, old=names.ZERO, new=change.new), default=default, shown=shown)
    words = ("log", "-z", f"--format={_FORMAT}", f"--max-count={shown}", "--stdin")
    said = (await ran(folder, *words, stdin=known)).out.decode(errors="replace")
    return Moved(change=change, commits=_read(said), total=int(counted.out or 0))


def _read(said: str) -> list[Commit]:
    parts = said.split("\0")
    return [
        Commit(hash=hash, author=author[:200], created=_number(created), committed=_number(committed), message=message)
        for hash, author, created, committed, message in zip(*(parts[start::5] for start in range(5)), strict=False)
    ]


def _number(text: str) -> int:
    return min(max(int(text), 0), 1 << 36) if text.isascii() and text.lstrip("-").isdigit() else 0


def sentence(pusher: str, moves: Sequence[Moved], *, page: str) -> str:
    """What one push did, as a post says it. `page`: where the repository's pages begin."""
    return "\n\n".join(_said(pusher, each, page) for each in moves[:5]) + (
        f"\n\nand {len(moves) - 5} more branches and tags" if len(moves) > 5 else ""
    )


def _said(pusher: str, it: Moved, page: str) -> str:
    change, name = it.change, plain(names.short(it.change.ref))
    what = "branch" if change.ref.startswith(names.BRANCHES) else "tag"
    if change.deleted:
        return f"{pusher} deleted the {what} {name}."
    if what == "tag":
        return f"{pusher} set the tag {name}: {page}/tags"
    many = f"{it.total}" if it.total < COUNTED else f"at least {COUNTED}"
    begun = f"{pusher} pushed {many} commit{'' if it.total == 1 else 's'} to {name}"
    lines = [f"- {plain(commit.title) or commit.hash[:10]}" for commit in it.commits]
    more = [f"and {it.total - len(lines)} more"] if it.total > len(lines) else []
    link = f"{page}/compare/{change.old[:12]}...{change.new[:12]}" if not change.created else f"{page}/commits/{name}"
    if not it.total:
        return f"{pusher} moved {name}: {link}"
    return "\n".join([f"{begun}:", *lines, *more, link])


def plain(text: str) -> str:
    """Words of strangers that name nobody and tag nothing, whatever stands in them."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    for mark in "@#":
        shown = shown.replace(mark, mark + _JOINER)
    return shown.replace("://", f":{_JOINER}//")


async def note(tx: Tx, repository: int, push: int) -> None:
    """Followers of the group have yet to hear of a push."""
    await tx.run(SQL.note, repository, push)


async def untold(tx: Tx, repository: int) -> list[int]:
    """The pushes of which they have not heard, oldest first."""
    return [row["push"] for row in await tx.rows(SQL.untold, repository)]


async def told_at(tx: Tx, repository: int) -> datetime | None:
    """When they heard of a push last."""
    found: datetime | None = await tx.value(SQL.told_at, repository)
    return found


async def tell(tx: Tx, repository: int, pushes: Sequence[int]) -> bool:
    """They hear of these now. False if another has told them meanwhile."""
    if await tx.run(SQL.take, repository, list(pushes)) != len(pushes):
        return False
    await tx.run(SQL.tell, repository)
    return True
