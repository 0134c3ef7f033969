"""Finding repositories: those that somebody may read, by words and kind."""

from dataclasses import dataclass

from phyle.commons import permission, repositories
from phyle.commons.repositories import Repository
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

_ROUNDS = 5
"""How often more are looked at when many of those found may not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`words`: in the name or the description, "" for any. `below`: only those made before this one (id)."""

    words: str = ""
    kind: str | None = None
    below: int | None = None
    limit: int = 30


async def readable(tx: Tx, viewer: int | None, wanted: Wanted) -> tuple[list[Repository], int | None]:
    """The newest of them, and from which id on there may be more."""
    found: list[Repository] = []
    below = wanted.below
    for _ in range(_ROUNDS):
        rows = await tx.rows(
            SQL.matching, below, wanted.kind, wanted.words.lower() or None, viewer is not None, wanted.limit + 1
        )
        for row in rows:
            repository = await repositories.get(tx, row["id"])
            if repository.public or await permission.allowed(tx, viewer, repository, "read"):
                if len(found) == wanted.limit:
                    return found, found[-1].id
                found.append(repository)
            below = repository.id
        if len(rows) <= wanted.limit:
            return found, None
    return found, below
