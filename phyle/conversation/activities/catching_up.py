"""A peer whose lane was closed speaks again: it is told what was published for it since."""

from datetime import datetime

from phyle.conversation import posts
from phyle.conversation.activities import outboxes
from phyle.federation.outgoing import send
from phyle.identity import actors
from phyle.ids import lowest_at
from phyle.store.jobs import Body
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

MOST = 1000
"""How many posts a peer is told of that was away; what is older it can ask for."""


async def catch_up(tx: Tx, body: Body) -> None:
    """Subscriber of PeerSpoke: what the members whom its people follow published since, oldest first."""
    since = datetime.fromisoformat(body["since"])
    for row in await tx.rows(SQL.missed, body["host"], lowest_at(since), MOST):
        post = posts.from_row(row)
        author = await actors.by_id(tx, post.author)
        activity = await outboxes.activity(tx, post, author)
        inboxes = {
            (inbox["inbox_host"], inbox["inbox"]) for inbox in await tx.rows(SQL.inboxes, author.id, body["host"])
        }
        await send(tx, author, activity, order_key=post.uri, inboxes=inboxes)
