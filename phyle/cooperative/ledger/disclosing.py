"""What a member may open of the commitments in some entries, what is for fewer, and what was erased: for audits."""

import re
from dataclasses import dataclass
from typing import Any

from phyle.cooperative.law.spelling import parse
from phyle.cooperative.ledger import openings, reading
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)
_NAMED = re.compile(rb'"([0-9a-f]{64})"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """`opened`: [commitment, name, value, salt]; `closed`: commitments whose openings are for fewer than all members
    or wait for the end of a ballot; `erasures`: [commitment, number of the entry that says so]. In order."""

    opened: list[list[Any]]
    closed: list[str]
    erasures: list[list[Any]]


async def disclosed(tx: Tx, first: int, end: int) -> Disclosed:
    """Of the entries from `first` up to but without `end`. For members only."""
    opened: list[list[Any]] = []
    closed: list[str] = []
    for row in await tx.rows(SQL.of_entries, first, end):
        if row["shown"]:
            opened.append([row["commitment"], row["name"], parse(row["value"]), row["salt"]])
        else:
            closed.append(row["commitment"])
    leaves = await reading.entries(tx, first, end - first)
    named = sorted({match.decode() for leaf in leaves for match in _NAMED.findall(leaf)})
    erased = await openings.erasures(tx, named)
    return Disclosed(opened=opened, closed=closed, erasures=[[it, erased[it]] for it in named if it in erased])
