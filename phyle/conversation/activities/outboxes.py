"""An actor's outbox: what everyone may read, as the activities that carried it."""

from phyle.conversation import posts
from phyle.conversation.activities import documents, served
from phyle.conversation.posts import Post
from phyle.federation import contexts, writing
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)
CONTEXT = contexts.FOR_POSTS


async def page(tx: Tx, actor: Actor, *, below: int | None, limit: int) -> tuple[list[Document], int | None]:
    """Activities for public and unlisted posts with ids below `below`, newest first; and the id to go on from."""
    rows = await tx.rows(SQL.page, actor.id, below or (1 << 63) - 1, limit)
    found = [posts.from_row(row) for row in rows]
    activities = [writing.bare(await activity(tx, post, actor)) for post in found]
    return activities, found[-1].id if len(found) == limit else None


async def activity(tx: Tx, post: Post, author: Actor) -> Document:
    """The Create of a post, the Announce of a boost."""
    boosted = await posts.by_id(tx, post.boost_of) if post.boost_of else None
    if boosted is not None:
        return documents.announce(post, author, boosted, await actors.by_id(tx, boosted.author))
    return documents.create(post, author, await served.post(tx, post, author), origin=tx.store.settings.origin)
