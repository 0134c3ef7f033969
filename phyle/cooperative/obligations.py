"""Obligations: what the phyle owes to the outside since a decision, and the host's word that it is done, or why not."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from phyle.cooperative.ledger import acts, signing
from phyle.cooperative.ledger.openings import seal
from phyle.errors import Conflict
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

PATIENCE = timedelta(minutes=1)
"""After which something that is owed is tried again."""
MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """`id`: proposal/number. `kind`: what is owed; `body`: about whom or what."""

    id: str
    seq: int
    kind: str
    body: Mapping[str, Any]

    @property
    def proposal(self) -> str:
        return self.id.partition("/")[0]

    @property
    def number(self) -> int:
        return int(self.id.partition("/")[2])


async def owed(tx: Tx, id: str) -> Owed | None:
    """Something that is still owed, which nobody else can settle until the transaction ends. None if it is settled."""
    row = await tx.change_one(SQL.owed, id)
    return Owed(**row) if row is not None else None


async def since(tx: Tx, seq: int) -> list[str]:
    """What is owed because of an entry."""
    return [row["id"] for row in await tx.rows(SQL.since, seq)]


async def waiting(tx: Tx) -> list[str]:
    """What is still owed though it was tried a while ago. It is not named again before as long has passed."""
    return [row["id"] for row in await tx.change(SQL.waiting, PATIENCE, MOST_AT_ONCE)]


async def settle(tx: Tx, what: Owed, *, why_not: str = "") -> None:
    """The host says in the ledger that it is done; or `why_not`, for members to read."""
    reason = seal("reason", why_not, audience="members", about=what.proposal) if why_not else None
    payload: dict[str, Any] = {"proposal": what.proposal, "number": what.number}
    if reason is not None:
        payload |= {"failed": True, "reason": reason.commitment}
    await tx.run(SQL.tried, what.id, why_not or None)
    nonce = signing.once(await signing.origin(tx), "discharge", what.id)
    document = await signing.as_host(tx, "discharge", payload, nonce=nonce)
    with contextlib.suppress(Conflict):  # it was said already, and will be entered
        await acts.submit_in(tx, document, author="host", openings=[reason] if reason else [])
