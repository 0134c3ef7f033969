"""Contributing: acts that nobody need be a member for, of people with an account here; in this phyle or in another."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

import orjson

from phyle.cooperative import acting, people
from phyle.cooperative.acting import Done, identity_of
from phyle.cooperative.forms import FORMS, filled, new_id
from phyle.cooperative.law.table import LAW
from phyle.cooperative.law.values import read
from phyle.cooperative.ledger import acts, signing
from phyle.cooperative.ledger.openings import Opening
from phyle.errors import Conflict, Missing
from phyle.identity.actors import Actor
from phyle.store.transaction import Record, Store, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """An act that was signed here, what opens its commitments, and as whom its author is known in that ledger."""

    by: str
    document: Mapping[str, Any]
    openings: tuple[Opening, ...]


async def contribute(store: Store, actor: Actor, kind: str, given: Mapping[str, Any], *, key: str = "") -> Done:
    """A claim, a declaration of use, and what follows of either, of somebody with an account here: as a member, or by a
    key of their own as somebody from outside. `key`: if they gave the same one with an act of this kind before that was
    not refused, that act is the answer. Raises the Refusal of the law; Missing for what only members do."""
    if not open_to_all(kind):
        raise Missing(f"There is no act called {kind[:40]} that people do who are no members.")
    try:
        return await _contributed(store, actor, kind, given, key)
    except Conflict:
        if not key:
            raise
        return await _contributed(store, actor, kind, given, key)  # the same one was handed in at the same time


async def _contributed(store: Store, actor: Actor, kind: str, given: Mapping[str, Any], key: str) -> Done:
    async with store.transaction() as tx:
        await tx.value(acting.SQL.one_at_a_time, actor.id)
        by = await people.member_of(tx, actor.id)
        outside = by is None or await acting.standing(tx, by) is None
        given_in = await _outside(tx, actor, by or new_id(), kind, given, key) if outside else None
    if given_in is None:
        return await acting.perform(store, actor, kind, given, key=key)
    if isinstance(given_in, Signed):
        answer = await acts.submit(store, given_in.document, author="server-key", openings=given_in.openings)
        return Done(kind=kind, payload=given_in.document["payload"], answer=answer)
    payload = orjson.loads(given_in["document"])["payload"]
    return Done(kind=kind, payload=payload, answer=await acts.wait(store, given_in["hash"]))


async def _outside(tx: Tx, actor: Actor, by: str, kind: str, given: Mapping[str, Any], key: str) -> Signed | Record:
    """The act as it is to be handed in, or as it was under the same key."""
    await people.link(tx, by, actor.id)
    nonce = signing.once("idempotency", by, kind, key) if key else ""
    earlier = await tx.row(acting.SQL.earlier, by, nonce) if nonce else None
    return earlier or await sign(tx, actor, by, kind, given, nonce=nonce)


async def sign(
    tx: Tx,
    actor: Actor,
    by: str,
    kind: str,
    given: Mapping[str, Any],
    *,
    origin: str = "",
    nonce: str = "",
    days: int = 1,
) -> Signed:
    """The act of somebody from outside, who says who they are with it, by a key that is kept here for one ledger.
    `origin`: of another phyle's, this one's if none is given; `by`: as whom they are known there. `days`: for how long
    it can be entered. Malformed or Unprocessable for what is no such act."""
    ledger = origin or await signing.origin(tx)
    openings: tuple[Opening, ...] = ()
    told = dict(given)
    if any(field.name == "outsider" for field in fields(LAW.acts[kind].payload)):
        openings = identity_of(actor, by, {})
        told["outsider"] = {
            "id": by,
            "key": await signing.new_member_key(tx, ledger, by, actor.id),
            "custody": "server",
            "via": urlsplit(actor.uri).netloc.lower(),
        }
    form = await filled(tx, kind, told)
    payload = form.payload
    if openings:
        committed = {opening.name: opening.commitment for opening in openings}
        payload = {**payload, "outsider": {**payload["outsider"], "identity": committed}}
    read(LAW.acts[kind].payload, payload, kind)
    document = await signing.as_member(tx, by, kind, payload, origin=ledger, nonce=nonce, days=days)
    return Signed(by=by, document=document, openings=(*openings, *form.openings))


def open_to_all(kind: str) -> bool:
    """Whether it is an act that nobody need be a member for."""
    return kind in FORMS and kind in LAW.acts and "outsider" in LAW.acts[kind].by
