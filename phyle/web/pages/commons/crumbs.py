"""Where somebody is in a repository, for the top of a page and for the links of a text."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from phyle.commons.browsing.naming import address, words
from phyle.commons.browsing.places import Place
from phyle.commons.browsing.showing import Around
from phyle.commons.repositories import Repository
from phyle.web.pages.commons.frame import base


@dataclass(frozen=True, slots=True, kw_only=True)
class Crumb:
    """A folder on the way, or the place itself: its name and `REF/PATH`."""

    words: str
    address: str


def crumbs(place: Place) -> list[Crumb]:
    """The folders above a place, the outermost first, and the place itself."""
    parts = place.path.split(b"/") if place.path else []
    above = [place.at(b"/".join(parts[: count + 1])) for count in range(len(parts))]
    return [Crumb(words=words(part), address=each.address) for part, each in zip(parts, above, strict=True)]


def parent(place: Place) -> str:
    """The folder that a file lies in, as text."""
    found = str(PurePosixPath(place.path.decode(errors="replace")).parent)
    return "" if found == "." else found


def around(repository: Repository, place: Place, where: str, *, wiki: str = "") -> Around:
    """Where a text in the folder `where` stands."""
    return Around(base=base(repository), ref=address(place.ref.encode()), folder=where, wiki=wiki)
