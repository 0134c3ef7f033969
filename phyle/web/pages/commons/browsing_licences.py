"""The page of licences: under which each file of a commit is, and what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from phyle.commons import manifests
from phyle.commons.browsing import places
from phyle.commons.browsing.naming import address, read, words
from phyle.cooperative.licences.manifests import Covered, Manifest
from phyle.errors import Refusal
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.commons.frame import LICENCES, folder, framed, opened, tag, unchanged

MOST = 2_000
"""Files that a page shows."""
_MISSING: Mapping[str, str] = {
    "unlicensed": "Files that do not say under which licence they are",
    "unnoticed": "Files that do not say whose they are",
    "missing_texts": "Licences whose text is not in LICENSES/",
    "unused_texts": "Texts in LICENSES/ that no file is under",
    "unknown": "Licences that are not in the list of SPDX",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Something that is missing: what, the first of them, and how many there are."""

    words: str
    of: Sequence[str]
    count: int


async def show(asked: Asked) -> Answer:
    """GET /@NAME.git/licences/REF: each file's licence expressions, as REUSE 3.3 and SPDX write them."""
    repository = await opened(asked)
    git, rest = folder(asked, repository), asked.args.get("rest", "")
    place = await places.tip(git, rest) if rest else await places.first(git, repository.default_branch)
    if place is None:
        return framed(asked, "licences", repository, tab=LICENCES, place=None)
    version = tag(asked, repository, place)
    if answer := unchanged(asked, version):
        return answer
    found = await manifests.of_commit(git, place.commit)
    manifest = found.manifest
    return framed(
        asked,
        "licences",
        repository,
        tab=LICENCES,
        tag=version,
        place=place,
        manifest=manifest,
        expression=_expression(manifest),
        whole=found.whole,
        files=[_row(file) for file in manifest.files[:MOST]],
        lacks=lacks(manifest),
        most=MOST,
    )


def _row(file: Covered) -> tuple[Covered, str, str]:
    """A file with its name for people, and for addresses."""
    path = read(file.path)
    return file, words(path), address(path)


def lacks(manifest: Manifest) -> list[Lack]:
    """What is missing, by kind."""
    found = ((title, getattr(manifest, name)) for name, title in _MISSING.items())
    lacks = [Lack(words=title, of=of[:20], count=len(of)) for title, of in found if of]
    bad = [f"{path}: {reason}" for path, reason in manifest.bad]
    return [*lacks, *([Lack(words="What cannot be read", of=bad[:20], count=len(bad))] if bad else [])]


def _expression(manifest: Manifest) -> str:
    try:
        return manifest.expression
    except Refusal:
        return ""
