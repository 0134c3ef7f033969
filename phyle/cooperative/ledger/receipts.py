"""Receipts: every act is answered by a signed word of what became of it; and those that others gave to people here."""

from collections.abc import Mapping
from typing import Any

from phyle.cooperative.law import acts
from phyle.cooperative.law.receipts import PROMISE, Receipt, verify
from phyle.cooperative.ledger import inbox, signing
from phyle.cooperative.ledger.inbox import Answer
from phyle.errors import Missing
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)


async def receipt(tx: Tx, hash: str) -> dict[str, Any]:
    """The signed receipt of an act, by its hash, as things stand. Missing if it never came."""
    answer = await inbox.answer(tx, hash)
    if answer is None:
        raise Missing("No such act was received here.")
    return await sign(tx, answer)


async def sign(tx: Tx, answer: Answer) -> dict[str, Any]:
    """The signed receipt of what is known of an act."""
    row = await tx.row(SQL.signs, signing.first_origin(tx))
    if row is None:
        raise Missing("The ledger of this instance has no keys yet: they are made when the server starts.")
    document = {
        "phyle": row["origin"],
        "act": answer.hash,
        "state": answer.state,
        "received": answer.received,
        "by": answer.received + PROMISE,
        "seq": answer.seq,
        "at": answer.at,
        "reason": answer.sentence,
        "checkpoint": row["note"].decode() if row["note"] else None,
    }
    stated = {name: value for name, value in document.items() if value is not None}
    return acts.sign(stated, signing.key_of(row["secret"]), at=row["at"])


async def keep(tx: Tx, document: Mapping[str, Any], *, key: str, member: str) -> Receipt:
    """Keeps what another phyle answered to somebody here. `key`: its credential key. Malformed or Unproven if it is no
    receipt of that phyle."""
    found = verify(document, key)
    await tx.run(SQL.keep, found.phyle, found.act, member, dict(document))
    return found


async def kept(tx: Tx, member: str) -> list[Mapping[str, Any]]:
    """The receipts that other phyles gave to a member of theirs who has an account here, oldest first."""
    return [row["document"] for row in await tx.rows(SQL.kept, member)]
