"""What stands beside the overview of a repository: its people, releases, forks, needs, licences."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from phyle.commons import forks, grants, manifests, needs, releases
from phyle.commons.repositories import Repository
from phyle.errors import Refusal
from phyle.federation.urls import safe_link
from phyle.identity import actors
from phyle.ids import ActorId
from phyle.store.transaction import Tx
from phyle.web.asked import Asked
from phyle.web.commons.opening import base
from phyle.web.pages.cards import person

_LINES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Lines with what they lead to ("" for nowhere), `empty` where there are none, `more`: words and address."""

    title: str
    lines: Sequence[tuple[str, str]]
    empty: str = ""
    more: tuple[str, str] | None = None


Describe = Callable[[Tx, Repository, ActorId | None], Awaitable[Section | None]]
"""What a topic says beside the overview to this viewer (who may read the repository); None: nothing."""


async def sections(asked: Asked, repository: Repository) -> list[Section]:
    """All that the database knows."""
    async with asked.store.reading() as tx:
        found = [await describe(tx, repository, asked.viewer.actor_id) for describe in SECTIONS]
    return [section for section in found if section is not None]


async def licences(folder: Path, repository: Repository, commit: str) -> Section | None:
    """Under which licence it is as a whole, unless that would take long to find out."""
    try:
        found = await manifests.brief(folder, commit)
        expression = found.manifest.expression if found is not None else ""
    except Refusal:
        return None
    if found is None:
        return None
    where = f"{base(repository)}/licences/{commit}"
    incomplete = "" if found.manifest.complete else " (incomplete)"
    lines = [(f"{expression}{incomplete}", where)] if expression else []
    return Section(title="Licence", lines=lines, empty="None is said.", more=("File by file", where))


async def _maintainers(tx: Tx, repository: Repository, viewer: ActorId | None) -> Section:
    holders = [each.holder for each in await grants.of(tx, repository.id) if each.role == "maintainer"]
    known = await actors.by_ids(tx, holders)
    people = [person(known[holder], tx.store.settings) for holder in dict.fromkeys(holders) if holder in known]
    return Section(title="Maintainers", lines=[(each.handle, each.page) for each in people], empty="Nobody at present.")


async def _needs(tx: Tx, repository: Repository, viewer: ActorId | None) -> Section | None:
    if not repository.public:
        return None
    found = await needs.here(tx, needs.Wanted(limit=_LINES), repository)
    lines = [(each.title, safe_link(each.page) or "") for each in found]
    where = f"{base(repository)}/tickets"
    return Section(title="Needed", lines=lines, empty="Nothing at present.", more=("All tickets", where))


async def _releases(tx: Tx, repository: Repository, viewer: ActorId | None) -> Section | None:
    where = f"{base(repository)}/releases"
    lines = [(each.title or each.tag, where) for each in await releases.of(tx, repository, limit=2)]
    return Section(title="Releases", lines=lines, more=("All releases", where)) if lines else None


async def _forks(tx: Tx, repository: Repository, viewer: ActorId | None) -> Section | None:
    found = await forks.of(tx, repository.id)
    lines = [(each.name or each.uri, safe_link(each.uri) or "") for each in found[:_LINES]]
    more = (f"All {len(found)} forks", f"{base(repository)}/forks") if len(found) > _LINES else None
    return Section(title="Forks", lines=lines, empty="None yet.", more=more)


SECTIONS: tuple[Describe, ...] = (_maintainers, _needs, _releases, _forks)
"""In this order. Each topic adds its own."""
