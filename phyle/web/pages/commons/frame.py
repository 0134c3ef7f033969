"""What all pages of a repository share: who may see it, its tabs, what browsers keep of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from phyle import __version__
from phyle.commons.repositories import Repository
from phyle.errors import Refusal
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.commons.opening import base, folder, opened, permitted
from phyle.web.pages.rendering import FOLDER, asset, page

__all__ = [
    "CHANGES",
    "CODE",
    "CONTRIBUTIONS",
    "FORKS",
    "HISTORY",
    "KINDS",
    "LICENCES",
    "PEOPLE",
    "REFS",
    "RELEASES",
    "SETTINGS",
    "TABS",
    "TICKETS",
    "USES",
    "VISIBILITIES",
    "WIKI",
    "Tab",
    "base",
    "folder",
    "framed",
    "opened",
    "permitted",
    "tag",
    "unchanged",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A part of a repository: `path` is what follows `/@NAME.git`."""

    words: str
    path: str


CODE = Tab(words="Files", path="")
HISTORY = Tab(words="History", path="/commits")
REFS = Tab(words="Branches", path="/branches")
TICKETS = Tab(words="Tickets", path="/tickets")
CHANGES = Tab(words="Changes", path="/merge-requests")
RELEASES = Tab(words="Releases", path="/releases")
WIKI = Tab(words="Wiki", path="/wiki")
LICENCES = Tab(words="Licences", path="/licences")
USES = Tab(words="Uses", path="/uses")
CONTRIBUTIONS = Tab(words="Contributions", path="/contributions")
FORKS = Tab(words="Forks", path="/forks")
PEOPLE = Tab(words="People", path="/people")
SETTINGS = Tab(words="Settings", path="/settings")
TABS: tuple[Tab, ...] = (
    CODE,
    HISTORY,
    REFS,
    TICKETS,
    CHANGES,
    RELEASES,
    WIKI,
    LICENCES,
    USES,
    CONTRIBUTIONS,
    FORKS,
    PEOPLE,
    SETTINGS,
)
"""What every page of a repository leads to, in this order. Each topic adds its own."""


KINDS: Mapping[str, str] = {
    "software": "Software",
    "design": "Design",
    "knowledge": "Knowledge",
    "seeds": "Seeds",
    "tools": "Tools",
}
VISIBILITIES: Mapping[str, str] = {"public": "", "members": "Members only", "private": "Private"}


def tag(asked: Asked, repository: Repository, *parts: object) -> str:
    """What a page that strangers see is made of, as an entity tag: it is another when anything of it is; "" for pages
    that only one person sees. `parts`: the commit that is shown, the path, the page."""
    if asked.viewer.known or asked.cookie is not None or asked.form_cookie is not None:
        return ""
    made_of = (__version__, _design(), asked.settings.title, asked.path, asked.query_string, repository, *parts)
    return f'W/"{sha256(repr(made_of).encode()).hexdigest()[:32]}"'


def unchanged(asked: Asked, tag: str) -> Answer | None:
    """The answer to a browser that has this page already (RFC 9110, 13.1.2)."""
    if not tag or tag not in asked.headers.get("if-none-match", ""):
        return None
    return Answer(status=304, content_type="text/html; charset=utf-8", headers={"ETag": tag, **_KEPT})


_KEPT: Mapping[str, str] = {"Cache-Control": "no-cache", "Vary": "Accept, Cookie"}
_designs: dict[str, str] = {}


def _design() -> str:
    """Changes whenever a template does."""
    if "now" not in _designs:
        texts = b"".join(path.read_bytes() for path in sorted(FOLDER.rglob("*.html")))
        _designs["now"] = sha256(texts).hexdigest() + asset("style.css") + asset("commons.css")
    return _designs["now"]


def framed(
    asked: Asked,
    template: str,
    repository: Repository,
    *,
    tab: Tab | None,
    tag: str = "",
    fault: Refusal | None = None,
    **shown: Any,
) -> Answer:
    """A page of a repository. `fault`: what is wrong with a form, which is shown again."""
    answer = page(
        asked,
        f"commons/{template}.html",
        status=fault.status if fault is not None else 200,
        repository=repository,
        base=base(repository),
        tabs=TABS,
        tab=tab,
        kinds=KINDS,
        visibility=VISIBILITIES[repository.visibility],
        fault=fault.sentence if fault is not None else "",
        **shown,
    )
    return replace(answer, headers={**answer.headers, "ETag": tag}) if tag else answer
