"""Paging by id, as Mastodon's API has it: `max_id` older, `since_id` newest first above, `min_id` immediately above."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, TypeVar

from phyle.store.sql import Query
from phyle.store.transaction import Tx

Item = TypeVar("Item")

DEFAULT = 20
MOST = 40
HIGHEST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which part of a list is asked for; all bounds are exclusive. `min_id` wins over `since_id`.

    A keyset query has `id < below AND id > above ORDER BY id DESC LIMIT limit`; `page.way(query)` is that query, or for
    `min_id` the same in ascending order, and `page.ordered(rows)` are its rows newest first.
    """

    limit: int = DEFAULT
    max_id: int | None = None
    since_id: int | None = None
    min_id: int | None = None

    @property
    def below(self) -> int:
        """Only ids lower than this."""
        return HIGHEST if self.max_id is None else self.max_id

    @property
    def above(self) -> int:
        """Only ids greater than this."""
        if self.min_id is not None:
            return self.min_id
        return -1 if self.since_id is None else self.since_id

    @property
    def upward(self) -> bool:
        """Whether the page is the one immediately above `min_id`, which a query finds in ascending order."""
        return self.min_id is not None

    def way(self, query: Query) -> Query:
        """The query, which is written newest first, in the direction of this page."""
        return _upward(query) if self.upward else query

    def ordered(self, found: Sequence[Item]) -> list[Item]:
        """What the query found, newest first."""
        return list(reversed(found)) if self.upward else list(found)


def page(
    *,
    limit: int | None = None,
    max_id: int | None = None,
    since_id: int | None = None,
    min_id: int | None = None,
    default: int = DEFAULT,
    most: int = MOST,
) -> Page:
    """A page with its limit brought between 1 and `most`, and its ids into 64 bits; None means not asked for."""
    return Page(
        limit=min(max(default if limit is None else limit, 1), most),
        max_id=_fit(max_id),
        since_id=_fit(since_id),
        min_id=_fit(min_id),
    )


@cache
def _upward(query: Query) -> Query:
    return Query(query.replace(" DESC", " ASC"))


def _fit(number: int | None) -> int | None:
    return None if number is None else min(max(number, -1), HIGHEST)


class Entry(NamedTuple):
    """One of a list that is paged by something else than what it lists: `key` pages (the id of the follow, favourite,
    bookmark, block), `id` is whom or what it is about."""

    key: int
    id: int


async def entries(tx: Tx, page: Page, query: Query, *args: object) -> list[Entry]:
    """A page of a query whose columns are key and id, and whose parameters are below, above, limit and `args`."""
    rows = await tx.rows(page.way(query), page.below, page.above, page.limit, *args)
    return page.ordered([Entry(row[0], row[1]) for row in rows])
