"""Errands on the wire: Resolve, Assign, Apply and their Undo, with the grant that somebody here holds elsewhere."""

from phyle.clock import wire_time
from phyle.commons import capabilities, errands
from phyle.commons.activities import remote
from phyle.commons.activities.change_reading import offers
from phyle.commons.activities.reviews import WORDS
from phyle.commons.activities.ticket_documents import MARKDOWN
from phyle.commons.activities.ticket_kinds import ERRAND
from phyle.commons.activities.ticket_reading import read_ticket
from phyle.commons.errands import Errand
from phyle.errors import Refusal, Refused, Unavailable, Unreachable
from phyle.federation import authority, contexts, peers
from phyle.federation.dispatch import Arrival, Handler, Key
from phyle.federation.net import Net
from phyle.federation.outgoing import inbox_of, send
from phyle.federation.reading import shapes
from phyle.federation.urls import same_origin
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.powers import SELF
from phyle.store.jobs import Become, Body, backoff
from phyle.store.transaction import Store, Tx
from phyle.text import markdown, plain, sanitise

_REVIEWS = {"approve": WORDS["approve"], "changes": WORDS["changes"]}
RUN = "commons.run_errand"
PATIENCE = 4


async def run(net: Net, store: Store, body: Body) -> Become | None:
    """Network job, subscriber of ErrandMade: the ticket is looked at, and its repository asked."""
    tries = int(body.get("tries", 0)) + 1
    async with store.reading() as tx:
        errand = await errands.get(tx, body["errand"])
    if errand.state != "sent":
        return None
    try:
        await _run(net, store, errand)
    except (Unreachable, Unavailable) as error:
        if tries < PATIENCE:
            return Become(job=RUN, body={**body, "tries": tries}, after=backoff(2 * tries))
        await _refused(store, errand, error.sentence)
    except Refusal as refusal:
        await _refused(store, errand, refusal.sentence)
    return None


async def _refused(store: Store, errand: Errand, reason: str) -> None:
    async with store.transaction() as tx:
        await errands.settle(tx, errand, "refused", reason)


def _version(ticket: Document) -> str:
    """The id of the newest version of a change."""
    return next((link for offer in offers(ticket) if (link := shapes.link(offer, "object"))), "")


async def _run(net: Net, store: Store, errand: Errand) -> None:
    async with store.reading() as tx:
        await peers.refuse_blocked(tx, errand.ticket)
    document = await remote.described(net, store, errand.ticket)
    told = read_ticket(document)
    if not same_origin(told.uri, told.context):
        raise Refused("That ticket is of no repository of its own server.", cause=f"{told.uri} of {told.context}")
    _, target = await remote.fetched(net, store, told.context)
    async with store.transaction() as tx:
        known = await errands.found(tx, errand, target, told.words.title)
        if known is not None:
            actor = await actors.by_id(tx, known.actor)
            await _send(tx, actor, target, known, told.uri, _version(document))


async def _send(tx: Tx, actor: Actor, target: Actor, errand: Errand, ticket: str, version: str) -> None:
    reviews = errand.deed in _REVIEWS
    said = _review(actor, target, errand, ticket, version) if reviews else _said(actor, errand, ticket)
    activity: Document = {
        "@context": contexts.FOR_FORGE,
        "id": errand.uri,
        "actor": actor.uri,
        "to": [target.uri],
        **said,
    }
    if (capability := await capabilities.shown(tx, actor.id, target)) is not None:
        activity["capability"] = capability
    order = f"{actor.uri} {target.uri}"
    await send(tx, actor, activity, order_key=order, inboxes=[inbox_of(target, shared=False)])


def _review(actor: Actor, target: Actor, errand: Errand, ticket: str, version: str) -> Document:
    review: Document = {
        "type": "Review",
        "attributedTo": actor.uri,
        "context": ticket,
        "object": version,
        "verdict": _REVIEWS[errand.deed],
        "source": {"content": errand.words, "mediaType": MARKDOWN},
        "content": markdown.rendered(errand.words),
        "mediaType": "text/html",
    }
    return {"type": "Offer", "object": review, "target": target.uri}


def _said(actor: Actor, errand: Errand, ticket: str) -> Document:
    """What is said, by what is wished."""
    assign: Document = {"type": "Assign", "actor": actor.uri, "object": actor.uri, "target": ticket}
    match errand.deed:
        case "resolve":
            return {"type": "Resolve", "object": ticket}
        case "reopen":
            return {"type": "Undo", "object": {"type": "Resolve", "actor": actor.uri, "object": ticket}}
        case "claim":
            return {**assign, **({"endTime": wire_time(errand.until)} if errand.until is not None else {})}
        case "release":
            return {"type": "Undo", "object": assign}
        case "apply":
            return {"type": "Apply", "object": ticket, **({"phyle:method": errand.method} if errand.method else {})}
        case _:
            raise ValueError(errand.deed)


async def accepted(tx: Tx, arrival: Arrival) -> None:
    """Accept, by the repository that was asked."""
    errand = await _answered(tx, arrival)
    if errand is not None:
        await errands.settle(tx, errand, "done")


async def rejected(tx: Tx, arrival: Arrival) -> None:
    """Reject, by the repository that was asked, with its reason."""
    errand = await _answered(tx, arrival)
    if errand is not None:
        said = shapes.natural(arrival.activity.raw, "summary", 20_000) or ""
        await errands.settle(tx, errand, "refused", plain(sanitise(said)))


async def _answered(tx: Tx, arrival: Arrival) -> Errand | None:
    errand = await errands.by_uri(tx, arrival.activity.object_id or "")
    if errand is None or errand.target is None:
        return None
    authority.may_answer((await actors.by_id(tx, errand.target)).uri, arrival.actor.uri)
    return errand


INBOUND: dict[Key, Handler] = {
    ("Accept", ERRAND): Handler(arrive=accepted, power=SELF),
    ("Reject", ERRAND): Handler(arrive=rejected, power=SELF),
}
