"""Acting: what somebody with an account here does in the phyle by the key of their membership, at whichever door."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from phyle.cooperative import people
from phyle.cooperative.forms import FORMS, filled, new_id
from phyle.cooperative.ledger import acts, signing
from phyle.cooperative.ledger.acts import Answer
from phyle.cooperative.ledger.openings import Opening, seal
from phyle.errors import Conflict, Missing, Unprocessable
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.transaction import Store, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An act that was entered: what it said, with the ids that were made for it, and where it stands."""

    kind: str
    payload: Mapping[str, Any]
    answer: Answer


async def perform(store: Store, actor: Actor, kind: str, given: Mapping[str, Any]) -> Done:
    """A member's act. Raises the Refusal of the law; Refused for somebody who is no member; Missing for a kind of act
    that no person does."""
    if kind not in FORMS:
        raise Missing(f"There is no act called {kind[:40]}.")
    async with store.transaction() as tx:
        member = await people.member(tx, actor.id)
        form = await filled(tx, kind, given)
        document = await signing.as_member(tx, member, kind, form.payload)
    answer = await acts.submit(store, document, author="server-key", openings=form.openings)
    return Done(kind=kind, payload=form.payload, answer=answer)


async def introduce(store: Store, actor: Actor, kind: str, given: Mapping[str, Any]) -> Done:
    """Somebody with an account here becomes known to the ledger: `apply`, or `sign` a charter as a founder. `given`
    may name a class (`klass`), a `statement`, and what else of `identity` the register shall hold."""
    async with store.transaction() as tx:
        await _unknown(tx, actor)
        member = await people.member_of(tx, actor.id) if kind == "sign" else None
        member = member or new_id()
        openings = identity_of(actor, member, given.get("identity") or {})
        payload = {
            **{name: value for name, value in given.items() if name not in ("identity", "statement") and value},
            "member": member,
            "key": await signing.new_member_key(tx, await signing.origin(tx), member, actor.id),
            "custody": "server",
            "via": tx.store.settings.domain,
            "identity": {opening.name: opening.commitment for opening in openings},
        }
        document = await signing.as_member(tx, member, kind, payload)
        await people.link(tx, member, actor.id)
    answer = await acts.submit(store, document, author="server-key", openings=openings)
    return Done(kind=kind, payload=payload, answer=answer)


def identity_of(actor: Actor, member: str, more: Mapping[str, Any]) -> tuple[Opening, ...]:
    """Openings of who a member is: the account for members to see, whatever else they told for the register alone."""
    given = {name: value for name, value in more.items() if isinstance(value, str) and value.strip()}
    if set(given) & {"actor"} or not all(name.isascii() and name.isidentifier() for name in given):
        raise Unprocessable("What is told about oneself has a short name in ASCII and is text.")
    return (
        seal("actor", actor.uri, audience="members", about=member),
        *(seal(name, value.strip(), audience="register", about=member) for name, value in sorted(given.items())),
    )


async def _unknown(tx: Tx, actor: Actor) -> None:
    """Conflict for somebody who is or wants to be a member already."""
    known = await people.member_of(tx, actor.id)
    if known is not None and await standing(tx, known) not in (None, *GONE):
        raise Conflict("You have applied here or are a member already.")


GONE = ("exited", "expelled", "refused", "withdrawn", "moved")
"""Standings after which somebody may apply anew."""


async def standing(tx: Tx, member: str) -> str | None:
    """The standing of a member in the ledger, None for one who is not in it."""
    found: str | None = await tx.value(people.SQL.standing, member)
    return found


async def whose(tx: Tx, member: str) -> Actor | None:
    """The account of a member, None if nothing says any more whose it is."""
    found = await people.actor_of(tx, member)
    return None if found is None else await actors.by_id(tx, found)
