"""Agreements: uses as other phyles know them. What was declared from here, and the registers that others told us of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson

from phyle.commons.repositories import Repository
from phyle.conversation.paging import Page
from phyle.cooperative.law.commons.uses import Use
from phyle.errors import Missing
from phyle.identity.actors import Actor
from phyle.settings import Settings
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx
from phyle.text import well_formed

SQL = queries(__file__)

MOST_LISTED = 500
LONGEST_REASON = 5000
State = Literal["sent", "recorded", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What somebody here declared to another phyle. `state`: sent; recorded there, as `agreement`; or refused for a
    `reason`: where the terms of the work refuse the use it is recorded there as well. `origin`: of the ledger there."""

    id: str
    kind: str
    home: int
    origin: str
    payload: Mapping[str, Any]
    state: State
    reason: str
    agreement: str | None
    receipt: Mapping[str, Any] | None
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UseElsewhere:
    """A use in the ledger of another phyle, as that phyle tells it. `repository`: the id of the work's repository;
    `use`: what was declared and what became of it; `says`: that in a line; `page`: where it is shown."""

    id: str
    uri: str
    repository: str
    title: str
    name: str
    phase: str
    says: str
    page: str
    use: Mapping[str, Any]
    changed_at: datetime


async def number(tx: Tx, repository: Repository, place: str) -> int:
    """The number of the use `work/use` of a repository's work, by which others know it."""
    found: int = await tx.value(SQL.number, tx.new_id(), place, repository.id)
    return found


def uri(settings: Settings, number: int) -> str:
    """The id of an agreement."""
    return f"{settings.origin}/objects/{number}"


async def changed(tx: Tx, place: str, use: Use) -> bool:
    """Whether others have not been told how the use is now; from now on they have."""
    state = f"{use.phase} {len(use.objections)} {use.ruling or ''} {use.ruled}"
    return await tx.value(SQL.told, place, state) is not None


async def declared(
    tx: Tx, activity: str, actor: Actor, home: Actor, *, origin: str, act: str, kind: str, payload: Mapping[str, Any]
) -> int:
    """It is on its way by this activity; its number."""
    id = tx.new_id()
    await tx.run(SQL.declare, id, activity, actor.id, home.id, origin, act, kind, dict(payload))
    return id


async def of(tx: Tx, actor: int, page: Page) -> list[Declaration]:
    """What somebody here declared elsewhere, the newest first."""
    rows = await tx.rows(page.way(SQL.declarations_of), actor, page.below, page.above, page.limit)
    return page.ordered([_declaration(row) for row in rows])


async def own(tx: Tx, actor: int, id: int) -> Declaration:
    """One of them. Missing for anybody else."""
    row = await tx.row(SQL.own_declaration, id, actor)
    if row is None:
        raise Missing("There is no such declaration of yours.")
    return _declaration(row)


async def by_activity(tx: Tx, uri: str) -> Declaration | None:
    """The declaration that went with an activity."""
    row = await tx.row(SQL.declaration, uri)
    return None if row is None else _declaration(row)


async def answered(
    tx: Tx, activity: str, state: State, *, reason: str, agreement: str | None, receipt: Mapping[str, Any] | None
) -> None:
    """What its home says of it."""
    await tx.run(SQL.answered, activity, state, well_formed(reason)[:LONGEST_REASON], agreement, receipt)


async def concerns(tx: Tx, repository: str, agreement: str) -> bool:
    """Whether a use of a repository elsewhere is of interest: a fork of it is here, or it was declared from here."""
    line = orjson.loads(orjson.dumps([{"id": repository}]))
    return bool(await tx.value(SQL.concerns, line, agreement))


async def keep(
    tx: Tx, home: Actor, *, uri: str, repository: str, name: str, phase: str, document: Mapping[str, Any]
) -> None:
    """What its home tells of a use, in place of what it told before."""
    await tx.run(SQL.keep, tx.new_id(), uri, repository, home.id, name, phase, dict(document))


async def elsewhere(tx: Tx, page: Page, *, name: str = "") -> list[UseElsewhere]:
    """Uses that others told of, the newest first; of one entity if it is named."""
    bounds = (page.below, page.above, page.limit)
    rows = await (
        tx.rows(page.way(SQL.elsewhere_by), *bounds, name) if name else tx.rows(page.way(SQL.elsewhere), *bounds)
    )
    return page.ordered([_elsewhere(row) for row in rows])


async def of_line(tx: Tx, repository: Repository) -> list[UseElsewhere]:
    """The uses of all that a fork descends from, as far as their homes are elsewhere and told of them."""
    line = [str(each["id"]) for each in repository.chain]
    rows: Sequence[Record] = await tx.rows(SQL.elsewhere_of, line, MOST_LISTED) if line else []
    return [_elsewhere(row) for row in rows]


async def forks_here(tx: Tx, origin: str) -> list[int]:
    """The numbers of the repositories here that were forked from one elsewhere."""
    return [row["id"] for row in await tx.rows(SQL.forks_of, origin)]


def _declaration(row: Record) -> Declaration:
    same = {name: row[name] for name in Declaration.__dataclass_fields__ if name != "id"}
    return Declaration(id=str(row["id"]), **same)


def _elsewhere(row: Record) -> UseElsewhere:
    document = row["document"]
    use = document.get("phyle:use")
    return UseElsewhere(
        id=str(row["id"]),
        uri=row["uri"],
        repository=row["repository"],
        title=str(document.get("name") or "")[:300],
        name=row["name"],
        phase=row["phase"],
        says=str(document.get("summary") or "")[:500],
        page=str(document.get("url") or row["uri"])[:2048],
        use=use if isinstance(use, Mapping) else {},
        changed_at=row["changed_at"],
    )
