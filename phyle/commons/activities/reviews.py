"""Reviews on the wire: ForgeFed's Review, by people of other servers who show a grant, or only comment."""

from phyle.clock import wire_time
from phyle.commons import capabilities, merge_requests, permission, repositories, reviews, tickets
from phyle.commons.activities import answering, ticket_documents
from phyle.commons.repositories import Repository
from phyle.commons.reviews import Review, Verdict
from phyle.commons.tickets import Ticket
from phyle.errors import Malformed, Missing, Refused
from phyle.federation import contexts
from phyle.federation.dispatch import Arrival, Handler, Key, embedded
from phyle.federation.reading import shapes
from phyle.federation.urls import same_address
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.powers import SELF
from phyle.settings import Settings
from phyle.store.transaction import Tx
from phyle.text import plain, sanitise

WORDS: dict[Verdict, str] = {"approve": "approve", "changes": "revise", "comment": "remark"}
"""Our verdicts, as ForgeFed calls them."""
_VERDICTS: dict[str, Verdict] = {word: verdict for verdict, word in WORDS.items()}


def uri(settings: Settings, review: Review) -> str:
    """Its id on the wire."""
    return f"{settings.origin}/objects/{review.id}"


async def find(tx: Tx, number: int) -> Document | None:
    """The review with this number, if everybody may read it."""
    row = await tx.row(reviews.SQL.get, number)
    if row is None:
        return None
    ticket = await tickets.get(tx, row["ticket"])
    repository = await repositories.get(tx, ticket.repository)
    return await document(tx, ticket, await reviews.get(tx, number)) if repository.public else None


async def document(tx: Tx, ticket: Ticket, shown: Review) -> Document:
    """The document of a review, with its context."""
    settings = tx.store.settings
    version = await merge_requests.version(tx, ticket.id, shown.version)
    said = await ticket_documents.worded("", shown.source)
    return {
        "@context": contexts.FOR_FORGE,
        "id": uri(settings, shown),
        "type": "Review",
        "attributedTo": (await actors.by_id(tx, shown.reviewer)).uri,
        "context": tickets.uri(settings, ticket),
        "object": merge_requests.version_uri(settings, version),
        "verdict": WORDS[shown.verdict],
        "published": wire_time(shown.at),
        **{name: value for name, value in said.items() if name != "summary"},
    }


async def reviewed(tx: Tx, arrival: Arrival) -> None:
    """Offer of a Review of the newest version of a change here. To approve or to ask for changes takes a grant."""
    given = embedded(arrival.activity.object) or {}
    ticket = await tickets.at(tx, shapes.link(given, "context") or "")
    if ticket is None or not ticket.merges:
        raise Missing
    repository = await repositories.get(tx, ticket.repository)
    await permission.require(tx, arrival.actor.id, repository, "read")

    async def begun() -> None:
        verdict = await _allowed(tx, arrival, repository, given)
        version = await merge_requests.version_at(tx, shapes.link(given, "object") or "")
        if version is None or version.ticket != ticket.id:
            raise Refused("A review names by `object` the version that it is of.")
        await reviews.give(
            tx, arrival.actor, repository, ticket, version=version.number, verdict=verdict, source=_words(given)
        )

    await answering.answered(tx, arrival, repository, begun)


async def _allowed(tx: Tx, arrival: Arrival, repository: Repository, given: Document) -> Verdict:
    author = shapes.link(given, "attributedTo")
    if author is not None and not same_address(author, arrival.actor.uri):
        raise Refused("Everybody reviews in their own name.", cause=author)
    verdict = _VERDICTS.get((shapes.text(given, "verdict") or "").rpartition("#")[2])
    if verdict is None:
        raise Malformed(f"The `verdict` of a review is one of these: {', '.join(_VERDICTS)}.")
    if verdict != "comment":
        capability = shapes.link(arrival.activity.raw, "capability")
        await capabilities.invoked(tx, arrival.actor, repository, capability, "review")
    return verdict


def _words(given: Document) -> str:
    """The reason: what was typed, or the text of what was rendered; in the review, or in the Note attached to it."""
    notes = (each for each in shapes.objects(given, "attachment") if shapes.type_of(each) == "Note")
    for said in (given, *notes):
        source = said.get("source")
        typed = source.get("content") if isinstance(source, dict) else None
        words = typed if isinstance(typed, str) else plain(sanitise(shapes.natural(said, "content", 200_000) or ""))
        if words.strip():
            return words[: reviews.LONGEST]
    return ""


INBOUND: dict[Key, Handler] = {("Offer", "Review"): Handler(arrive=reviewed, power=SELF)}
