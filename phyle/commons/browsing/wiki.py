"""The wiki of a repository: the Markdown files in its folder `wiki`, so that it is cloned and forked with the rest."""

from collections.abc import Sequence
from dataclasses import dataclass

from phyle.commons.browsing import trees
from phyle.commons.browsing.naming import words
from phyle.commons.browsing.places import Place
from phyle.commons.git.objects import Objects
from phyle.errors import Missing, Unprocessable

FOLDER = "wiki"
HOME = "Home"
LONGEST = 100_000
"""Characters of a page that is written here."""
_ENDING = b".md"
_LONGEST_TITLE = 100
_NO_TITLE = frozenset('/\\<>:"|?*#[]')


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page: its title, and its path in the repository."""

    title: str
    path: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A page with its text. `oid`: of its file as it was read."""

    page: Page
    oid: str
    raw: bytes


def title_of(name: bytes) -> str:
    """What a page is called whose file has this name."""
    return words(name.removesuffix(_ENDING)).replace("-", " ")


def path_of(title: str) -> str:
    """Where a new page of this title is kept. Raises Unprocessable for what cannot be a title."""
    plain = " ".join(title.split())
    unfit = not plain.isprintable() or plain.startswith((".", "-", "_")) or not _NO_TITLE.isdisjoint(plain)
    if not plain or unfit or len(plain) > _LONGEST_TITLE:
        raise Unprocessable(f"A page is called by up to {_LONGEST_TITLE} letters, digits and spaces.")
    return f"{FOLDER}/{plain.replace(' ', '-')}{_ENDING.decode()}"


async def pages(objects: Objects, place: Place) -> list[Page]:
    """All pages at a commit, by title."""
    try:
        folder = await trees.entry_at(objects, place.commit, FOLDER.encode())
        entries = await trees.folder(objects, folder.oid)
    except Missing:
        return []
    files = [each for each in entries if each.kind == "file" and each.name.lower().endswith(_ENDING)]
    return [Page(title=title_of(each.name), path=b"/".join((FOLDER.encode(), each.name))) for each in files]


def named(pages: Sequence[Page], title: str) -> Page | None:
    """The page that a title means, however its spaces and capitals are written."""
    return next((page for page in pages if _key(page.title) == _key(title)), None)


def _key(title: str) -> str:
    return " ".join(title.replace("-", " ").replace("_", " ").split()).casefold()


async def read(objects: Objects, place: Place, page: Page) -> Written:
    """A page's text. Raises Missing, TooLarge."""
    entry = await trees.entry_at(objects, place.commit, page.path)
    return Written(page=page, oid=entry.oid, raw=(await objects.read(entry.oid, most=4 * LONGEST))[1])
