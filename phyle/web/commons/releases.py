"""Releases at the API."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from phyle.commons import releases, showing
from phyle.commons.releases import Release, Wanted
from phyle.commons.repositories import Repository
from phyle.commons.tickets import Words
from phyle.conversation.paging import Page
from phyle.cooperative.seeing import Account, Sight, account
from phyle.identity import actors
from phyle.store.transaction import Tx
from phyle.web.asked import Asked
from phyle.web.commons.repositories import READ, WRITE
from phyle.web.cooperative.endpoints import Endpoint, change, get, pages

AT = "/repositories/<name>/releases"


@dataclass(frozen=True, slots=True, kw_only=True)
class Releasing:
    """`tag`: its name; it is put on `at` (a branch, tag or commit; the first branch if nothing is said) if it is not
    there yet. `text`: Markdown."""

    tag: str
    title: str
    text: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewording:
    """Other words."""

    title: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRelease:
    """A release. `commit`: of its tag; `archive`: where it is downloaded; `missing`: what a look at the licences found
    wanting; `status`: the post about it."""

    id: str
    uri: str
    url: str
    tag: str
    commit: str
    title: str
    text: str
    author: Account
    missing: list[str]
    archive: str
    status: str | None
    at: datetime


async def several(tx: Tx, repository: Repository, found: Sequence[Release]) -> list[ShownRelease]:
    """As they are shown."""
    settings = tx.store.settings
    known = await actors.by_ids(tx, [each.author for each in found])
    return [
        ShownRelease(
            id=str(each.id),
            uri=releases.uri(settings, each),
            url=releases.page(settings, repository, each),
            tag=each.tag,
            commit=each.oid,
            title=each.title,
            text=each.source,
            author=account(known[each.author]),
            missing=list(each.missing),
            archive=f"{settings.origin}/@{repository.name}.git/archive/{each.oid}.tar.gz",
            status=None if each.post is None else str(each.post),
            at=each.at,
        )
        for each in found
    ]


async def list_releases(asked: Asked, viewer: Sight, page: Page) -> tuple[Sequence[Any], Sequence[int]]:
    """The releases of a repository, newest first."""
    repository = await showing.found(asked.tx, asked.viewer.actor_id, asked.args["name"])
    found = await releases.of(asked.tx, repository, below=page.max_id, limit=page.limit)
    return await several(asked.tx, repository, found), [each.id for each in found]


async def show_release(asked: Asked, viewer: Sight) -> ShownRelease:
    """One release."""
    repository = await showing.found(asked.tx, asked.viewer.actor_id, asked.args["name"])
    return (await several(asked.tx, repository, [await _named(asked.tx, repository, asked)]))[0]


async def _named(tx: Tx, repository: Repository, asked: Asked) -> Release:
    return await releases.tagged(tx, repository, asked.args["tag"])


async def publish(asked: Asked) -> ShownRelease:
    """Publish a release, told to all who follow the project; for maintainers. What is missing of licences is said, and
    keeps nothing from being published."""
    async with asked.store.reading() as tx:
        repository = await showing.found(tx, asked.me.id, asked.args["name"])
    made = await releases.publish(asked.store, asked.me, repository, wanted(asked))
    async with asked.store.reading() as tx:
        return (await several(tx, repository, [made]))[0]


def wanted(asked: Asked) -> Wanted:
    """What is to be published."""
    return Wanted(tag=asked.text("tag", most=300), words=_words(asked), at=asked.text("at", most=300))


def _words(asked: Asked) -> Words:
    return Words(title=asked.text("title", most=1000), source=asked.text("text", most=100_000))


async def reword(asked: Asked) -> ShownRelease:
    """Change the words of a release; for maintainers."""
    async with asked.store.transaction() as tx:
        repository = await showing.found(tx, asked.me.id, asked.args["name"])
        found = await _named(tx, repository, asked)
        changed = await releases.edit(tx, asked.me, repository, found, _words(asked))
        return (await several(tx, repository, [changed]))[0]


ENDPOINTS: tuple[Endpoint, ...] = (
    pages(AT, list_releases, list[ShownRelease], scope=READ),
    change("POST", AT, publish, ShownRelease, body=Releasing, scope=WRITE),
    get(f"{AT}/<path:tag>", show_release, ShownRelease, scope=READ),
    change("PUT", f"{AT}/<path:tag>", reword, ShownRelease, body=Rewording, scope=WRITE),
)
