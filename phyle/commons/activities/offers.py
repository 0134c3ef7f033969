"""Offers to projects elsewhere on the wire: sent, renewed, taken back; and what their homes say of them."""

from collections.abc import Mapping

from phyle.commons import examining, offers, pushes, repositories
from phyle.commons.activities import offer_documents, ticket_documents
from phyle.commons.activities.ticket_kinds import AWAY, OFFER, SENT
from phyle.commons.events import OfferRenewed
from phyle.commons.git import names, storage
from phyle.commons.offers import Offer, State
from phyle.errors import Refusal, Refused
from phyle.federation import authority, contexts, writing
from phyle.federation.dispatch import Arrival, Handler, Key
from phyle.federation.outgoing import inbox_of, send
from phyle.federation.reading import shapes
from phyle.federation.urls import same_origin
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.powers import SELF
from phyle.store.jobs import Body
from phyle.store.transaction import Store, Tx
from phyle.text import plain, sanitise

_STATES: Mapping[str, State] = {
    "open": "open",
    "applied": "applied",
    "refused": "refused",
    "withdrawn": "withdrawn",
}


# Out


MEDIA_TYPE = "application/x-git-patch"


async def tell_made(tx: Tx, body: Body) -> None:
    """Subscriber of OfferMade: Offer of the Ticket, to the repository there."""
    offer = await offers.get(tx, body["offer"])
    actor, target = await _parties(tx, offer)
    ticket: Document = {
        "type": "Ticket",
        "attributedTo": actor.uri,
        **await ticket_documents.worded(offer.title, offer.source),
    }
    if offer.kind == "merge_request":
        ticket["attachment"] = await _change(tx, offer, target)
    await _send(tx, "Offer", actor, target, ticket, uri=offer.uri, target=target.uri)


async def _change(tx: Tx, offer: Offer, target: Actor) -> Document:
    origin = await repositories.get(tx, offer.origin or 0)
    uri = repositories.uri(tx.store.settings, origin)
    return {
        "type": "Offer",
        "origin": offer_documents.branch(uri, offer.origin_branch or ""),
        "target": offer_documents.branch(target.uri, offer.target_branch or ""),
        "object": await _version(tx, offer),
    }


async def _version(tx: Tx, offer: Offer) -> Document:
    """With its patches, for those who do not fetch, unless they are many. How many commits it is for them depends on
    the branch there."""
    said = offer_documents.collection(offer.head or "", 0, offer.terms, offer.claim)
    actor = await actors.by_id(tx, offer.actor)
    items = [
        {"type": "Patch", "attributedTo": actor.uri, "mediaType": MEDIA_TYPE, "content": content}
        for content in await _patches(tx, offer)
    ]
    if not items:
        return {name: value for name, value in said.items() if name != "totalItems"}
    return {**said, "totalItems": len(items), "orderedItems": items}


async def _patches(tx: Tx, offer: Offer) -> list[str]:
    """As against the first branch of the fork: empty where the offer is that branch itself, or git has trouble."""
    if offer.origin is None or offer.head is None:
        return []
    try:
        origin = await repositories.get(tx, offer.origin)
        folder = await storage.existing(tx.store.settings, origin.id)
        return await examining.patches(folder, origin.default_branch, offer.head)
    except Refusal:
        return []


async def tell_renewed(tx: Tx, body: Body) -> None:
    """Subscriber of OfferRenewed: Add of the new version to the ticket there."""
    offer = await offers.get(tx, body["offer"])
    if offer.ticket is None or offer.adding is None or offer.state != "open":
        return
    actor, target = await _parties(tx, offer)
    await _send(tx, "Add", actor, target, await _version(tx, offer), uri=offer.adding, target=offer.ticket)


async def tell_withdrawn(tx: Tx, body: Body) -> None:
    """Subscriber of OfferWithdrawn: Undo of the Offer."""
    offer = await offers.get(tx, body["offer"])
    actor, target = await _parties(tx, offer)
    uri = f"{tx.store.settings.origin}/activities/{tx.new_id()}"
    await _send(tx, "Undo", actor, target, offer.uri, uri=uri)


async def _parties(tx: Tx, offer: Offer) -> tuple[Actor, Actor]:
    known = await actors.by_ids(tx, [offer.actor, offer.target])
    return known[offer.actor], known[offer.target]


async def _send(
    tx: Tx, kind: str, actor: Actor, to: Actor, thing: Document | str, *, uri: str, target: str | None = None
) -> None:
    activity = writing.activity(kind, actor, thing, uri=uri, to=[to.uri], context=contexts.FOR_FORGE)
    if target is not None:
        activity["target"] = target
    await send(tx, actor, activity, order_key=f"{actor.uri} {to.uri}", inboxes=[inbox_of(to, shared=False)])


