"""Deeds: one route for each kind of act. What is given is signed, entered and answered with a receipt."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from phyle.cooperative import acting, ballots, people
from phyle.cooperative.acting import Done
from phyle.cooperative.activities import moderating
from phyle.cooperative.forms import FORMS
from phyle.cooperative.law.table import LAW
from phyle.cooperative.ledger import receipts
from phyle.errors import Malformed
from phyle.web.asked import Asked
from phyle.web.cooperative.endpoints import Endpoint, change

LONGEST_KEY = 200
SAYS: Mapping[str, str] = {
    "sponsor": "A member stands behind a proposal.",
    "withdraw": "The author withdraws a proposal that is not voted on yet.",
    "accept_nomination": "Somebody who was nominated stands for the office.",
    "decline_nomination": "Somebody who was nominated does not stand for the office.",
    "outcome": "Its author, or a steward, says what came of a proposal.",
    "vouch_rebinding": "A member says that a membership is theirs who ask for it under a new key.",
    "ask_assembly": "A member asks for an assembly; it is called when a share of the members has.",
    "join_asking": "A member asks for the same assembly.",
    "cancel_assembly": "Who called an assembly cancels it before it meets.",
    "attend": "A member is there.",
    "confirm_moderation": "Another steward confirms what one did in an emergency.",
    "lift_moderation": "A steward takes back what was done.",
    "enter_register": "A steward enters shares, number or claim of a member in the register.",
}
"""What an act is about, where its payload is only a name."""
OURS = ("member", "key", "custody", "via")
"""What the phyle says of a newcomer with an account here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """An act that was entered. `act`: its hash, by which its receipt can be asked for again; `entry`: its index in the
    ledger; `at`: when it was entered, milliseconds. `payload`: what was signed, with the ids that were made for it.
    `receipt`: the phyle's signed word for it, to be kept."""

    act: str
    kind: str
    entry: int
    at: int
    payload: Mapping[str, Any]
    receipt: Mapping[str, Any]


async def entered(asked: Asked, done: Done) -> Entered:
    """The answer to an act: with its receipt."""
    async with asked.store.reading() as tx:
        receipt = await receipts.sign(tx, done.answer)
    return Entered(
        act=done.answer.hash,
        kind=done.kind,
        entry=done.answer.seq or 0,
        at=done.answer.at or 0,
        payload=done.payload,
        receipt=receipt,
    )


def deed(path: str, kind: str, *, method: str = "POST", **named: str) -> Endpoint:
    """The route of a kind of act. `named`: parts of the address, by the member of the payload that they are."""
    about = SAYS.get(kind) or " ".join((LAW.acts[kind].payload.__doc__ or "").split())
    words = f"Enter the act `{kind}`. {about}"

    async def run(asked: Asked) -> Entered:
        given = {**typed(kind, dict(asked.parameters)), **{name: asked.args[part] for name, part in named.items()}}
        return await act(asked, kind, given)

    run.__doc__, run.__name__ = words, kind
    ours = OURS if FORMS[kind].introduces else ()
    return change(method, path, run, Entered, act=kind, body=frozenset((*named, *ours)), power=LAW.acts[kind].power)


async def act(asked: Asked, kind: str, given: Mapping[str, Any]) -> Entered:
    """Enter an act of the person who asks; once, if they gave it a key (`Idempotency-Key`)."""
    key = idempotency_key(asked)
    if FORMS[kind].introduces:
        refuse_own(given)
        done = await acting.introduce(asked.store, asked.me, kind, given, key=key)
    else:
        if kind == "vote":
            await _check_vote(asked, given)
        if kind in moderating.CHECKED:
            async with asked.store.reading() as tx:
                await moderating.check(tx, kind, given, by=await people.member_of(tx, asked.me.id) or "")
        done = await acting.perform(asked.store, asked.me, kind, given, key=key)
    return await entered(asked, done)


async def _check_vote(asked: Asked, given: Mapping[str, Any]) -> None:
    """A paper that would not count is refused while it can still be put right."""
    async with asked.store.reading() as tx:
        await ballots.check_choice(tx, str(given["ballot"]), given.get("choice"))


def refuse_own(given: Mapping[str, Any]) -> None:
    """Malformed if a newcomer gives something that the phyle says itself."""
    for name in OURS:
        if name in given:
            raise Malformed(f"{name} is not yours to give here.")


def idempotency_key(asked: Asked) -> str:
    """The `Idempotency-Key`, "" for none. Malformed when it is too long."""
    key = asked.headers.get("idempotency-key", "").strip()
    if len(key) > LONGEST_KEY:
        raise Malformed(f"An Idempotency-Key has at most {LONGEST_KEY} characters.")
    return key


def typed(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    """Numbers and flags as such, where a form could only send their words."""
    hints = get_type_hints(LAW.acts[kind].payload)
    for name, value in given.items():
        hint = hints.get(name)
        if isinstance(value, str) and hint in (int, int | None) and value.isascii() and value.isdigit():
            given[name] = int(value[:20])
        elif hint is bool and value in ("true", "1"):
            given[name] = True
        elif hint is bool and value in ("false", "0", ""):
            given[name] = False
    return given
