"""The pages of how a repository came to be as it is: history, commits, comparisons, blame."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from phyle.commons.browsing import blaming, comparing, history, places, trees
from phyle.commons.browsing.diffs import Diff, File
from phyle.commons.browsing.naming import address, words
from phyle.commons.browsing.places import Place
from phyle.commons.git import objects
from phyle.commons.repositories import Repository
from phyle.errors import Malformed, Missing
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.commons.crumbs import crumbs
from phyle.web.pages.commons.frame import HISTORY, REFS, base, folder, framed, opened, tag, unchanged
from phyle.web.pages.commons.rows import blamed, difference

_MANY = 2_000  # lines of a difference from which on a thread writes the rows


async def commits(asked: Asked) -> Answer:
    """GET /@NAME.git/commits/REF/PATH: what led to it, page by page (`skip`)."""
    repository = await opened(asked)
    place = await _place(asked, repository)
    if place is None:
        return framed(asked, "history", repository, tab=HISTORY, place=None, part=None, crumbs=[], later=None)
    version = tag(asked, repository, place)
    if answer := unchanged(asked, version):
        return answer
    follow = bool(place.path) and await _is_file(asked, repository, place)
    part = await history.log(folder(asked, repository), place, skip=asked.number("skip") or 0, follow=follow)
    return framed(
        asked,
        "history",
        repository,
        tab=HISTORY,
        tag=version,
        place=place,
        part=part,
        crumbs=crumbs(place),
        later=part.more,
    )


async def _place(asked: Asked, repository: Repository) -> Place | None:
    rest = asked.args.get("rest", "")
    git = folder(asked, repository)
    return await places.find(git, rest) if rest else await places.first(git, repository.default_branch)


async def _is_file(asked: Asked, repository: Repository, place: Place) -> bool:
    """Whether it is a file now; what is gone still has a history, but is not followed through renames."""
    async with objects.opened(folder(asked, repository)) as reading:
        try:
            return (await trees.entry_at(reading, place.commit, place.path)).kind == "file"
        except Missing:
            return False


async def commit(asked: Asked) -> Answer:
    """GET /@NAME.git/commit/ID: what it says, and what it changed."""
    repository = await opened(asked)
    git = folder(asked, repository)
    place = await places.tip(git, asked.args["commit"])
    if not place.pinned or place.commit != asked.args["commit"]:
        return redirect(f"{base(repository)}/commit/{place.commit}")
    version = tag(asked, repository, place)
    if answer := unchanged(asked, version):
        return answer
    found = await history.one(git, place.commit)
    diff = await comparing.of_commit(git, found)
    return framed(
        asked, "commit", repository, tab=HISTORY, tag=version, commit=found, place=place, changes=await changes(diff)
    )


async def compare(asked: Asked) -> Answer:
    """GET /@NAME.git/compare/A...B: what B has that A has not; without them, a form that asks for them."""
    repository = await opened(asked)
    git = folder(asked, repository)
    rest = asked.args.get("rest", "")
    if not rest and asked.text("to"):
        old_name, new_name = _typed(asked, "from", repository.default_branch), _typed(asked, "to")
        return redirect(f"{base(repository)}/compare/{old_name}...{new_name}")
    if not rest:
        return framed(asked, "compare", repository, tab=REFS, comparison=None, old=None, new=None)
    first, dots, second = rest.partition("...")
    if not dots:
        raise Malformed("Write what to compare as A...B.")
    old, new = await places.tip(git, first), await places.tip(git, second)
    version = tag(asked, repository, old, new)
    if answer := unchanged(asked, version):
        return answer
    found = await comparing.three_dots(git, old.commit, new.commit)
    return framed(
        asked,
        "compare",
        repository,
        tab=REFS,
        tag=version,
        comparison=found,
        old=old,
        new=new,
        changes=await changes(found.diff),
    )


def _typed(asked: Asked, name: str, default: str = "") -> str:
    """The name of a branch, tag or commit as a part of an address."""
    return address((asked.text(name, most=250).strip() or default).encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """A difference for its template (`bits.changes`): the files, each with its rows as HTML, and the lines in all."""

    diff: Diff
    files: Sequence[tuple[File, str]]
    lines: int


async def changes(diff: Diff) -> Changes:
    """A difference, ready to be shown."""
    lines = sum(len(hunk.lines) for file in diff.files for hunk in file.hunks)
    if lines < _MANY:
        rows = [difference(file) for file in diff.files]
    else:
        rows = await asyncio.to_thread(lambda: [difference(file) for file in diff.files])
    return Changes(diff=diff, files=list(zip(diff.files, rows, strict=True)), lines=lines)


async def blame(asked: Asked) -> Answer:
    """GET /@NAME.git/blame/REF/PATH: which commit each line comes from."""
    repository = await opened(asked)
    git = folder(asked, repository)
    place = await places.find(git, asked.args["rest"])
    version = tag(asked, repository, place)
    if answer := unchanged(asked, version):
        return answer
    await blaming.check(git, place)
    blocks = await blaming.blame(git, place)
    return framed(
        asked,
        "blame",
        repository,
        tab=HISTORY,
        tag=version,
        place=place,
        rows=blamed(blocks, base(repository)),
        name=words(place.path.rpartition(b"/")[2]),
        crumbs=crumbs(place),
    )