async def notice_push(tx: Tx, body: Body) -> None:
    """Subscriber of Pushed: what is offered elsewhere from the branches that its author pushed has a new version. What
    somebody else pushed there is offered when the author says so: the terms are theirs."""
    push = await pushes.get(tx, body["push"])
    for changed in push.changes:
        if changed.ref.startswith(names.BRANCHES) and not changed.deleted:
            for offer in await offers.from_branch(tx, push.repository, names.short(changed.ref)):
                if offer.actor == push.pusher:
                    await offers.renew(tx, offer, changed.new, None)


async def renew(store: Store, actor: Actor, offer: Offer) -> Offer:
    """A new version now, because its author says so. Not in a transaction."""
    async with store.reading() as tx:
        origin = await repositories.get(tx, offer.origin or 0)
    if offer.actor != actor.id or offer.state not in ("sent", "open"):
        raise Refused("Only what is open, and your own, has new versions.")
    folder = await storage.existing(store.settings, origin.id)
    head = await examining.tip(folder, offer.origin_branch or "")
    async with store.transaction() as tx:
        return await offers.renew(tx, offer, head, None)


# In


async def accepted(tx: Tx, arrival: Arrival) -> None:
    """Accept of an offer, by the repository to which it was made and by nobody else: it has an address there."""
    offer = await _answered(tx, arrival)
    ticket = shapes.link(arrival.activity.raw, "result")
    if offer is None or ticket is None:
        return
    if not same_origin(ticket, arrival.actor.uri):
        raise Refused("A repository accepts tickets on its own server.", cause=ticket)
    taken = await offers.accepted(tx, offer, ticket)
    if taken is not None and taken.adding is not None:  # it was pushed to meanwhile
        await tx.emit(OfferRenewed(offer=taken.id))


async def rejected(tx: Tx, arrival: Arrival) -> None:
    """Reject of an offer: at once, or later, when it was refused with a reason."""
    offer = await _answered(tx, arrival)
    if offer is not None:
        await offers.told(tx, offer, "refused", _words(arrival.activity.raw))


async def version_rejected(tx: Tx, arrival: Arrival) -> None:
    """Reject of a newer version: the offer stands as it was, and its author reads why."""
    offer = await offers.by_adding(tx, _about(arrival))
    if offer is not None:
        authority.may_answer((await offers.target_of(tx, offer)).uri, arrival.actor.uri)
        await offers.set_reason(tx, offer, _words(arrival.activity.raw))


async def version_accepted(tx: Tx, arrival: Arrival) -> None:
    """Accept of a newer version: nothing more is to be said."""


async def _answered(tx: Tx, arrival: Arrival) -> Offer | None:
    offer = await offers.by_uri(tx, _about(arrival))
    if offer is not None:
        authority.may_answer((await offers.target_of(tx, offer)).uri, arrival.actor.uri)
    return offer


def _about(arrival: Arrival) -> str:
    return arrival.activity.object_id or ""


async def updated(tx: Tx, arrival: Arrival, ticket: Document) -> None:
    """Its home says how a ticket stands that came of an offer here."""
    offer = await offers.by_ticket(tx, shapes.id_of(ticket) or "")
    if offer is None or (await offers.target_of(tx, offer)).uri != arrival.actor.uri:
        return
    change = ticket.get(offer_documents.CHANGE)
    if isinstance(change, Mapping) and change.get("state") in _STATES:
        reason = change.get("reason")
        await offers.told(tx, offer, _STATES[change["state"]], reason if isinstance(reason, str) else "")
    elif shapes.boolean(ticket, "isResolved"):
        await offers.told(tx, offer, "resolved")
    elif offer.state == "resolved":
        await offers.told(tx, offer, "open")


async def settled(tx: Tx, arrival: Arrival) -> None:
    """Apply or Resolve of a ticket that came of an offer here, by somebody of its own server, which says the same."""
    offer = await offers.by_ticket(tx, _about(arrival))
    if offer is None or offer.ticket is None:
        return
    if not same_origin(offer.ticket, arrival.actor.uri):
        raise Refused("Whether a ticket is settled, its own server says.", cause=arrival.actor.uri)
    await offers.told(tx, offer, "applied" if arrival.activity.type == "Apply" else "resolved")


def _words(raw: Document) -> str:
    said = shapes.natural(raw, "summary", 20_000) or shapes.natural(raw, "content", 20_000) or ""
    return plain(sanitise(said))


INBOUND: dict[Key, Handler] = {
    ("Accept", OFFER): Handler(arrive=accepted, power=SELF),
    ("Reject", OFFER): Handler(arrive=rejected, power=SELF),
    ("Accept", SENT): Handler(arrive=version_accepted, power=SELF),
    ("Reject", SENT): Handler(arrive=version_rejected, power=SELF),
    ("Apply", AWAY): Handler(arrive=settled, power=SELF),
    ("Resolve", AWAY): Handler(arrive=settled, power=SELF),
}
