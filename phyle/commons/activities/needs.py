"""What is needed, on the wire: told by every phyle in one collection, asked for now and then, heard as it changes."""

import logging
from datetime import timedelta
from html import escape
from urllib.parse import urlsplit

from phyle.clock import now, wire_time
from phyle.commons import needs, repositories
from phyle.commons.activities import offers
from phyle.commons.activities.ticket_reading import RemoteTicket, read_ticket
from phyle.commons.needs import Needed, Told, Wanted
from phyle.commons.repositories import Repository
from phyle.errors import Missing, Refusal
from phyle.federation import contexts, fetch, peers, people, writing
from phyle.federation.dispatch import Arrival, Handler, Key, embedded
from phyle.federation.net import Net
from phyle.federation.urls import host_of, same_address, same_origin
from phyle.federation.wire import Document
from phyle.powers import SELF
from phyle.store.jobs import Body
from phyle.store.transaction import Store, Tx

_log = logging.getLogger(__name__)

PULL = "commons.pull_needs"
PATH = "/needs"
"""Where every phyle tells what it needs."""
MOST = 300
MOST_PAGES = 3


# Told


async def collection(tx: Tx, uri: str, repository: Repository | None = None) -> Document:
    """What is needed here, newest first: tickets in short, each under its own address."""
    found = await needs.here(tx, Wanted(limit=MOST), repository)
    return {
        **writing.collection(uri, total=len(found)),
        "@context": contexts.FOR_FORGE,
        "orderedItems": [await _short(tx, each) for each in found],
    }


async def _short(tx: Tx, need: Needed) -> Document:
    author = await tx.value(needs.SQL.author, need.id)
    said: Document = {
        "id": need.uri,
        "type": "Ticket",
        "context": need.project,
        "attributedTo": author,
        "summary": escape(need.title, quote=False),
        "url": need.page,
        "isResolved": False,
        "phyle:project": need.called,
        "phyle:need": {"state": need.state, **({"until": wire_time(need.until)} if need.until else {})},
    }
    if need.kind:
        said["phyle:kind"] = need.kind
    if need.skills:
        said["phyle:skills"] = list(need.skills)
    return said


# Heard


async def told(tx: Tx, arrival: Arrival) -> None:
    """Create or Update of a Ticket, by the repository that it is of: what somebody here offered stands as it says; and
    what it needs is shown here."""
    document = embedded(arrival.activity.object)
    if document is None or arrival.actor.kind != repositories.KIND or arrival.actor.local:
        return
    ticket = read_ticket(document)
    if not same_origin(ticket.uri, arrival.actor.uri) or not same_address(ticket.context, arrival.actor.uri):
        return
    await offers.updated(tx, arrival, document)
    await _note(tx, ticket, arrival.actor.uri, arrival.actor.display_name or arrival.actor.name)
    await know_host(tx, arrival.actor.uri)


async def _note(tx: Tx, ticket: RemoteTicket, project: str, called: str) -> None:
    if not ticket.need or ticket.resolved:
        await needs.drop(tx, ticket.uri)
        return
    said = Told(
        uri=ticket.uri,
        host=host_of(ticket.uri),
        project=project,
        called=called.removesuffix(repositories.SUFFIX),
        words=ticket.words,
        state=ticket.need,
        until=ticket.until,
        published=ticket.published,
    )
    await needs.note(tx, said)


# Asked


async def know_host(tx: Tx, uri: str) -> None:
    """The phyle at which something lies is asked for what it needs: at once, and from now on."""
    parts = urlsplit(uri)
    address = f"{parts.scheme}://{parts.netloc}{PATH}"
    if await needs.know(tx, host_of(uri), address):
        await tx.queue(PULL, {"host": host_of(uri), "address": address})


async def know_fork(tx: Tx, body: Body) -> None:
    """Subscriber of RepositoryForked: where somebody works on the same."""
    if not str(body["fork"]).startswith(f"{tx.store.settings.origin}/"):
        await know_host(tx, body["fork"])


async def know_origin(tx: Tx, body: Body) -> None:
    """Subscriber of RepositoryCreated: of a fork, where it comes from."""
    try:
        made = await repositories.get(tx, body["repository"])
    except Missing:
        return
    if made.origin is not None and not made.origin.startswith(f"{tx.store.settings.origin}/"):
        await know_host(tx, made.origin)


async def ask(tx: Tx, _body: Body) -> None:
    """Recurring: phyles are asked in turn, and what nobody repeats is forgotten."""
    for host, address in await needs.due(tx):
        await tx.queue(PULL, {"host": host, "address": address})
    await needs.expire(tx)


async def pull(net: Net, store: Store, body: Body) -> None:
    """Network job: what one phyle needs. It speaks for itself only."""
    host, address = str(body["host"]), str(body["address"])
    began = now() - timedelta(seconds=1)
    signer = await people.service_signer(store)
    try:
        async with store.reading() as tx:
            await peers.refuse_blocked(tx, address)
        origin = store.settings.origin
        items = await fetch.pages(
            net, address, signer=signer, local_origin=origin, limit_items=needs.MOST_OF_HOST, limit_pages=MOST_PAGES
        )
    except Refusal as refusal:
        _log.info("%s does not say what it needs: %s", host, refusal)
        async with store.transaction() as tx:
            await needs.failed(tx, host)
        return
    async with store.transaction() as tx:
        for item in items:
            await _heard(tx, address, item)
        await needs.drop_unseen(tx, host, began)


async def _heard(tx: Tx, address: str, item: Document | str) -> None:
    """One item: what cannot be read, or is not of that phyle, is passed over."""
    if not isinstance(item, dict):
        return
    try:
        ticket = read_ticket(item)
    except Refusal:
        return
    if not same_origin(ticket.uri, address) or not same_origin(ticket.context, address):
        return
    called = item.get("phyle:project")
    await _note(tx, ticket, ticket.context, called if isinstance(called, str) else host_of(address))


INBOUND: dict[Key, Handler] = {
    ("Create", "Ticket"): Handler(arrive=told, power=SELF),
    ("Update", "Ticket"): Handler(arrive=told, power=SELF),
}
