"""Repositories as they are shown, at the API and on pages: with who made them, and what the one who asks may do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from phyle.commons import forks, grants, permission, repositories
from phyle.commons.permission import Standing
from phyle.commons.repositories import Kind, Repository, Rule, Visibility
from phyle.cooperative.seeing import Account, account
from phyle.errors import Missing
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.transaction import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a fork descends from: its id, name, where it is cloned from, its page."""

    id: str
    name: str
    clone: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A repository. `uri`: of its actor; `url`: its page, and what `git clone` takes; `group`: whom people follow;
    `commons`: whether the phyle took it into its commons by a decision; `chain`: what it was forked from, nearest
    first; `standing`: of who asks. Sizes are bytes."""

    id: str
    uri: str
    url: str
    name: str
    kind: Kind
    visibility: Visibility
    description: str
    default_branch: str
    protected: list[str]
    rule: Rule
    group: Account
    created_by: Account
    created_at: datetime
    pushed_at: datetime | None
    archived_at: datetime | None
    bytes: int
    commons: bool
    chain: list[Origin]
    stars: int
    forks: int
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody who holds a role by a live grant. `grant`: its number, by which it is revoked."""

    grant: str
    account: Account
    role: grants.Role
    given_by: Account | None
    since: datetime
    until: datetime | None


async def found(tx: Tx, viewer: int | None, name: str) -> Repository:
    """The repository of this name, for whoever may read it. Missing, whether there is none or it is not for them."""
    repository = await repositories.named(tx, name)
    if repository is None:
        raise Missing(permission.NONE)
    await permission.require(tx, viewer, repository, "read")
    return repository


async def described(tx: Tx, viewer: int | None, repository: Repository) -> Described:
    """One of them, for whoever may read it."""
    return (await several(tx, viewer, [repository]))[0]


async def several(tx: Tx, viewer: int | None, shown: Iterable[Repository]) -> list[Described]:
    """Those of them that the viewer may read, in their order. What others may read is left out without a word."""
    held = [(each, await permission.standing_of(tx, viewer, each)) for each in shown]
    held = [(each, standing) for each, standing in held if standing != "nobody"]
    wanted = [number for each, _ in held for number in (each.circle, each.created_by, each.id)]
    known, counted = await actors.by_ids(tx, wanted), await forks.counts(tx, [each.id for each, _ in held])
    return [await _described(tx, each, standing, known, counted[each.id]) for each, standing in held]


async def _described(
    tx: Tx, it: Repository, standing: Standing, known: dict[int, Actor], counted: tuple[int, int]
) -> Described:
    return Described(
        id=str(it.id),
        uri=known[it.id].uri,
        url=repositories.clone_address(tx.store.settings, it),
        name=it.name,
        kind=it.kind,
        visibility=it.visibility,
        description=it.description,
        default_branch=it.default_branch,
        protected=list(it.protected),
        rule=it.rule,
        group=account(known[it.circle]),
        created_by=account(known[it.created_by]),
        created_at=it.created_at,
        pushed_at=it.pushed_at,
        archived_at=it.archived_at,
        bytes=it.bytes,
        commons=await permission.is_commons(tx, it),
        chain=chain(it.chain),
        stars=counted[0],
        forks=counted[1],
        standing=standing,
    )


def chain(kept: Sequence[Any]) -> list[Origin]:
    """What a fork descends from, as it is kept."""
    return [Origin(**{name: str(each.get(name, "")) for name in ("id", "name", "clone", "page")}) for each in kept]


async def holders(tx: Tx, repository: Repository) -> list[Holder]:
    """Who holds which role, oldest first. Those who are gone are left out."""
    held = await grants.of(tx, repository.id)
    wanted = [number for each in held for number in (each.holder, each.given_by) if number is not None]
    known = await actors.by_ids(tx, wanted)
    return [
        Holder(
            grant=str(each.id),
            account=account(known[each.holder]),
            role=each.role,
            given_by=account(known[each.given_by]) if each.given_by in known else None,
            since=each.since,
            until=each.until,
        )
        for each in held
        if not known[each.holder].gone
    ]
