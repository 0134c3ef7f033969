"""Repositories at the API: listed, made, shown, changed, deleted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from phyle.commons import creating, repositories, settling, showing
from phyle.commons.creating import Wanted
from phyle.commons.git import names, refs, storage
from phyle.commons.repositories import Change, Kind, Repository, Rule, Visibility
from phyle.commons.showing import Described
from phyle.conversation.paging import Page
from phyle.cooperative.seeing import Sight
from phyle.errors import Missing
from phyle.store.transaction import Store
from phyle.web.asked import Asked
from phyle.web.cooperative.endpoints import Endpoint, change, get, pages

READ, WRITE = "read:repositories", "write:repositories"


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """`name`: up to 26 letters, digits and underscores. `visibility`: everybody, the phyle's members, or only those who
    hold a grant."""

    name: str
    kind: Kind = "software"
    visibility: Visibility = "public"
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changing:
    """What shall be otherwise; what is not given stays. `protected`: patterns of branches (`release/*`) that only
    maintainers write and nobody rewrites, besides the first one. `archived`: nothing in it is changed any more."""

    description: str = ""
    visibility: Visibility = "public"
    default_branch: str = ""
    protected: list[str] = field(default_factory=list)
    rule: Rule = "maintainer"
    archived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """It is here no more."""

    name: str


async def list_repositories(asked: Asked, viewer: Sight, page: Page) -> tuple[Sequence[Any], Sequence[int]]:
    """Repositories that one may read, newest first. `kind`: only those of a kind."""
    found = await repositories.page_of(asked.tx, page, asked.text("kind", most=20))
    return await showing.several(asked.tx, asked.viewer.actor_id, found), [each.id for each in found]


async def show(asked: Asked, viewer: Sight) -> Described:
    """A repository."""
    found = await showing.found(asked.tx, asked.viewer.actor_id, asked.args["name"])
    return await showing.described(asked.tx, asked.viewer.actor_id, found)


async def make(asked: Asked) -> Described:
    """Make a repository, empty, and become its first maintainer. A group of its name is made with it, which people
    follow and write to."""
    made = await creating.create(asked.store, asked.me, wanted(asked))
    return await shown(asked, made)


def wanted(asked: Asked) -> Wanted:
    """What was asked for, before anybody looks whether it can be had."""
    kind: Any = asked.text("kind", "software", most=20)
    visibility: Any = asked.text("visibility", "public", most=20)
    return Wanted(
        name=asked.text("name", most=100),
        kind=kind,
        visibility=visibility,
        description=asked.text("description", most=10_000).replace("\r\n", "\n"),
    )


async def shown(asked: Asked, repository: Repository) -> Described:
    """As the one who asks sees it."""
    async with asked.store.reading() as tx:
        return await showing.described(tx, asked.viewer.actor_id, repository)


async def settle(asked: Asked) -> Described:
    """Change a repository. This takes a grant as maintainer. Another rule may wait for a majority of the maintainers;
    then it is a motion."""
    async with asked.store.reading() as tx:
        found = await showing.found(tx, asked.viewer.actor_id, asked.args["name"])
    given = changed(asked)
    if given.default_branch is not None:
        await check_branch(asked.store, found, given.default_branch)
    async with asked.store.transaction() as tx:
        found, _ = await settling.settle(tx, asked.me, found, given)
    if given.default_branch is not None:
        folder = await storage.existing(asked.settings, found.id)
        await refs.set_head(folder, names.branch(given.default_branch))
    return await shown(asked, found)


async def check_branch(store: Store, repository: Repository, branch: str) -> None:
    """Missing if there is no such branch, which could be the first one."""
    ref = names.branch(branch)
    if not await refs.oids(await storage.existing(store.settings, repository.id), [ref]):
        raise Missing("There is no such branch.")


def changed(asked: Asked) -> Change:
    """What was given. Other words than those that there are for it, the law refuses."""
    visibility: Any = asked.text("visibility", most=20) if asked.has("visibility") else None
    rule: Any = asked.text("rule", most=20) if asked.has("rule") else None
    return Change(
        description=asked.text("description", most=10_000) if asked.has("description") else None,
        visibility=visibility,
        default_branch=asked.text("default_branch", most=300) or None,
        protected=asked.texts("protected", most=50) if asked.has("protected") else None,
        rule=rule,
        archived=asked.choice("archived"),
    )


async def delete(asked: Asked) -> Deleted:
    """Delete an archived repository for good. What is a commons of the phyle, nobody deletes; nor forks of it."""
    async with asked.store.transaction() as tx:
        found = await showing.found(tx, asked.viewer.actor_id, asked.args["name"])
        await creating.delete(tx, asked.me.id, found)
    return Deleted(name=found.name)


ENDPOINTS: tuple[Endpoint, ...] = (
    pages("/repositories", list_repositories, list[Described], query={"kind": "Only of this kind."}, scope=READ),
    change("POST", "/repositories", make, Described, body=Making, scope=WRITE),
    get("/repositories/<name>", show, Described, scope=READ),
    change("PATCH", "/repositories/<name>", settle, Described, body=Changing, scope=WRITE),
    change("DELETE", "/repositories/<name>", delete, Deleted, scope=WRITE),
)
