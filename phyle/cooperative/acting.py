"""Acting: what somebody with an account here does in the phyle by the key of their membership, at whichever door."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from phyle.cooperative import entering, people
from phyle.cooperative.forms import FORMS, filled, new_id, told
from phyle.cooperative.law.acts import Author
from phyle.cooperative.law.table import LAW
from phyle.cooperative.law.values import read
from phyle.cooperative.ledger import acts, append, signing
from phyle.cooperative.ledger.acts import Answer
from phyle.cooperative.ledger.openings import Opening, seal
from phyle.errors import Conflict, Malformed, Missing, Refused, Unavailable, Unprocessable
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.sql import queries
from phyle.store.transaction import Store, Tx

SQL = queries(__file__)

FOLLOWED = frozenset({"vouch"})
"""Acts from which something may follow in the same moment."""
SOON = 2.0

GONE = ("exited", "withdrawn", "refused")
"""Standings after which somebody may apply again, under the same membership."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An act that was entered: what it said, with the ids that were made for it, and where it stands."""

    kind: str
    payload: Mapping[str, Any]
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signed:
    """An act ready to be handed in; or, under a key that was used before, what was handed in then."""

    payload: Mapping[str, Any]
    document: Mapping[str, Any] | None
    openings: tuple[Opening, ...] = ()
    earlier: str = ""
    author: Author = "server-key"


async def perform(store: Store, actor: Actor, kind: str, given: Mapping[str, Any], *, key: str = "") -> Done:
    """A member's act. `key`: if they gave the same one with an act of this kind before that was not refused, that act
    is the answer. Raises the Refusal of the law; Refused for somebody who is no member; Missing for a kind of act that
    no person does."""
    if kind not in FORMS or kind not in LAW.acts:
        raise Missing(f"There is no act called {kind[:40]}.")
    try:
        return await _performed(store, actor, kind, given, key)
    except Conflict:
        if not key:
            raise
        return await _performed(store, actor, kind, given, key)  # the same one was handed in at the same time


async def _performed(store: Store, actor: Actor, kind: str, given: Mapping[str, Any], key: str) -> Done:
    form = FORMS[kind]
    async with store.transaction() if form.texts or form.effects else store.reading() as tx:
        member = await people.member(tx, actor.id)
        nonce = _nonce(member, kind, key)
        signed = await _earlier(tx, member, nonce) or await _signed(tx, actor, member, kind, given, nonce)
    done = await _handed_in(store, kind, signed)
    if kind == "rekey" and actor.local and given.get("custody") == "member":
        async with store.transaction() as tx:
            await signing.retire_member_key(tx, await signing.origin(tx), member)
    if kind in FOLLOWED:
        await _what_follows(store)
    return done


async def _what_follows(store: Store) -> None:
    """Who vouches last sees at once what came of it. The act is entered, whatever becomes of this."""
    with contextlib.suppress(TimeoutError, Unavailable):
        async with asyncio.timeout(SOON):
            await append.drain(store)


async def introduce(store: Store, actor: Actor, kind: str, given: Mapping[str, Any], *, key: str = "") -> Done:
    """Somebody with an account here becomes known to the ledger: `apply`, `sign` a charter as a founder, or `rebind` a
    membership whose key is gone. `given` may name a class (`klass`), and what else of `identity` the register shall
    hold. Whoever applied before, and left, does so under the same membership. Conflict for whoever is a member."""
    nonce = _nonce(actor.uri, kind, key)
    async with store.transaction() as tx:
        await tx.value(SQL.one_at_a_time, actor.id)
        known = await people.member_of(tx, actor.id)
        found = await standing(tx, known) if known is not None else None
        signed = await _earlier(tx, known, nonce) if known is not None else None
        again = kind == "apply" and found in GONE
        if signed is None and not again:
            if not actor.local:
                raise Refused("This needs an account on this server.")
            signed = await _newcomer(tx, actor, kind, given, known, found, nonce)
    if signed is None:
        return await perform(store, actor, "apply_again", {"klass": given.get("klass")}, key=key)
    return await _handed_in(store, kind, signed)


async def apply_in(tx: Tx, actor: Actor) -> None:
    """An application of somebody with an account here, for whoever holds a transaction; it is decided after it. Whoever
    left before applies under the same membership. Conflict for whoever is a member."""
    await tx.value(SQL.one_at_a_time, actor.id)
    known = await people.member_of(tx, actor.id)
    found = await standing(tx, known) if known is not None else None
    if known is not None and found in GONE:
        signed = await _signed(tx, actor, known, "apply_again", {}, "")
    else:
        signed = await _newcomer(tx, actor, "apply", {}, known, found, "")
    if signed.document is not None:
        await acts.submit_in(tx, signed.document, author="server-key", openings=signed.openings)


