"""Repositories: what a project is here, its two actors, and where its objects lie."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

from phyle.commons.events import RepositoryChanged, RepositoryCreated, RepositoryDeleted
from phyle.conversation import groups
from phyle.conversation.paging import Page
from phyle.errors import Conflict, Missing, Unprocessable
from phyle.identity import actors, names, profiles
from phyle.identity.actors import Actor
from phyle.ids import ActorId
from phyle.settings import Settings
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx
from phyle.text import fold, well_formed

SQL = queries(__file__)

KIND = "Repository"
SUFFIX = ".git"
IN_GROUP, IN_REPOSITORY = "phyle:repository", "phyle:group"
"""How the group names its repository, and the repository its group."""
NAME = re.compile(r"[A-Za-z0-9_]{1,26}")
LONGEST_DESCRIPTION = 2000

Kind = Literal["software", "design", "knowledge", "seeds", "tools"]
Visibility = Literal["public", "members", "private"]
NARROWEST: tuple[Visibility, ...] = ("private", "members", "public")
"""First what the fewest may read."""
Rule = Literal["maintainer", "majority", "decision"]
"""Who gives and takes grants: any one maintainer, a majority of them, or decisions of the phyle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """One row of `commons.repositories`. `id` is its actor's, `circle` the group's that people follow. `protected`:
    patterns of branches that only maintainers write, and nobody rewrites. `chain`: of a fork, all that it descends
    from, nearest first, each with `id`, `name`, `clone` and `page`; `origin` is the id of the first."""

    id: ActorId
    circle: ActorId
    name: str
    kind: Kind
    visibility: Visibility
    description: str
    default_branch: str
    protected: Sequence[str]
    rule: Rule
    origin: str | None
    chain: Sequence[Mapping[str, str]]
    created_by: ActorId
    created_at: datetime
    pushed_at: datetime | None
    archived_at: datetime | None
    bytes: int

    @property
    def public(self) -> bool:
        """Whether everybody may read it."""
        return self.visibility == "public"


_COLUMNS = tuple(field.name for field in fields(Repository))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What shall be otherwise; None stays as it is."""

    description: str | None = None
    visibility: Visibility | None = None
    default_branch: str | None = None
    protected: Sequence[str] | None = None
    rule: Rule | None = None
    archived: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The key pairs of both actors as private PEMs, made beforehand in a thread (`accounts.new_keys`)."""

    repository: tuple[str, str]
    circle: tuple[str, str]


def folder(settings: Settings, repository: int) -> Path:
    """Where the bare repository lies. Only its number is in the path."""
    return settings.home / "repositories" / f"{repository}.git"


def clone_address(settings: Settings, repository: Repository) -> str:
    """What `git clone` takes, and the page for people."""
    return f"{settings.origin}/@{repository.name}{SUFFIX}"


def uri(settings: Settings, repository: Repository) -> str:
    """The id of its actor on the wire."""
    return f"{settings.origin}/actors/{repository.id}"


async def create(
    tx: Tx,
    creator: Actor,
    name: str,
    *,
    kind: Kind,
    visibility: Visibility = "public",
    description: str = "",
    chain: Sequence[Mapping[str, str]] = (),
    keys: Keys,
) -> Repository:
    """The row and both actors, in this transaction; the folder is made by whoever holds the disk (`creating`). `chain`:
    of a fork, what it descends from. Raises Unprocessable for what is no name, Conflict for one that is taken."""
    check_name(tx.store.settings, name)
    _check_words(kind=kind, visibility=visibility, description=description)
    rsa, ed25519 = keys.repository
    actor = await actors.create(tx, f"{name}{SUFFIX}", kind=KIND, display_name=name, rsa=rsa, ed25519=ed25519)
    rsa, ed25519 = keys.circle
    circle = await groups.create(
        tx, name, display_name=name, note=description[: profiles.LONGEST_NOTE], rsa=rsa, ed25519=ed25519
    )
    page = ("Repository", f"{tx.store.settings.origin}/@{name}{SUFFIX}")
    circle = await profiles.change(tx, circle, profiles.Change(fields=[page]))
    origin = chain[0]["id"] if chain else None
    row = await tx.change_one(
        SQL.create,
        actor.id,
        circle.id,
        name,
        fold(name),
        kind,
        visibility,
        description,
        origin,
        list(chain),
        creator.id,
    )
    if row is None:
        raise Conflict(f"The name {name} is taken.")
    await groups.settle(tx, circle, properties={IN_GROUP: actor.uri})
    await _hide(tx, row)
    await tx.emit(RepositoryCreated(repository=actor.id))
    return _from_row(row)


