"""Rebound: a membership that is known by a new key, kept here, belongs to the account that asked for it."""

from collections.abc import Mapping
from typing import Any

import orjson

from phyle.cooperative import people
from phyle.cooperative.law.rebindings import Rebinding
from phyle.cooperative.ledger import reading, signing
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)


async def entered(tx: Tx, body: Mapping[str, Any]) -> None:
    """Subscriber of Entered: after a delay to which nobody objected, or by decision."""
    for seq in body["seqs"] if body["kind"] in ("rebound", "execute") else ():
        leaf = await reading.entry(tx, seq)
        for rebinding in _rebindings(orjson.loads(leaf or b"{}").get("payload") or {}):
            await _take_over(tx, rebinding)


def _rebindings(payload: Mapping[str, Any]) -> list[str]:
    if "rebinding" in payload:
        return [payload["rebinding"]]
    effects = payload.get("effects", ())
    return [effect["arguments"]["rebinding"] for effect in effects if effect["kind"] == "Rebind"]


async def _take_over(tx: Tx, id: str) -> None:
    """The key was made under the id of the request; now it is that of the membership."""
    rebinding = await reading.get(tx, Rebinding, id)
    if rebinding is None or rebinding.phase != "done":
        return
    origin = await signing.origin(tx)
    actor = await signing.actor_of(tx, id, origin)
    if actor is not None:
        await signing.retire_member_key(tx, origin, rebinding.old)
        await tx.run(SQL.rename, origin, id, rebinding.old)
        await people.link(tx, rebinding.old, actor)