async def claim(tx: Tx, actor: Actor, member: str) -> None:
    """The membership is for this account from now on, by a key of its own. Conflict for somebody who has one in the
    ledger, or has begun as another member id."""
    await tx.value(SQL.one_at_a_time, actor.id)
    known = await people.member_of(tx, actor.id)
    found = await standing(tx, known) if known is not None else None
    if found is not None:
        raise Conflict(f"You are known here already; your standing is: {found}.")
    if known not in (None, member):
        raise Conflict(f"You have begun here as the member {known}. Use the same id again.")
    await people.link(tx, member, actor.id)


async def _newcomer(
    tx: Tx, actor: Actor, kind: str, given: Mapping[str, Any], known: str | None, found: str | None, nonce: str
) -> _Signed:
    if kind == "rebind":
        return await _introduced(tx, actor, new_id(), kind, given, nonce)
    if found is not None:
        raise Conflict(f"You are known here already; your standing is: {found}.")
    member = known or new_id()  # whoever signed or applied before, and is not in the ledger yet, keeps the id
    await people.link(tx, member, actor.id)
    return await _introduced(tx, actor, member, kind, given, nonce)


async def _introduced(tx: Tx, actor: Actor, member: str, kind: str, given: Mapping[str, Any], nonce: str) -> _Signed:
    openings = identity_of(actor, member, given.get("identity") or {})
    payload = {
        **{name: value for name, value in given.items() if name != "identity" and value is not None},
        "member": member,
        "key": await signing.new_member_key(tx, await signing.origin(tx), member, actor.id),
        "custody": "server",
        "via": tx.store.settings.domain,
        "identity": {opening.name: opening.commitment for opening in openings},
    }
    read(LAW.acts[kind].payload, payload, kind)
    document = await signing.as_member(tx, member, kind, payload, nonce=nonce)
    return _Signed(payload=payload, document=document, openings=openings)


async def _earlier(tx: Tx, member: str, nonce: str) -> _Signed | None:
    row = await tx.row(SQL.earlier, member, nonce) if nonce else None
    if row is None:
        return None
    return _Signed(payload=orjson.loads(row["document"])["payload"], document=None, earlier=row["hash"])


async def _signed(tx: Tx, actor: Actor, member: str, kind: str, given: Mapping[str, Any], nonce: str) -> _Signed:
    """By the key that is kept here for a membership, or for a visit to the booth by somebody from elsewhere."""
    form = await filled(tx, kind, given)
    read(LAW.acts[kind].payload, form.payload, kind)
    if actor.local:
        document = await signing.as_member(tx, member, kind, form.payload, nonce=nonce)
        return _Signed(payload=form.payload, document=document, openings=form.openings)
    document = await entering.signed(tx, member, kind, form.payload, nonce=nonce)
    return _Signed(payload=form.payload, document=document, openings=form.openings, author="attested")


def _nonce(who: str, kind: str, key: str) -> str:
    """The nonce of an act that its author wants done once, whatever becomes of the answer."""
    return signing.once("idempotency", who, kind, key) if key else ""


async def _handed_in(store: Store, kind: str, signed: _Signed) -> Done:
    if signed.document is None:
        answer = await acts.wait(store, signed.earlier)
    else:
        answer = await acts.submit(store, signed.document, author=signed.author, openings=signed.openings)
    return Done(kind=kind, payload=signed.payload, answer=answer)


def identity_of(actor: Actor, member: str, more: Any) -> tuple[Opening, ...]:
    """Openings of who a member is: the account for members to see, whatever else they told for the register alone."""
    if not isinstance(more, Mapping):
        raise Malformed("identity must be an object.")
    if "actor" in more:
        raise Unprocessable("Which account a membership is for is not told, but known.")
    return (
        seal("actor", actor.uri, audience="members", about=member),
        *(seal(name, value, audience="register", about=member) for name, value in told(more).items()),
    )


async def standing(tx: Tx, member: str) -> str | None:
    """The standing of a member in the ledger, None for one who is not in it."""
    found: str | None = await tx.value(people.SQL.standing, member)
    return found


async def whose(tx: Tx, member: str) -> Actor | None:
    """The account of a member, None if nothing says any more whose it is."""
    found = await people.actor_of(tx, member)
    return None if found is None else await actors.by_id(tx, found)
