"""Obligations: what whoever copies a work must keep of its licences and notices, and what a copy has dropped of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from phyle.cooperative.licences.expressions import All, Expression, choices, parse
from phyle.cooperative.licences.manifests import Covered, Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """What the copy of a file, or the copy as a whole (`path` is empty), no longer says. `now`: what it says."""

    path: str
    what: Literal["licence", "notice", "text"]
    was: str
    now: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One licence that comes with a work: how many files are under it, and whose they are."""

    licence: str
    files: int
    holders: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligations:
    """`keep`: every licence of the original, which the copy takes over with its holders. `dropped`: what is not kept in
    files that are still there. `gone`: files that are not there any more; where they were moved and not removed, what
    they said must have moved with them."""

    keep: tuple[Kept, ...]
    dropped: tuple[Dropped, ...]
    gone: tuple[str, ...]

    @property
    def kept(self) -> bool:
        """Whether nothing was dropped, as far as can be seen."""
        return not self.dropped


def obligations(original: Manifest, copy: Manifest) -> Obligations:
    """What a copy must keep of an original, and what it does not. A copy may add licences and notices, and choose where
    the original offers a choice; it may not take anything away."""
    now = {file.path: file for file in copy.files}
    dropped = [*_of_texts(original, copy)]
    for file in original.files:
        if file.path in now:
            dropped += _of_file(file, now[file.path])
    return Obligations(
        keep=tuple(_keep(original)),
        dropped=tuple(dropped),
        gone=tuple(file.path for file in original.files if file.path not in now),
    )


def keeps(was: Expression, now: Expression) -> bool:
    """Whether an expression takes nothing from another: the same, one of its choices, or either with more to keep."""
    if now in choices(was):
        return True
    if isinstance(was, All):
        return all(keeps(part, now) for part in was.parts)
    return isinstance(now, All) and any(keeps(was, part) for part in now.parts)


def _keep(original: Manifest) -> Iterator[Kept]:
    for licence in original.expressions:
        under = [file for file in original.files if licence in file.licences]
        holders = dict.fromkeys(notice for file in under for notice in file.notices)
        yield Kept(licence=licence, files=len(under), holders=tuple(sorted(holders)))


def _of_texts(original: Manifest, copy: Manifest) -> Iterator[Dropped]:
    """Texts of licences that files are still under."""
    for text in original.texts:
        if text in copy.missing_texts:
            yield Dropped(path="", what="text", was=text)


def _of_file(was: Covered, now: Covered) -> Iterator[Dropped]:
    parts = tuple(map(parse, now.licences))
    says = parts[0] if len(parts) == 1 else All(parts=parts)
    for licence in was.licences:
        if not keeps(parse(licence), says):
            yield Dropped(path=was.path, what="licence", was=licence, now=str(says))
    for notice in was.notices:
        if notice not in now.notices:
            yield Dropped(path=was.path, what="notice", was=notice)
