"""Fulfilling: what decisions mean for the instance itself is done, and the ledger hears of it."""

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson

from phyle.conversation import groups
from phyle.cooperative import circles, obligations, people
from phyle.cooperative.activities import moderating
from phyle.cooperative.law.commons.holdings import Accepted
from phyle.cooperative.law.mandates import holders
from phyle.cooperative.law.phyles import charter
from phyle.cooperative.law.spelling import digest
from phyle.cooperative.law.state import State
from phyle.cooperative.ledger import reading, signing
from phyle.errors import Conflict, Refusal, Unprocessable
from phyle.identity import actors, faces, profiles
from phyle.identity.faces import LONGEST
from phyle.store.transaction import Tx

JOB = "cooperative.fulfil"
CIRCLE = "circle"
"""The kind of item of the commons that is a group of people who work at something."""
Body = Mapping[str, Any]


async def entered(tx: Tx, body: Body) -> None:
    """Subscriber of Entered: what a decision owes is begun at once; at the founding the settings become the face; what
    a steward changes of that is shown."""
    if body["kind"] == "found":
        await faces.settle(tx, tx.store.settings)
    elif body["kind"] == "change_face":
        here = await reading.phyle(tx)
        for name, value in here.face if here is not None else ():
            with contextlib.suppress(Unprocessable):  # nothing is owed, so nobody waits to hear that it cannot be
                await _show(tx, {"name": name, "value": value})
    elif body["kind"] == "accept_item":
        for seq in body["seqs"]:
            await _accepted_by_steward(tx, seq)
    for seq in body["seqs"] if body["kind"] == "execute" else ():
        for id in await obligations.since(tx, seq):
            await tx.queue(JOB, {"id": id})


async def _accepted_by_steward(tx: Tx, seq: int) -> None:
    leaf = await reading.entry(tx, seq)
    if leaf is not None:
        with contextlib.suppress(Conflict, Unprocessable):  # nothing is owed, as above
            await _accept(tx, orjson.loads(leaf)["act"]["payload"])


async def look(tx: Tx, _body: Body) -> None:
    """Recurring: what is still owed is tried again; and who moderates the agora follows the mandates."""
    for id in await obligations.waiting(tx):
        await tx.queue(JOB, {"id": id})
    await _appoint(tx)


async def fulfil(tx: Tx, body: Body) -> None:
    """Local job `{id}`: one obligation. What cannot be done is said in the ledger, with the reason, and undoes nothing
    of what was decided."""
    owed = await obligations.owed(tx, body["id"])
    if owed is None:
        return
    before = tx.writes
    try:
        why_not = await _DO[owed.kind](tx, owed.body)
    except Refusal as refusal:
        if refusal.status >= 500 or tx.writes != before:
            raise
        why_not = refusal.sentence
    await obligations.settle(tx, owed, why_not=why_not or "")


async def _nothing(tx: Tx, owed: Body) -> None:
    """It was done in the commit of the entry, or by who hears of changed standings."""


async def _moderated(tx: Tx, owed: Body) -> str:
    await moderating.look(tx, {})
    return "" if owed["action"] == "lift" else await moderating.failure(tx, owed["moderation"])


async def _show(tx: Tx, owed: Body) -> None:
    name, value = owed["name"], owed["value"]
    if name == "limits":
        raise Unprocessable("This version keeps limits of its own, and cannot be told others.")
    if len(value) > LONGEST:
        raise Unprocessable(f"The {name} of an instance has at most {LONGEST} characters.")
    await faces.put(tx, name, value)
    if name == "name":
        title = profiles.Change(display_name=value[: profiles.LONGEST_NAME])
        await profiles.change(tx, await actors.service(tx), title)


async def _offices(tx: Tx, owed: Body) -> None:
    await _appoint(tx)


async def _appoint(tx: Tx) -> None:
    """Who holds a mandate with the scope `moderation` moderates the agora and the circles."""
    here = await reading.phyle(tx)
    if here is None or here.charter is None:
        return
    at, state = await tx.value(signing.SQL.clock), await reading.load(tx)
    stewards = await reading.knowing(tx, state, lambda: _moderators(state, at))
    wanted = sorted((await people.actors_of(tx, stewards)).values())
    for group in await circles.open_to_all(tx):
        if sorted((await groups.get(tx, group.id)).moderators) != wanted:
            await groups.settle(tx, group, moderators=wanted)


def _moderators(state: State, at: int) -> list[str]:
    offices = [name for name, office in charter(state).offices.items() if "moderation" in office.scope]
    return sorted({member for office in offices for member in holders(state, office, at)})


async def _accept(tx: Tx, owed: Body) -> None:
    """A circle that was accepted is met as a group; other items wait for who keeps the commons."""
    accepted = await reading.get(tx, Accepted, digest(owed["item"]))
    if accepted is not None and accepted.kind == CIRCLE:
        await circles.open_circle(tx, owed["item"])


async def _describe(tx: Tx, owed: Body) -> None:
    """Who keeps a copy of the groups' documents learns of the new key."""
    await circles.describe(tx)


async def _close(tx: Tx, owed: Body) -> None:
    """A phyle that is dissolved deliberates no more; what was said stays."""
    await groups.settle(tx, await circles.circle(tx, circles.AGORA), posting="nobody")


async def _move_host(tx: Tx, owed: Body) -> None:
    raise Unprocessable("A server cannot move itself: whoever runs it exports the ledger, and imports it there.")


_DO: Mapping[str, Callable[[Tx, Body], Awaitable[str | None]]] = {
    "admitted": _nothing,
    "left": _nothing,
    "suspended": _nothing,
    "rebound": _nothing,
    "amended": _offices,
    "appointed": _offices,
    "recalled": _offices,
    "rotated": _describe,
    "annulled": _nothing,
    "accepted": _accept,
    "granted": _nothing,
    "ruled": _nothing,
    "moderated": _moderated,
    "face": _show,
    "rehosted": _move_host,
    "dissolved": _close,
}
