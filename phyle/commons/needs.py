"""What is needed, here and at all phyles that are known: by what it is about and what it takes."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from phyle.commons import repositories, tickets
from phyle.commons.repositories import Repository
from phyle.commons.tickets import Ticket, Words
from phyle.errors import Missing
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx

SQL = queries(__file__)

MOST_OF_HOST = 500
"""How much of one phyle is kept."""
KEPT = timedelta(days=14)
"""After which what nobody repeats is not needed any more, as far as we know."""
EVERY, LONGEST_PAUSE = timedelta(hours=2), timedelta(days=14)
AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """Something that is needed. `host`: "" for here; `page`: where people read and do it; `project`: the id of its
    repository, `called` its name there. `state`: needed, claimed (`until`), stale."""

    id: int
    uri: str
    page: str
    host: str
    project: str
    called: str
    title: str
    kind: str
    skills: Sequence[str]
    state: str
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a phyle elsewhere says that it needs, read and bounded."""

    uri: str
    host: str
    project: str
    called: str
    words: Words
    state: str
    until: datetime | None
    published: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which needs are asked for, newest first."""

    kind: str | None = None
    skill: str | None = None
    below: int | None = None
    limit: int = 40


async def everywhere(tx: Tx, wanted: Wanted) -> list[Needed]:
    """What is needed here, where everybody may read it, and elsewhere; of hosts that are blocked here nothing."""
    rows = await tx.rows(SQL.elsewhere, wanted.below, wanted.kind, wanted.skill, wanted.limit)
    merged = heapq.merge(await here(tx, wanted), map(_foreign, rows), key=lambda each: -each.id)
    return list(merged)[: wanted.limit]


async def here(tx: Tx, wanted: Wanted, repository: Repository | None = None) -> list[Needed]:
    """What is needed in the public repositories of this instance, or in one of them."""
    number = None if repository is None else repository.id
    rows = await tx.rows(SQL.here, wanted.below, wanted.kind, wanted.skill, number, wanted.limit)
    return [await _local(tx, row) for row in rows]


async def foreign(tx: Tx, id: int) -> Needed:
    """Something that is needed elsewhere. Raises Missing."""
    row = await tx.row(SQL.foreign, id)
    if row is None:
        raise Missing
    return _foreign(row)


async def note(tx: Tx, told: Told) -> None:
    """Keep what a phyle says that it needs, as long as it is not too much."""
    if await tx.value(SQL.count_of_host, told.host, MOST_OF_HOST) >= MOST_OF_HOST:
        return
    await tx.change_one(
        SQL.note,
        tx.new_id(),
        told.uri,
        told.host,
        told.project,
        told.called[:200],
        told.words.title,
        told.words.kind,
        list(told.words.skills),
        told.state,
        told.until,
    )


async def drop(tx: Tx, uri: str) -> None:
    """It is not needed any more."""
    await tx.run(SQL.drop, uri)


async def drop_unseen(tx: Tx, host: str, since: datetime) -> None:
    """What a phyle did not repeat when it was asked is not needed any more."""
    await tx.run(SQL.drop_unseen, host, since)


async def know(tx: Tx, host: str, address: str) -> bool:
    """A phyle that is to be asked from now on; False if it was already."""
    return await tx.change_one(SQL.know, host, address) is not None


async def due(tx: Tx) -> list[tuple[str, str]]:
    """(host, address) of phyles to be asked now; others are not given them meanwhile."""
    rows = await tx.change(SQL.due, AT_ONCE)
    for row in rows:
        await tx.run(SQL.asked, row["host"], EVERY, 0)
    return [(row["host"], row["address"]) for row in rows]


async def failed(tx: Tx, host: str) -> None:
    """It did not answer, or has nothing of the kind: asked again later, and ever later."""
    failures = int(await tx.value(SQL.failures, host) or 0) + 1
    pause = min(EVERY * 2 ** min(failures, 10), LONGEST_PAUSE)
    await tx.run(SQL.asked, host, pause, failures)


async def expire(tx: Tx) -> None:
    """What nobody repeated for long."""
    await tx.run(SQL.expire, KEPT)


async def _local(tx: Tx, row: Record) -> Needed:
    settings = tx.store.settings
    values = {name: row[name] for name in tickets.COLUMNS}
    ticket, repository = Ticket(**values), await repositories.get(tx, row["repository"])
    return Needed(
        id=ticket.id,
        uri=tickets.uri(settings, ticket),
        page=tickets.page(settings, repository, ticket),
        host="",
        project=repositories.uri(settings, repository),
        called=repository.name,
        title=ticket.title,
        kind=ticket.kind,
        skills=ticket.skills,
        state=ticket.need,
        until=ticket.claimed_until if ticket.need != "needed" else None,
    )


def _foreign(row: Record) -> Needed:
    return Needed(
        id=row["id"],
        uri=row["uri"],
        page=row["uri"],
        host=row["host"],
        project=row["project"],
        called=row["called"],
        title=row["title"],
        kind=row["kind"],
        skills=row["skills"],
        state=row["need"],
        until=row["until"],
    )
