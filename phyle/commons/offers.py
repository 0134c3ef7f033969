"""Offers: tickets and changes that people here offered to projects elsewhere, and how those say that they stand."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal

from phyle.commons import examining, permission, repositories, tickets
from phyle.commons.events import OfferMade, OfferRenewed, OfferWithdrawn
from phyle.commons.git import names, storage
from phyle.commons.merge_requests import Terms, read_terms
from phyle.commons.repositories import Repository
from phyle.commons.tickets import Words
from phyle.errors import Conflict, Missing, Refused, TooMany, Unprocessable
from phyle.identity import actors, limits
from phyle.identity.actors import Actor
from phyle.identity.limits import Limit
from phyle.ids import ActorId
from phyle.store.sql import queries
from phyle.store.transaction import Record, Store, Tx
from phyle.text import well_formed

SQL = queries(__file__)

MADE = Limit(
    name="offers",
    most=60,
    window=timedelta(hours=1),
    sentence="You have offered many things to others. Please go on in an hour.",
)
LONGEST_REASON = 5000

Kind = Literal["ticket", "merge_request"]
State = Literal["sent", "open", "refused", "resolved", "applied", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One row of `commons.offers`. `target`: the repository there. `ticket`: its address there, once it was accepted.
    `head`: the newest commit that they were told of. `reason`: what they said."""

    id: int
    actor: ActorId
    kind: Kind
    uri: str
    target: ActorId
    title: str
    source: str
    origin: ActorId | None
    origin_branch: str | None
    target_branch: str | None
    head: str | None
    terms: Terms
    claim: Mapping[str, Any] | None
    ticket: str | None
    adding: str | None
    state: State
    reason: str
    sent_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOffered:
    """A change for a project elsewhere: a branch of a repository here, for one of theirs."""

    words: Words
    origin: Repository
    branch: str
    target_branch: str
    terms: Terms
    claim: Mapping[str, Any] | None = None


_COLUMNS = tuple(field.name for field in fields(Offer))


async def offer_ticket(tx: Tx, actor: Actor, target: Actor, words: Words) -> Offer:
    """Opens a ticket at a project elsewhere; its home answers."""
    words = tickets.checked(words)
    return await _make(tx, actor, target, "ticket", words)


async def offer_change(store: Store, actor: Actor, target: Actor, change: ChangeOffered) -> Offer:
    """Offers a change to a project elsewhere, which fetches the branch from here and answers. Not in a transaction.
    The branch must be where everybody may read it."""
    words = tickets.checked(change.words)
    names.branch(change.target_branch)
    async with store.reading() as tx:
        await permission.require(tx, actor.id, change.origin, "read")
    if not change.origin.public:
        raise Refused("Another server fetches the branch, so it must be in a public repository.")
    folder = await storage.existing(store.settings, change.origin.id)
    head = await examining.tip(folder, change.branch)
    async with store.transaction() as tx:
        return await _make(tx, actor, target, "merge_request", words, change, head)


async def _make(
    tx: Tx,
    actor: Actor,
    target: Actor,
    kind: Kind,
    words: Words,
    change: ChangeOffered | None = None,
    head: str | None = None,
) -> Offer:
    if target.kind != repositories.KIND or target.local:
        raise Unprocessable("That is no repository of another server.")
    if target.gone:
        raise Missing("That repository is not there any more.")
    if not await limits.within(tx, MADE, str(actor.id)):
        raise TooMany(MADE.sentence)
    row = await tx.change_one(
        SQL.make,
        tx.new_id(),
        actor.id,
        kind,
        f"{tx.store.settings.origin}/activities/{tx.new_id()}",
        target.id,
        words.title,
        words.source,
        change and change.origin.id,
        change and change.branch,
        change and change.target_branch,
        head,
        asdict(change.terms) if change else {},
        change and change.claim,
    )
    made = _given(row)
    await tx.emit(OfferMade(offer=made.id))
    return made


async def renew(tx: Tx, offer: Offer, head: str, claim: Mapping[str, Any] | None) -> Offer:
    """A new version, of which they are told by an activity with the id `adding`; nothing if it is the same."""
    if offer.head == head:
        return offer
    adding = f"{tx.store.settings.origin}/activities/{tx.new_id()}"
    renewed = _given(await tx.change_one(SQL.renew, offer.id, head, claim, adding))
    if renewed.ticket is not None:
        await tx.emit(OfferRenewed(offer=offer.id))
    return renewed


async def withdraw(tx: Tx, actor: ActorId, offer: Offer) -> Offer:
    """Taken back by who made it."""
    if offer.actor != actor:
        raise Missing
    held_now = await _held(tx, offer.id)
    if held_now.state not in ("sent", "open"):
        raise Conflict("This was decided on there.")
    changed = _given(await tx.change_one(SQL.set_state, offer.id, "withdrawn", ""))
    await tx.emit(OfferWithdrawn(offer=offer.id))
    return changed


async def accepted(tx: Tx, offer: Offer, ticket: str) -> Offer | None:
    """They took it, and it has an address there; None if that was known or comes too late."""
    row = await tx.change_one(SQL.accept, offer.id, ticket)
    return None if row is None else _from_row(row)


async def told(tx: Tx, offer: Offer, state: State, reason: str = "") -> None:
    """How it stands, as its home says. What was withdrawn here stays so."""
    found = await _held(tx, offer.id)
    if found.state != "withdrawn":
        await tx.change_one(SQL.set_state, offer.id, state, well_formed(reason)[:LONGEST_REASON])


async def set_reason(tx: Tx, offer: Offer, reason: str) -> None:
    """What its home says of the newest version."""
    await tx.run(SQL.set_reason, offer.id, well_formed(reason)[:LONGEST_REASON])


async def get(tx: Tx, id: int) -> Offer:
    """Raises Missing."""
    return _given(await tx.row(SQL.get, id))


async def own(tx: Tx, actor: ActorId, id: int) -> Offer:
    """The offer, if it is this person's. Raises Missing."""
    found = await get(tx, id)
    if found.actor != actor:
        raise Missing
    return found


async def by_uri(tx: Tx, uri: str) -> Offer | None:
    """The offer that went out with an activity."""
    return _found(await tx.row(SQL.by_uri, uri))


async def by_adding(tx: Tx, uri: str) -> Offer | None:
    """The offer whose newest version went out with an activity."""
    return _found(await tx.row(SQL.by_adding, uri))


async def by_ticket(tx: Tx, ticket: str) -> Offer | None:
    """The offer that became a ticket elsewhere."""
    return _found(await tx.row(SQL.by_ticket, ticket))


async def of(tx: Tx, actor: ActorId, *, below: int | None, limit: int) -> list[Offer]:
    """What somebody offered, newest first."""
    return [_from_row(row) for row in await tx.rows(SQL.of, actor, below, limit)]


async def from_branch(tx: Tx, repository: int, branch: str) -> list[Offer]:
    """The changes that are offered from a branch here and not decided on."""
    return [_from_row(row) for row in await tx.rows(SQL.from_branch, repository, branch)]


async def target_of(tx: Tx, offer: Offer) -> Actor:
    """The repository there."""
    return await actors.by_id(tx, offer.target)


async def _held(tx: Tx, id: int) -> Offer:
    return _given(await tx.row(SQL.held, id))


def _given(row: Record | None) -> Offer:
    if row is None:
        raise Missing
    return _from_row(row)


def _found(row: Record | None) -> Offer | None:
    return None if row is None else _from_row(row)


def _from_row(row: Record) -> Offer:
    values: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    return Offer(**{**values, "terms": read_terms(values["terms"])})
