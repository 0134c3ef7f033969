"""What lies at `/objects/ID` besides posts: documents of the commons, each topic asked in turn."""

from collections.abc import Awaitable, Callable

from phyle.commons.activities import agreement_documents, offer_documents, releases, reviews, ticket_documents
from phyle.federation.wire import Document
from phyle.store.transaction import Tx

Find = Callable[[Tx, int], Awaitable[Document | None]]
"""The document with this number, if everybody may read it; None if it is none of the topic's."""

TOPICS: tuple[Find, ...] = (
    ticket_documents.find,
    offer_documents.find,
    releases.find,
    reviews.find,
    agreement_documents.find,
)


async def find(tx: Tx, number: int) -> Document | None:
    """The document with this number, if it is one of the commons' and for everybody."""
    for topic in TOPICS:
        if (found := await topic(tx, number)) is not None:
            return found
    return None
