"""Releases on the wire: ForgeFed's Release, told to who follows the repository."""

from phyle.clock import wire_time
from phyle.commons import releases, repositories
from phyle.commons.activities import answering, documents, ticket_documents
from phyle.commons.releases import Release
from phyle.commons.repositories import Repository
from phyle.conversation import posts
from phyle.federation import contexts
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.store.jobs import Body
from phyle.store.transaction import Tx


async def find(tx: Tx, number: int) -> Document | None:
    """The release with this number, if everybody may read it."""
    row = await tx.row(releases.SQL.get, number)
    if row is None:
        return None
    found = await releases.get(tx, number)
    repository = await repositories.get(tx, found.repository)
    return await release(tx, repository, found) if repository.public else None


async def release(tx: Tx, repository: Repository, shown: Release) -> Document:
    """The document of a release, with its context."""
    settings = tx.store.settings
    author = await actors.by_id(tx, shown.author)
    document: Document = {
        "@context": contexts.FOR_FORGE,
        "id": releases.uri(settings, shown),
        "type": "Release",
        "context": repositories.uri(settings, repository),
        "attributedTo": author.uri,
        "name": shown.title,
        **await ticket_documents.worded(shown.title, shown.source),
        "url": releases.page(settings, repository, shown),
        "published": wire_time(shown.at),
        "tagName": shown.tag,
        "target": {
            "type": "Commit",
            "id": documents.commit_uri(settings, repository, shown.oid),
            "hash": shown.oid,
        },
    }
    if shown.post is not None and (thread := await posts.by_id(tx, shown.post)) is not None:
        document["phyle:thread"] = thread.uri
    return document


async def tell_released(tx: Tx, body: Body) -> None:
    """Subscriber of Released: Create, to who follows the repository."""
    shown = await releases.get(tx, body["release"])
    repository = await repositories.get(tx, shown.repository)
    document = await release(tx, repository, shown)
    await answering.publish(tx, "Create", repository, document, concerned=(), order_key=document["id"])
