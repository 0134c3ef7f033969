"""Entering the booth from an ordinary server: who asked for it, the link that is sent to them, the session, its key.

The link is known to nobody but whom it is sent to: only its hash is kept. What opens the session in the ledger is the
request by which their own server asked for the link.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from phyle.cooperative import people
from phyle.cooperative.law.entering import LONGEST, Session
from phyle.cooperative.ledger import acts, reading, signing
from phyle.cooperative.ledger.openings import seal
from phyle.errors import Gone, Unproven
from phyle.identity import actors, bearer, guests
from phyle.identity.actors import Actor
from phyle.store.sql import queries
from phyle.store.transaction import Store, Tx

SQL = queries(__file__)

ASKING = timedelta(hours=1)
"""For so long it is known where somebody wants to go who was asked whether they want to enter."""
LINK_LASTS = timedelta(minutes=15)
LASTS = timedelta(milliseconds=LONGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """Whom a link is for, and where they want to go."""

    actor: Actor
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A session that began. `secret`: for a cookie, or as a token of the phyle's API; `until`: milliseconds."""

    secret: str
    next: str
    until: int


async def wish(tx: Tx, actor: Actor, path: str) -> None:
    """Somebody, perhaps this person, wants to go somewhere: a path. It opens nothing."""
    await tx.run(SQL.wish, actor.id, path[:2000], ASKING)


async def confirm(tx: Tx, actor: Actor, request: Mapping[str, Any]) -> None:
    """The person's own server asked for it, by this request. A link that was made before opens nothing any more."""
    await tx.run(SQL.confirm, actor.id, request, LINK_LASTS)


async def asked_by(tx: Tx, actor: int) -> Mapping[str, Any] | None:
    """The request by which somebody asked for a link, if they may have one now."""
    found: Mapping[str, Any] | None = await tx.value(SQL.asked_by, actor)
    return found


async def new_link(tx: Tx, actor: int) -> str:
    """The secret of a new link for whoever asked for it; the one before opens nothing any more. Gone if they did not
    ask, or too long ago."""
    secret = bearer.new()
    if not await tx.run(SQL.link, actor, bearer.digest(secret)):
        raise Gone("Nobody asks to enter the booth any more.")
    return secret


async def entrance(tx: Tx, secret: str) -> Entrance:
    """What a link opens; to look at it changes nothing. Gone if it was used, or is too old."""
    row = await tx.row(SQL.entrance, _digest(secret))
    if row is None:
        raise _gone()
    return Entrance(actor=await actors.by_id(tx, row["actor"]), next=row["next"])


async def enter(store: Store, secret: str, *, before: str | None = None) -> Entered:
    """Use a link, which opens nothing afterwards, whatever comes of it. `before`: the cookie of the session that this
    one takes the place of. Gone if it was used, or is too old; Refused for whoever is no member any more."""
    async with store.transaction() as tx:
        row = await tx.change_one(SQL.use, _digest(secret))
        if row is not None:
            member = await people.member(tx, row["actor"])
            until, hash = await _open(tx, member, row["request"])
    if row is None:
        raise _gone()
    await acts.wait(store, hash)
    async with store.transaction() as tx:
        cookie = await guests.begin(tx, row["actor"], lasts=LASTS, before=before)
    return Entered(secret=cookie, next=row["next"], until=until)


async def _open(tx: Tx, member: str, request: Mapping[str, Any]) -> tuple[int, str]:
    """The act that opens a session, handed in: until when, and its hash. The key is kept here."""
    public, private = signing.new_key()
    until = int(await tx.value(signing.SQL.clock)) + LONGEST
    await tx.run(SQL.keep_key, public, member, private, until)
    proof = seal("request", request, audience="members", about=member)
    document = await signing.attested(tx, member, "enter_booth", {"key": public, "until": until})
    return until, await acts.submit_in(tx, document, author="attested", evidence=[proof])


async def signed(tx: Tx, member: str, kind: str, payload: Any, *, nonce: str = "") -> signing.Document:
    """An act of a member in the booth, by the key of their session. Unproven if they have none now."""
    session = await reading.get(tx, Session, member)
    secret = await tx.value(SQL.key, session.key, member) if session is not None else None
    if secret is None:
        raise Unproven("Your visit to the booth is over: ask for a new link.")
    return await signing.by_session(tx, member, kind, payload, signing.key_of(secret), nonce=nonce)


async def open_until(tx: Tx, member: str) -> int | None:
    """Until when somebody is in the booth in a member's name: milliseconds; None if nobody is."""
    session = await reading.get(tx, Session, member)
    return session.until if session is not None and session.until > await tx.value(signing.SQL.clock) else None


async def leave(tx: Tx, actor: Actor) -> None:
    """A guest leaves the booth: the session is over here and in the ledger, and its key signs nothing more."""
    await guests.leave(tx, actor.id)
    member = await people.member_of(tx, actor.id)
    session = await reading.get(tx, Session, member) if member is not None else None
    if member is None or session is None or await tx.value(SQL.key, session.key, member) is None:
        return
    document = await signed(tx, member, "leave_booth", {})
    await acts.submit_in(tx, document, author="attested")
    await tx.run(SQL.forget_key, session.key)


async def forget(tx: Tx, _body: Mapping[str, Any]) -> None:
    """Recurring job: links that nobody used, and keys that sign nothing any more."""
    await tx.run(SQL.forget_entrances)
    await tx.run(SQL.forget_keys, await tx.value(signing.SQL.clock))


def _digest(secret: str) -> bytes:
    return bearer.digest(secret[: bearer.LONGEST + 1])


def _gone() -> Gone:
    return Gone("This link was used already, or is too old. Ask for another one.")
