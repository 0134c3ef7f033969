"""Failures: jobs that were given up because they failed too often, kept for a person to see, and tried again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """A job that was given up, how often it was tried, and why it failed the last time."""

    id: int
    name: str
    attempts: int
    failed_at: datetime
    error: str


async def given_up(tx: Tx, *, limit: int = 100) -> list[GivenUp]:
    """Those that were, the oldest first."""
    return [GivenUp(**row) for row in await tx.rows(SQL.given_up, limit)]


async def retry(tx: Tx, jobs: Sequence[int] | None = None) -> int:
    """Let them be tried again at once, as often as new ones; all of them for None. How many they were. What came after
    them under the same key has long been done."""
    tx.wakes |= {"jobs", "network_jobs"}
    return await tx.run(SQL.retry, None if jobs is None else list(jobs))
