"""Markers: how far a member has read, so that all their clients agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from phyle.errors import Unprocessable
from phyle.ids import ActorId
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

TIMELINES = ("home", "notifications")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """The last id read of one timeline; `version` grows with each change."""

    timeline: str
    last_read: int
    version: int
    updated_at: datetime


async def read(tx: Tx, member: ActorId, timelines: Sequence[str]) -> dict[str, Marker]:
    """The member's markers of these timelines, as far as they set them."""
    rows = await tx.rows(SQL.read, member, list(timelines))
    return {row["timeline"]: Marker(**row) for row in rows}


async def write(tx: Tx, member: ActorId, last_read: Mapping[str, int]) -> dict[str, Marker]:
    """Set markers: timeline -> the last id read. Raises Unprocessable for a timeline that has none."""
    for timeline, number in last_read.items():
        if timeline not in TIMELINES or not 0 <= number < 2**63:
            raise Unprocessable("Validation failed: there is no such marker", cause=f"{timeline[:40]} {number}")
    written = {}
    for timeline in sorted(last_read):
        for row in await tx.change(SQL.write, member, timeline, last_read[timeline]):
            written[timeline] = Marker(**row)
    return written
