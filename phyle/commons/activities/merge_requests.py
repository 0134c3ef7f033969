"""Merge requests on the wire: what comes from branches elsewhere is fetched, examined, and answered."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any, get_args

from phyle.commons import (
    applying,
    capabilities,
    merge_requests,
    permission,
    repositories,
    tickets,
)
from phyle.commons.activities import answering, offer_documents
from phyle.commons.activities.change_reading import RemoteChange, offers, read_change, read_content
from phyle.commons.activities.gathering import APPLY, GATHER
from phyle.commons.activities.ticket_kinds import TICKET, VERSION
from phyle.commons.activities.ticket_reading import read_ticket
from phyle.commons.applying import Wish
from phyle.commons.merge_requests import Method, Version
from phyle.commons.repositories import Repository
from phyle.commons.tickets import Ticket
from phyle.conversation.activities import recipients
from phyle.errors import Conflict, Missing, Refused, TooMany
from phyle.federation import contexts, writing
from phyle.federation.dispatch import UNKNOWN, Arrival, Handler, Key, embedded
from phyle.federation.outgoing import send
from phyle.federation.reading import shapes
from phyle.federation.urls import same_address
from phyle.federation.wire import Document
from phyle.identity import actors, limits
from phyle.identity.limits import Limit
from phyle.powers import SELF
from phyle.store.jobs import Body
from phyle.store.transaction import Tx

FETCHED = Limit(name="changes", most=60, window=timedelta(hours=1))
"""How many changes and new versions of one domain are fetched."""


def carries_change(ticket: Document) -> bool:
    """Whether a Ticket is a merge request."""
    return next(offers(ticket), None) is not None


async def offered(tx: Tx, arrival: Arrival, repository: Repository, ticket: Document) -> None:
    """Offer of a Ticket with an Offer attached: its branch is fetched; only then there is a merge request, and an
    answer. What is wrong with it at sight is said at once."""

    async def begun() -> None:
        told, change = read_ticket(ticket), read_change(ticket)
        if not same_address(told.author, arrival.actor.uri):
            raise Refused("Everybody offers changes in their own name.", cause=told.author)
        if not same_address(change.target, repositories.uri(tx.store.settings, repository)):
            raise Refused("The change is for a branch of another repository than it was sent to.")
        await permission.require(tx, arrival.actor.id, repository, "comment")
        words = tickets.checked(told.words)
        await merge_requests.check_terms(tx, repository, change.content.terms)
        await tx.queue(
            GATHER, _body(arrival, repository, change, words={**asdict(words), "skills": list(words.skills)})
        )

    if await tickets.of_offer(tx, arrival.activity.id or "") is None:
        await _count(tx, arrival)
        await answering.answered(tx, arrival, repository, begun, accepts=False)


async def added(tx: Tx, arrival: Arrival) -> None:
    """Add of a new version to a merge request here, by its author (ForgeFed, Update patches)."""
    activity, listed = arrival.activity, embedded(arrival.activity.object)
    ticket = await tickets.at(tx, activity.target or "")
    if ticket is None or not ticket.merges or listed is None:
        return
    repository = await repositories.get(tx, ticket.repository)
    await permission.require(tx, arrival.actor.id, repository, "read")

    async def renewed() -> None:
        if arrival.actor.id != ticket.author:
            raise Refused("Only who offered a change brings new versions of it.", cause=arrival.actor.uri)
        found = await merge_requests.get(tx, ticket.id)
        if found.phase != "open":
            raise Conflict("This change was decided on. Offer a new one.")
        content = read_content(listed)
        await merge_requests.check_terms(tx, repository, content.terms)
        change = RemoteChange(
            origin=found.origin,
            origin_branch=found.origin_branch,
            target=repositories.uri(tx.store.settings, repository),
            target_branch=found.target_branch,
            content=content,
        )
        await tx.queue(GATHER, _body(arrival, repository, change, ticket=ticket.id))

    await _count(tx, arrival)
    await answering.answered(tx, arrival, repository, renewed, accepts=False)


async def _count(tx: Tx, arrival: Arrival) -> None:
    """Each change makes us fetch (D16). TooMany."""
    if not await limits.within(tx, FETCHED, limits.domain(arrival.actor.host)):
        raise TooMany(FETCHED.sentence)


def _body(arrival: Arrival, repository: Repository, change: RemoteChange, **more: Any) -> Body:
    return {
        "activity": arrival.activity.id,
        "actor": arrival.actor.id,
        "repository": repository.id,
        "origin": change.origin,
        "branch": change.origin_branch,
        "target": change.target_branch,
        "head": change.content.head,
        "terms": asdict(change.content.terms),
        "claim": change.content.claim,
        "tries": 0,
        **more,
    }


async def apply(tx: Tx, arrival: Arrival) -> None:
    """Apply of a merge request here, with a grant: of its newest version, or of the one that is named."""
    ticket, version = await _meant(tx, arrival.activity.object_id or "")
    repository = await repositories.get(tx, ticket.repository)
    await permission.require(tx, arrival.actor.id, repository, "read")
    raw = arrival.activity.raw

    async def begun() -> None:
        capability = shapes.link(raw, "capability")
        await capabilities.invoked(tx, arrival.actor, repository, capability, "push-protected")
        found = await merge_requests.get(tx, ticket.id)
        chosen = version or await merge_requests.version(tx, ticket.id, found.version)
        wish = Wish(head=chosen.head, method=_method(raw.get("phyle:method")))
        newest = await merge_requests.version(tx, ticket.id, found.version)
        await applying.check(tx, repository, found, newest, wish)
        body = {"activity": arrival.activity.id, "actor": arrival.actor.id, "ticket": ticket.id, **asdict(wish)}
        await tx.queue(APPLY, body)

    await answering.answered(tx, arrival, repository, begun, accepts=False)


def _method(said: object) -> Method:
    """The way that is asked for; a merge commit where none is said that we know."""
    found: Method = "merge"
    for each in get_args(Method):
        found = each if each == said else found
    return found


async def _meant(tx: Tx, uri: str) -> tuple[Ticket, Version | None]:
    """The ticket that an address names, itself or by one of its versions. Missing."""
    ticket = await tickets.at(tx, uri)
    version = await merge_requests.version_at(tx, uri) if ticket is None else None
    if version is not None:
        ticket = await tickets.get(tx, version.ticket)
    if ticket is None or not ticket.merges:
        raise Missing
    return ticket, version


INBOUND: dict[Key, Handler] = {
    ("Add", UNKNOWN): Handler(arrive=added, power=SELF),
    ("Apply", TICKET): Handler(arrive=apply, power=SELF),
    ("Apply", VERSION): Handler(arrive=apply, power=SELF),
}


# Out


async def tell_applied(tx: Tx, body: Body) -> None:
    """Subscriber of MergeRequestApplied: the maintainer's Apply, to who offered the change and to where it came from.
    (That the ticket is resolved, the repository itself says.)"""
    ticket, found = await tickets.get(tx, body["ticket"]), await merge_requests.get(tx, body["ticket"])
    repository = await repositories.get(tx, ticket.repository)
    if found.decided_by is None or not repository.public:
        return
    by, author = await actors.by_id(tx, found.decided_by), await actors.by_id(tx, ticket.author)
    origin = await actors.by_uri(tx, found.origin)
    if not by.local:
        return
    settings = tx.store.settings
    activity = writing.activity(
        "Apply",
        by,
        tickets.uri(settings, ticket),
        uri=answering.new_uri(tx),
        to=[author.uri, *([origin.uri] if origin is not None else [])],
        context=contexts.FOR_FORGE,
    )
    activity["target"] = offer_documents.branch(repositories.uri(settings, repository), found.target_branch)
    resource = await actors.by_id(tx, repository.id)
    if (capability := await capabilities.shown(tx, by.id, resource)) is not None:
        activity["capability"] = capability
    activity |= {"phyle:method": found.method, "phyle:hash": found.applied_as}
    inboxes = await recipients.actors(tx, [author.id, None if origin is None else origin.id])
    await send(tx, by, activity, order_key=tickets.uri(settings, ticket), inboxes=inboxes)


async def tell_refused(tx: Tx, body: Body) -> None:
    """Subscriber of MergeRequestRefused: Reject of the Offer, with the public reason."""
    ticket, found = await tickets.get(tx, body["ticket"]), await merge_requests.get(tx, body["ticket"])
    if ticket.offer is not None:
        repository, author = await repositories.get(tx, ticket.repository), await actors.by_id(tx, ticket.author)
        await answering.respond(tx, "Reject", repository, author, ticket.offer, summary=found.reason)
