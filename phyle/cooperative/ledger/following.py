"""What the database does in the commit of certain entries, besides the slices that they change."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson

from phyle.cooperative.law.executions import Obligation
from phyle.cooperative.law.values import write as to_json
from phyle.cooperative.ledger import openings, sheets
from phyle.cooperative.ledger.deciding import Batch, Entered
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

Follow = Callable[[Tx, Batch, Entered], Awaitable[None]]


async def _tallied(tx: Tx, batch: Batch, entry: Entered) -> None:
    """The papers are shown to those for whom the charter means them."""
    payload = orjson.loads(entry.leaf)["payload"]
    await sheets.publish(tx, batch, payload["ballot"], payload["sheet"], entry.seq)


async def _erased(tx: Tx, batch: Batch, entry: Entered) -> None:
    """Value and salt of what the entry names go for ever, and the sheets that repeat them."""
    commitments = orjson.loads(entry.leaf)["act"]["payload"]["commitments"]
    await sheets.withdraw(tx, commitments)
    await openings.erase(tx, commitments, entry.seq)


async def _owed(tx: Tx, batch: Batch, entry: Entered) -> None:
    """What a decision owes to the outside becomes work; what is discharged or has failed is work no more."""
    for (kind, id), value in batch.work.changed.items():
        if kind == Obligation.SLICE and value is not None:
            state = "discharged" if value.discharged else "failed" if value.failed else "open"
            body: Mapping[str, Any] = to_json(value.what)
            await tx.run(SQL.owe, id, entry.seq, str(body["what"]), body, state)


FOLLOWING: Mapping[str, Follow] = {"tally": _tallied, "erase": _erased, "execute": _owed, "discharge": _owed}
"""By kind of entry."""
