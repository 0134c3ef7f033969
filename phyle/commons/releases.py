"""Releases: a tag with a name and words, looked at for its licences, and told to all who follow the project."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from phyle.commons import applying, manifests, permission, pushes, threads, tickets
from phyle.commons.events import Released
from phyle.commons.git import editing, names, refs, storage
from phyle.commons.repositories import Repository
from phyle.commons.tickets import Words
from phyle.cooperative.licences.manifests import Manifest
from phyle.errors import Conflict, Missing, TooLarge, Unavailable
from phyle.identity.actors import Actor
from phyle.ids import ActorId
from phyle.settings import Settings
from phyle.store.sql import queries
from phyle.store.transaction import Record, Store, Tx

SQL = queries(__file__)

MOST_MISSING = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One row of `commons.releases`. `oid`: the commit of the tag when it was published. `missing`: what a look at the
    licences found wanting, in sentences; it keeps nothing from being published."""

    id: int
    repository: ActorId
    tag: str
    oid: str
    title: str
    source: str
    author: ActorId
    missing: Sequence[str]
    post: int | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants to publish. `at`: the branch, tag or commit that a new tag is put on; unused where there is
    the tag."""

    tag: str
    words: Words
    at: str = ""


_COLUMNS = tuple(field.name for field in fields(Release))


def uri(settings: Settings, release: Release) -> str:
    """Its id on the wire."""
    return f"{settings.origin}/objects/{release.id}"


def page(settings: Settings, repository: Repository, release: Release) -> str:
    """Its page for people."""
    return f"{settings.origin}/@{repository.name}.git/releases/{release.tag}"


async def publish(store: Store, by: Actor, repository: Repository, wanted: Wanted) -> Release:
    """A release, by a maintainer; its tag is made if it is not there. Not in a transaction.

    Raises Refused, Conflict (published before), Missing (nothing to put the tag on), Unprocessable (names).
    """
    words = tickets.checked(wanted.words)
    tag = names.tag(wanted.tag.strip())
    async with store.reading() as tx:
        await permission.require(tx, by.id, repository, "push-protected")
        if await tx.row(SQL.tagged, repository.id, names.short(tag)) is not None:
            raise Conflict("This tag was released before.")
    folder = await storage.existing(store.settings, repository.id)
    if tag not in await refs.oids(folder, [tag]):
        commit = await refs.resolve(folder, wanted.at.strip() or repository.default_branch)
        swap = pushes.swapping(store, repository.id, by.id)
        tagger = applying.person(store, by)
        await editing.create_tag(folder, names.short(tag), commit, words.title, tagger, swap=swap)
    commit = await refs.resolve(folder, tag)
    missing = await _missing(folder, commit)
    async with store.transaction() as tx:
        return await _enter(tx, by, repository, names.short(tag), commit, words, missing)


async def _enter(
    tx: Tx, by: Actor, repository: Repository, tag: str, commit: str, words: Words, missing: Sequence[str]
) -> Release:
    row = await tx.change_one(
        SQL.publish, tx.new_id(), repository.id, tag, commit, words.title, words.source, by.id, list(missing)
    )
    if row is None:
        raise Conflict("This tag was released before.")
    made = _from_row(row)
    if repository.public:
        settings = tx.store.settings
        topic = threads.Topic(
            title=f"{repository.name} {tag}: {words.title}"[:200],
            text=words.source,
            by=by,
            what=f"released {tag}",
            page=page(settings, repository, made),
            extension={"phyle:release": uri(settings, made)},
        )
        made = _given(await tx.change_one(SQL.set_post, made.id, await threads.begin(tx, repository, topic)))
    await tx.emit(Released(release=made.id))
    return made


async def _missing(folder: Path, commit: str) -> list[str]:
    """What REUSE asks for and the commit has not; one sentence where that cannot be found out."""
    try:
        read = await manifests.of_commit(folder, commit)
    except (Unavailable, TooLarge):
        return ["This could not be looked at: it is too large."]
    found = wanting(read.manifest)
    return found if read.whole else [*found, "Not all files were looked at: there are too many."]


def wanting(manifest: Manifest) -> list[str]:
    """What is missing in a manifest, in sentences for people."""
    several: list[tuple[Sequence[str], str]] = [
        (manifest.unlicensed, "Files that do not say under which licence they are"),
        (manifest.unnoticed, "Files that do not say whose they are"),
        (manifest.missing_texts, "Licences whose text is not in LICENSES/"),
        (manifest.unknown, "Licences that SPDX does not know"),
        (manifest.unused_texts, "Texts in LICENSES/ that no file names"),
        ([path for path, _ in manifest.bad], "Files that cannot be read"),
    ]
    return [f"{words} ({len(paths)}): {_some(paths)}." for paths, words in several if paths][:MOST_MISSING]


def _some(paths: Sequence[str]) -> str:
    shown = ", ".join(path[:100] for path in paths[:5])
    return shown if len(paths) <= 5 else f"{shown} and others"


async def edit(tx: Tx, by: Actor, repository: Repository, release: Release, words: Words) -> Release:
    """Other words, by a maintainer."""
    if release.repository != repository.id:
        raise Missing
    await permission.require(tx, by.id, repository, "maintain")
    words = tickets.checked(words)
    return _given(await tx.change_one(SQL.edit, release.id, words.title, words.source))


async def get(tx: Tx, id: int) -> Release:
    """Raises Missing."""
    return _given(await tx.row(SQL.get, id))


async def tagged(tx: Tx, repository: Repository, tag: str) -> Release:
    """The release of a tag. Raises Missing."""
    return _given(await tx.row(SQL.tagged, repository.id, tag))


async def of(tx: Tx, repository: Repository, *, below: int | None = None, limit: int = 40) -> list[Release]:
    """The releases of a repository, newest first."""
    return [_from_row(row) for row in await tx.rows(SQL.of, repository.id, below, limit)]


def _given(row: Record | None) -> Release:
    if row is None:
        raise Missing
    return _from_row(row)


def _from_row(row: Record) -> Release:
    values: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    return Release(**values)
