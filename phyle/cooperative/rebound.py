"""Rebound: a membership that is known by a new key, kept here, belongs to the account that asked for it; and one whose
member moved, with the key that their server keeps, to the account that both sides say is theirs now."""

from collections.abc import Mapping
from typing import Any

import orjson

from phyle.conversation import follows
from phyle.cooperative import people
from phyle.cooperative.circles import MEMBERS, circle
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.rebindings import Rebinding
from phyle.cooperative.law.values import Word
from phyle.cooperative.ledger import openings, reading, signing
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)


async def entered(tx: Tx, body: Mapping[str, Any]) -> None:
    """Subscriber of Entered: after a delay to which nobody objected, or by decision; and when a move was entered."""
    for seq in body["seqs"] if body["kind"] == "move" else ():
        leaf = await reading.entry(tx, seq)
        await _moved(tx, orjson.loads(leaf or b"{}").get("act", {}).get("by", ""))
    for seq in body["seqs"] if body["kind"] in ("rebound", "execute") else ():
        leaf = await reading.entry(tx, seq)
        for rebinding in _rebindings(orjson.loads(leaf or b"{}").get("payload") or {}):
            await _take_over(tx, rebinding)


async def _moved(tx: Tx, id: str) -> None:
    """The move is in the ledger. Was the account seen to say the same, the membership is the new one's; else that
    happens once it is seen."""
    member, number = await reading.get(tx, Member, id), await people.actor_of(tx, id)
    former = await actors.by_id(tx, number) if number is not None else None
    target = await actors.by_uri(tx, former.moved_to) if former is not None and former.moved_to else None
    if member is not None and former is not None and target is not None and await names(tx, member, target):
        await follow(tx, id, former, target)


async def names(tx: Tx, member: Member, actor: Actor) -> bool:
    """Whether the ledger says that the membership is for this account."""
    commitment = member.identity.get(Word("actor"))
    found = await openings.opened(tx, [commitment], audiences=("members",)) if commitment is not None else {}
    return any(it.value == actor.uri for it in found.values())


async def follow(tx: Tx, member: str, former: Actor, target: Actor) -> None:
    """The membership is the new account's; the members' group has it in the place of the old, as soon as it asks."""
    await people.link(tx, member, target.id)
    await follows.reject(tx, await circle(tx, MEMBERS), former)


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
