"""Numbers that an instance publishes about itself."""

from dataclasses import dataclass

from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """`posts`: by people here, as their profiles count them; `peers`: hosts with which there was any exchange."""

    posts: int
    peers: int


async def count(tx: Tx) -> Statistics:
    """The numbers of now."""
    row = await tx.row(SQL.count)
    return Statistics(posts=row["posts"], peers=row["peers"]) if row else Statistics(posts=0, peers=0)
