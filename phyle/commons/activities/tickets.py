"""Tickets on the wire: opened, claimed, settled by people of other servers; told to all who follow the project."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from phyle.clock import now
from phyle.commons import capabilities, handling, merge_requests, needing, permission, repositories, tickets
from phyle.commons.activities import answering, ticket_documents
from phyle.commons.activities import merge_requests as changes
from phyle.commons.activities.ticket_kinds import OFFERED, TICKET
from phyle.commons.activities.ticket_reading import read_ticket
from phyle.commons.repositories import Repository
from phyle.commons.tickets import Ticket
from phyle.errors import Missing, Refused
from phyle.federation.dispatch import Arrival, Handler, Key, embedded
from phyle.federation.people import address
from phyle.federation.reading import shapes
from phyle.federation.urls import same_address
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.powers import SELF
from phyle.store.jobs import Body
from phyle.store.transaction import Tx

A_WHILE = timedelta(days=14)
"""For how long somebody claims a ticket who does not say until when."""


# In


async def offered(tx: Tx, arrival: Arrival) -> None:
    """Offer of a Ticket to a repository here: a ticket, or with an Offer attached, a change to be merged."""
    repository = await repositories.at(tx, address(arrival.activity.target or ""))
    document = embedded(arrival.activity.object)
    if repository is None or document is None or not await permission.allowed(tx, arrival.actor.id, repository, "read"):
        return

    async def begun() -> None:
        told = read_ticket(document)
        _check_author(arrival, told.author)
        if told.uri or told.context not in ("", repositories.uri(tx.store.settings, repository)):
            raise Refused("A ticket that is offered has no `id` yet, and no `context` but its target.")
        needed = told.need == "needed"
        await tickets.begin(tx, repository, arrival.actor, told.words, needed=needed, offer=arrival.activity.id)

    if changes.carries_change(document):
        await changes.offered(tx, arrival, repository, document)
    elif await tickets.of_offer(tx, arrival.activity.id or "") is None:
        await answering.answered(tx, arrival, repository, begun, accepts=False)


def _check_author(arrival: Arrival, author: str) -> None:
    if not same_address(author, arrival.actor.uri):
        raise Refused("Everybody opens tickets in their own name.", cause=f"{author}, not {arrival.actor.uri}")


async def resolved(tx: Tx, arrival: Arrival) -> None:
    """Resolve of a ticket here, by who opened it or with a grant."""
    repository, ticket = await _about(tx, arrival, arrival.activity.object_id)
    reason = shapes.natural(arrival.activity.raw, "summary", 2000) or ""
    await _do(tx, arrival, repository, ticket, partial(handling.resolve, reason=reason))


async def reopened(tx: Tx, arrival: Arrival) -> None:
    """Undo of a Resolve, whoever it was by."""
    inner = arrival.activity.inner
    repository, ticket = await _about(tx, arrival, inner.object_id if inner else None)
    await _do(tx, arrival, repository, ticket, handling.reopen)


async def assigned(tx: Tx, arrival: Arrival) -> None:
    """Assign: of oneself, a claim until `endTime`, for anybody who may comment; of somebody else, with a grant."""
    activity = arrival.activity
    if await tickets.at(tx, activity.target or "") is None:
        return
    repository, ticket = await _about(tx, arrival, activity.target)
    whom = await actors.by_uri(tx, address(activity.object_id or ""))
    if whom is None:
        raise Missing
    if whom.id == arrival.actor.id:
        until = min(shapes.instant(activity.raw, "endTime") or now() + A_WHILE, now() + needing.LONGEST)
        await _do(tx, arrival, repository, ticket, partial(handling.claim, until=until), open_to_all=True)
    else:
        await _do(tx, arrival, repository, ticket, partial(handling.assign, assignee=whom), authors_too=True)


async def unassigned(tx: Tx, arrival: Arrival) -> None:
    """Undo of an Assign: oneself, or with a grant anybody."""
    inner = embedded(arrival.activity.object) or {}
    target = shapes.link(inner, "target")
    if target is None or await tickets.at(tx, target) is None:
        return
    repository, ticket = await _about(tx, arrival, target)
    mine = same_address(shapes.link(inner, "object") or "", arrival.actor.uri)
    if mine and ticket.claimed_by == arrival.actor.id:
        await _do(tx, arrival, repository, ticket, handling.give_back, open_to_all=True)
    else:
        await _do(tx, arrival, repository, ticket, partial(handling.assign, assignee=None), authors_too=True)


async def taken_back(tx: Tx, arrival: Arrival) -> None:
    """Undo of the Offer that a ticket came with, by who made it: a change is withdrawn, a ticket settled."""
    ticket = await tickets.of_offer(tx, arrival.activity.object_id or "")
    if ticket is None or ticket.author != arrival.actor.id:
        raise Refused("Only who offered it may take it back.")
    repository = await repositories.get(tx, ticket.repository)
    await _do(tx, arrival, repository, ticket, merge_requests.withdraw if ticket.merges else handling.resolve)


async def _about(tx: Tx, arrival: Arrival, uri: str | None) -> tuple[Repository, Ticket]:
    """The ticket that an activity is about, for whoever may read it. The repository is the ticket's own, whatever the
    activity says (H11)."""
    ticket = await tickets.at(tx, uri or "")
    if ticket is None:
        raise Missing
    repository = await repositories.get(tx, ticket.repository)
    await permission.require(tx, arrival.actor.id, repository, "read")
    return repository, ticket


async def _do(
    tx: Tx,
    arrival: Arrival,
    repository: Repository,
    ticket: Ticket,
    step: Callable[[Tx, Actor, Repository, Ticket], Awaitable[object]],
    *,
    open_to_all: bool = False,
    authors_too: bool = False,
) -> None:
    """A step by the sender, who shows a grant for it: unless it is open to all, or the ticket is their own (and of that
    step it is not said that `authors_too` need one)."""

    async def done() -> None:
        if not open_to_all and (authors_too or arrival.actor.id != ticket.author):
            capability = shapes.link(arrival.activity.raw, "capability")
            await capabilities.invoked(tx, arrival.actor, repository, capability, "triage")
        await step(tx, arrival.actor, repository, ticket)

    await answering.answered(tx, arrival, repository, done)


INBOUND: dict[Key, Handler] = {
    ("Offer", "Ticket"): Handler(arrive=offered, power=SELF),
    ("Resolve", TICKET): Handler(arrive=resolved, power=SELF),
    ("Undo", "Resolve", TICKET): Handler(arrive=reopened, power=SELF),
    ("Assign", "account"): Handler(arrive=assigned, power=SELF),
    ("Undo", "Assign", "account"): Handler(arrive=unassigned, power=SELF),
    ("Undo", OFFERED): Handler(arrive=taken_back, power=SELF),
}


# Out


async def tell_opened(tx: Tx, body: Body) -> None:
    """Subscriber of TicketOpened: who offered it has the address; who follows the project hears of it."""
    ticket = await tickets.get(tx, body["ticket"])
    repository = await repositories.get(tx, ticket.repository)
    author = await actors.by_id(tx, ticket.author)
    if ticket.offer is not None:
        await answering.respond(
            tx, "Accept", repository, author, ticket.offer, result=tickets.uri(tx.store.settings, ticket)
        )
    await _tell(tx, "Create", repository, ticket)


async def tell_changed(tx: Tx, body: Body) -> None:
    """Subscriber of TicketChanged: Update, to who follows the project and whom it concerns."""
    ticket = await tickets.get(tx, body["ticket"])
    await _tell(tx, "Update", await repositories.get(tx, ticket.repository), ticket)


async def _tell(tx: Tx, kind: str, repository: Repository, ticket: Ticket) -> None:
    document = await ticket_documents.ticket(tx, repository, ticket)
    concerned = (ticket.author, ticket.claimed_by, ticket.assignee)
    await answering.publish(tx, kind, repository, document, concerned=concerned, order_key=document["id"])


async def lapse(tx: Tx, _body: Body) -> None:
    """Recurring: claims whose time has passed."""
    for id in await tickets.overdue(tx):
        ticket = await tickets.get(tx, id)
        await handling.run_out(tx, await repositories.get(tx, ticket.repository), ticket)