async def change(tx: Tx, repository: Repository, given: Change) -> Repository:
    """Other words or rules for a repository. Who may ask for that, `permission` says."""
    wanted = {field.name: getattr(given, field.name) for field in fields(given)}
    if given.visibility is not None or given.description is not None:
        _check_words(
            kind=repository.kind,
            visibility=given.visibility or repository.visibility,
            description=given.description or "",
        )
    if given.rule is not None and given.rule not in get_args(Rule):
        raise Unprocessable("Grants are given by any maintainer, by a majority of them, or by decision.")
    row = await tx.change_one(
        SQL.change,
        repository.id,
        wanted["description"],
        wanted["visibility"],
        wanted["default_branch"],
        None if given.protected is None else list(given.protected),
        wanted["rule"],
        wanted["archived"],
    )
    if row is None:
        raise Missing
    if row["visibility"] != repository.visibility:
        await _hide(tx, row)
    if given.description is not None:
        circle = await actors.by_id(tx, repository.circle)
        await profiles.change(tx, circle, profiles.Change(note=given.description[: profiles.LONGEST_NOTE]))
    await tx.emit(RepositoryChanged(repository=repository.id))
    return _from_row(row)


async def delete(tx: Tx, repository: Repository) -> None:
    """It is here no more: both actors are gone, the name stays taken, the objects are removed by a job. Whether it may
    be, whoever asks for it has found out. Missing if it was deleted before."""
    if not await tx.run(SQL.delete, repository.id):
        raise Missing
    for actor in (repository.id, repository.circle):
        await tx.run(actors.SQL.set_suspended, actor, False)
        await tx.run(actors.SQL.set_deleted, actor)
    await tx.emit(RepositoryDeleted(repository=repository.id, public=repository.public))


async def _hide(tx: Tx, row: Record) -> None:
    """What not everybody may read is at no address: its actors are as absent as those of suspended people."""
    for actor in (row["id"], row["circle"]):
        await tx.run(actors.SQL.set_suspended, actor, row["visibility"] != "public")


async def get(tx: Tx, id: int) -> Repository:
    """Raises Missing."""
    row = await tx.row(SQL.get, id)
    if row is None:
        raise Missing
    return _from_row(row)


async def named(tx: Tx, name: str) -> Repository | None:
    """The repository of this instance with this name, however it is written; with or without `.git`."""
    row = await tx.row(SQL.named, fold(name.removesuffix(SUFFIX)))
    return None if row is None else _from_row(row)


async def at(tx: Tx, uri: str | None) -> Repository | None:
    """The repository of this instance whose actor has this id."""
    prefix = f"{tx.store.settings.origin}/actors/"
    number = (uri or "").removeprefix(prefix)
    if not (uri or "").startswith(prefix) or not (number.isascii() and number.isdigit()) or len(number) > 18:
        return None
    row = await tx.row(SQL.get, int(number))
    return None if row is None else _from_row(row)


async def by_ids(tx: Tx, ids: Sequence[int]) -> dict[int, Repository]:
    """Those of this instance, by id."""
    rows = await tx.rows(SQL.by_ids, list(ids)) if ids else []
    return {row["id"]: _from_row(row) for row in rows}


async def of_circle(tx: Tx, circle: int) -> Repository | None:
    """The repository that a group belongs to, if it belongs to one."""
    row = await tx.row(SQL.of_circle, circle)
    return None if row is None else _from_row(row)


async def listing(tx: Tx, *, below: int | None, limit: int) -> list[Repository]:
    """Newest first. The caller leaves out what its viewer may not read."""
    return [_from_row(row) for row in await tx.rows(SQL.listing, below, limit)]


async def page_of(tx: Tx, page: Page, kind: str = "") -> list[Repository]:
    """One page of them, of one kind or all; newest first. The caller leaves out what its viewer may not read."""
    rows = await tx.rows(page.way(SQL.page_of), page.below, page.above, kind, page.limit)
    return [_from_row(row) for row in page.ordered(rows)]


async def made_by(tx: Tx, actor: int) -> list[Repository]:
    """Those that somebody made, newest first."""
    return [_from_row(row) for row in await tx.rows(SQL.made_by, actor)]


def kind_of(word: str) -> Kind:
    """The kind of this name; `software` for a word that is none."""
    known: Mapping[str, Kind] = {kind: kind for kind in get_args(Kind)}
    return known.get(word, "software")


def check_name(settings: Settings, name: str) -> None:
    """Raises Unprocessable for what no repository can be called."""
    if not NAME.fullmatch(name):
        raise Unprocessable("A repository is called by up to 26 letters, digits and underscores.")
    if names.is_reserved(settings, name):
        raise Unprocessable(f"The name {name} is kept for the instance itself.")


def _check_words(*, kind: str, visibility: str, description: str) -> None:
    if kind not in get_args(Kind):
        raise Unprocessable(f"A repository is of one of these kinds: {', '.join(get_args(Kind))}.")
    if visibility not in get_args(Visibility):
        raise Unprocessable(f"A repository can be read by one of these: {', '.join(get_args(Visibility))}.")
    if len(description) > LONGEST_DESCRIPTION or well_formed(description) != description:
        raise Unprocessable(f"A description is text of at most {LONGEST_DESCRIPTION} characters.")


def _from_row(row: Record) -> Repository:
    values: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    return Repository(**values)
