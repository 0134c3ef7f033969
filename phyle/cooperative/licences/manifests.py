"""Manifests: under which licence each file of a work is, whose it is, and what is missing (REUSE 3.3, SPDX)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from posixpath import basename, dirname, splitext

from phyle.cooperative.licences import annotations, tags
from phyle.cooperative.licences.annotations import Annotation, Patience
from phyle.cooperative.licences.expressions import Expression, licences, parse
from phyle.cooperative.licences.spelling import is_known
from phyle.cooperative.licences.tags import Said
from phyle.errors import Malformed

TEXTS = "LICENSES/"
SIDECAR = ".license"
_NOT_COVERED = re.compile(
    r"(.*/)?(\.git|\.hg|\.sl|LICENSES|\.reuse)/.*"
    r"|(.*/)?(LICEN[CS]E([-.][^/]*)?|COPYING([-.][^/]*)?|\.git|\.hgtags|REUSE\.toml|[^/]*\.license"
    r"|[^/]*\.spdx(\.(rdf|json|xml|ya?ml))?)",
    re.DOTALL,
)
"""Files of which nobody asks under which licence they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """One file: the expressions that say under which licence it is, all of which hold, and its copyright notices."""

    path: str
    licences: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All files of a work by path. `texts`: the licences whose text is in LICENSES/. `missing_texts`: of those that
    files name; `unused_texts`: of those that none names. `unlicensed`, `unnoticed`: files that say no licence, no
    holder. `unknown`: ids that SPDX's list does not know; `bad`: what cannot be read, by path, with the reason."""

    files: tuple[Covered, ...]
    texts: tuple[str, ...] = ()
    missing_texts: tuple[str, ...] = ()
    unused_texts: tuple[str, ...] = ()
    unlicensed: tuple[str, ...] = ()
    unnoticed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    bad: tuple[tuple[str, str], ...] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing is missing, as REUSE asks."""
        wrong = (self.missing_texts, self.unused_texts, self.unlicensed, self.unnoticed, self.unknown, self.bad)
        return not any(wrong)

    @property
    def expressions(self) -> tuple[str, ...]:
        """Every expression that some file is under, in order of the alphabet."""
        return tuple(sorted({each for file in self.files for each in file.licences}))

    @property
    def expression(self) -> str:
        """What the work is under as a whole: all of what its files are under; empty if none says anything."""
        found = [parse(each) for each in self.expressions]
        return " AND ".join(f"({each})" if len(found) > 1 and " OR " in str(each) else str(each) for each in found)


@dataclass(slots=True)
class _Seen:
    """What was read of a work so far."""

    files: dict[str, Said] = field(default_factory=dict)
    sidecars: dict[str, Said] = field(default_factory=dict)
    tables: dict[str, tuple[Annotation, ...]] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)
    bad: list[tuple[str, str]] = field(default_factory=list)


def manifest(files: Iterable[tuple[str, bytes]]) -> Manifest:
    """The manifest of a work's files: path from its root and the beginning of the content (`tags.HEAD` bytes are looked
    at; a REUSE.toml is needed whole), in any order, sidecars and texts of licences among them. Without symbolic links,
    submodules and empty files, of which nothing is asked."""
    seen = _Seen()
    for path, head in files:
        _look(seen, path, head)
    try:
        covered = _all_covered(seen)
    except Malformed as error:  # as if there were none: each file speaks for itself
        seen.tables.clear()
        seen.bad.append((annotations.NAME, error.sentence))
        covered = _all_covered(seen)
    return _summed(seen, covered)


def _all_covered(seen: _Seen) -> list[Covered]:
    patience = Patience()
    return [_covered(seen, path, patience) for path in sorted(seen.files)]


def _look(seen: _Seen, path: str, head: bytes) -> None:
    if path.startswith(TEXTS) and not path.endswith(SIDECAR):
        seen.texts.add(_id_of(path))
    elif path.endswith(SIDECAR):
        seen.sidecars[path.removesuffix(SIDECAR)] = tags.read(head)
    elif basename(path) == annotations.NAME:
        try:
            seen.tables[dirname(path)] = annotations.read(head)
        except Malformed as error:
            seen.bad.append((path, error.sentence))
    elif head and not _NOT_COVERED.fullmatch(path):
        seen.files[path] = tags.read(head)


def _id_of(path: str) -> str:
    """The id of a licence from the name of its text: with an ending (MIT.txt), or without."""
    name = basename(path)
    stem, ending = splitext(name)
    return stem if ending in (".txt", ".md", ".html", ".rst") or not is_known(name) else name


def _covered(seen: _Seen, path: str, patience: Patience) -> Covered:
    """What holds for a file: of what it says itself, or a file beside it, and of what is annotated."""
    own = seen.sidecars.get(path, seen.files[path])
    fallbacks, found = list[Said](), list[Said]()
    for annotation in _annotated(seen, path, patience):
        if annotation.precedence == "override":
            return _joined(path, [*found, annotation.said])
        (found if annotation.precedence == "aggregate" else fallbacks).append(annotation.said)
    found.append(own)
    licensed, noticed = bool(own.licences), bool(own.notices)
    for said in reversed(fallbacks):  # the deepest is the closest
        found.append(Said(licences=() if licensed else said.licences, notices=() if noticed else said.notices))
        licensed, noticed = licensed or bool(said.licences), noticed or bool(said.notices)
    return _joined(path, found)


def _annotated(seen: _Seen, path: str, patience: Patience) -> Iterator[Annotation]:
    """The tables that are about a file, from the root of the work down."""
    folders = [""]
    for part in dirname(path).split("/") if "/" in path else []:
        folders.append(f"{folders[-1]}/{part}".lstrip("/"))
    for folder in folders:
        below = path[len(folder) + 1 :] if folder else path
        found = annotations.about(below, seen.tables.get(folder, ()), patience)
        if found is not None:
            yield found


def _joined(path: str, found: Iterable[Said]) -> Covered:
    said = tuple(found)
    return Covered(
        path=path,
        licences=tuple(dict.fromkeys(licence for each in said for licence in each.licences)),
        notices=tuple(dict.fromkeys(notice for each in said for notice in each.notices)),
    )


def _summed(seen: _Seen, covered: list[Covered]) -> Manifest:
    """The manifest, with what is missing. An expression that cannot be read counts as none."""
    bad, used = list(seen.bad), set[str]()
    for place, file in enumerate(covered):
        readable = []
        for text in file.licences:
            try:
                expression = parse(text)
            except Malformed as error:
                bad.append((file.path, error.sentence))
            else:
                readable.append(str(expression))
                used |= set(_named(expression))
        covered[place] = Covered(path=file.path, licences=tuple(readable), notices=file.notices)
    return Manifest(
        files=tuple(covered),
        texts=tuple(sorted(seen.texts)),
        missing_texts=tuple(sorted(used - seen.texts)),
        unused_texts=tuple(sorted(seen.texts - used)),
        unlicensed=tuple(file.path for file in covered if not file.licences),
        unnoticed=tuple(file.path for file in covered if not file.notices),
        unknown=tuple(sorted(id for id in used | seen.texts if not is_known(id))),
        bad=tuple(bad),
    )


def _named(expression: Expression) -> Iterator[str]:
    """The licences and exceptions whose texts belong to the work."""
    for each in licences(expression):
        yield each.id
        if each.exception:
            yield each.exception
