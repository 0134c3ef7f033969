"""Forks: what was forked from a repository of this instance, listed for ever; and how far a copy has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

from phyle.commons.events import RepositoryForked
from phyle.ids import ActorId
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx

SQL = queries(__file__)

State = Literal["waiting", "fetching", "done", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork:
    """One fork, here or elsewhere. `told_at`: when we heard of it, `verified_at`: when its own server said the same."""

    uri: str
    name: str
    clone: str
    told_at: datetime
    verified_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """How far the fetching of a fork of ours has come. `bytes`: what lies on the disk so far; `said`: for people;
    `told`: whether what it was forked from has been told;
    `news_at`: when that was last said to have changed; `base`: the
    latest commit of the first branch that was taken over."""

    repository: ActorId
    origin: str
    clone: str
    state: State
    said: str
    bytes: int
    tries: int
    told_at: datetime
    finished_at: datetime | None
    told: bool
    news_at: datetime | None
    base: str | None

    @property
    def news(self) -> bool:
        """Whether the origin is said to have changed since."""
        return self.news_at is not None and (self.finished_at is None or self.news_at > self.finished_at)


_COPY = tuple(field.name for field in fields(Copy))


async def of(tx: Tx, repository: int) -> list[Fork]:
    """All forks of a repository, oldest first: whoever keeps them, whatever became of that server since. There is no
    way to leave one out."""
    return [Fork(**row) for row in await tx.rows(SQL.of, repository)]


async def tell(tx: Tx, repository: int, *, uri: str, name: str, clone: str, verified: bool) -> None:
    """Enter a fork into the list of what it was forked from. Told again, it is listed once."""
    fresh = await tx.change_one(SQL.tell, repository, uri, name[:500], clone, verified)
    if fresh is not None and fresh["fresh"]:
        await tx.emit(RepositoryForked(repository=repository, fork=uri))


async def stars(tx: Tx, repository: int) -> int:
    """How many like a repository."""
    found: int = await tx.value(SQL.stars, repository)
    return found


async def counts(tx: Tx, repositories: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many like each of them, and how many forks are listed of it."""
    rows = await tx.rows(SQL.counts, list(repositories)) if repositories else []
    return {row["id"]: (row["stars"], row["forks"]) for row in rows}


async def star(tx: Tx, repository: int, actor: int, uri: str) -> None:
    """Somebody likes it; once."""
    await tx.run(SQL.star, repository, actor, uri)


async def unstar(tx: Tx, actor: int, *, repository: int | None = None, uri: str | None = None) -> None:
    """They like it no more; found by the repository or by the Like's id."""
    await tx.run(SQL.unstar, actor, repository, uri)


async def wait(tx: Tx, repository: int, origin: str, clone: str) -> None:
    """A copy is to be fetched."""
    await tx.run(SQL.wait, repository, origin, clone)


async def copy(tx: Tx, repository: int) -> Copy | None:
    """How far the copy is; None for what never was one."""
    row = await tx.row(SQL.copy, repository)
    return None if row is None else _copy(row)


async def report(tx: Tx, repository: int, state: State, said: str, *, size: int = 0, tries: int | None = None) -> None:
    """Where it stands now. `tries`: None leaves them."""
    await tx.run(SQL.report, repository, state, said[:500], size, tries)


async def note_base(tx: Tx, repository: int, commit: str) -> None:
    """Up to which commit a fork has what its origin had."""
    await tx.run(SQL.note_base, repository, commit)


async def note_news(tx: Tx, origin: str) -> None:
    """The repository with this id has changed: the forks of it here may want to follow."""
    await tx.run(SQL.note_news, origin)


async def note_told(tx: Tx, repository: int) -> None:
    """What it was forked from hears of it, or has."""
    await tx.run(SQL.note_told, repository)


def _copy(row: Record) -> Copy:
    values: Mapping[str, Any] = {name: row[name] for name in _COPY}
    return Copy(**values)
