"""Tickets on the wire: ForgeFed's Ticket, with what is needed and who does it until when."""

import asyncio
from html import escape
from typing import Any

from phyle.clock import wire_time
from phyle.commons import repositories, tickets
from phyle.commons.activities import offer_documents
from phyle.commons.repositories import Repository
from phyle.commons.tickets import Ticket
from phyle.conversation import posts
from phyle.federation import contexts
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.store.transaction import Tx
from phyle.text import markdown

MARKDOWN = "text/markdown; variant=CommonMark"


async def find(tx: Tx, number: int) -> Document | None:
    """The ticket with this number, if everybody may read it."""
    row = await tx.row(tickets.SQL.get, number)
    if row is None:
        return None
    repository = await repositories.get(tx, row["repository"])
    return await ticket(tx, repository, await tickets.get(tx, number)) if repository.public else None


async def ticket(tx: Tx, repository: Repository, shown: Ticket) -> Document:
    """The document of a ticket, with its context. A merge request carries its newest version as an attachment."""
    settings = tx.store.settings
    people = [each for each in (shown.author, shown.claimed_by, shown.assignee, shown.resolved_by) if each is not None]
    known = await actors.by_ids(tx, people)
    document: Document = {
        "@context": contexts.FOR_FORGE,
        "id": tickets.uri(settings, shown),
        "type": "Ticket",
        "context": repositories.uri(settings, repository),
        "attributedTo": known[shown.author].uri,
        **await worded(shown.title, shown.source),
        "url": tickets.page(settings, repository, shown),
        "published": wire_time(shown.created_at),
        "updated": wire_time(shown.changed_at),
        "isResolved": shown.state == "resolved",
        "phyle:number": shown.number,
        "phyle:need": {"state": shown.need},
    }
    if shown.kind:
        document["phyle:kind"] = shown.kind
    if shown.skills:
        document["phyle:skills"] = list(shown.skills)
    if shown.need in ("claimed", "stale") and shown.claimed_by is not None and shown.claimed_until is not None:
        document["phyle:need"] |= {"by": known[shown.claimed_by].uri, "until": wire_time(shown.claimed_until)}
    if shown.assignee is not None:
        document["assignedTo"] = known[shown.assignee].uri
    if shown.resolved_by is not None and shown.resolved_at is not None:
        document |= {"resolvedBy": known[shown.resolved_by].uri, "resolved": wire_time(shown.resolved_at)}
    if shown.post is not None and (thread := await posts.by_id(tx, shown.post)) is not None:
        document["phyle:thread"] = thread.uri
    if shown.merges:
        document |= await offer_documents.attached(tx, repository, shown)
    return document


async def worded(title: str, source: str) -> dict[str, Any]:
    """A title and its text, as every forge reads them: the title is HTML on the wire, the text in both forms."""
    content = await asyncio.to_thread(markdown.rendered, source) if source else ""
    return {
        "summary": escape(title, quote=False),
        "content": content,
        "mediaType": "text/html",
        "source": {"content": source, "mediaType": MARKDOWN},
    }
