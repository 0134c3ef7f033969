"""When an actor is gone for good, or a host is blocked: what of them was here goes too, a portion at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from phyle.conversation import posts, timelines
from phyle.identity import actors
from phyle.store.jobs import Become, Body
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

PORTION = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PostsErased:
    """Posts of a member who left are gone; `uris` are those that had an address here. Whom the member knew hears of the
    leaving, not of each post."""

    author: int
    uris: Sequence[str]


async def depart(tx: Tx, actor: int) -> None:
    """The actor is deleted: nothing of theirs is shown from now on; a job removes it."""
    await tx.run(actors.SQL.set_deleted, actor)
    await tx.queue("conversation.depart", {"actor": actor})


async def depart_job(tx: Tx, body: Body) -> Become | None:
    """Local job: a portion of the actor's posts; when none is left, what else hangs on the actor."""
    actor = body["actor"]
    portion = [posts.from_row(row) for row in await tx.rows(SQL.posts_of, actor, PORTION)]
    for post in portion:
        await posts.erase(tx, post)
    if ours := [post.uri for post in portion if post.local and post.boost_of is None]:
        await tx.emit(PostsErased(author=actor, uris=ours))
    if portion:
        return Become(job="conversation.depart", body=body)
    await timelines.withdraw_author(tx, actor)
    await tx.run(SQL.recount_followed, actor)
    await tx.run(SQL.recount_followers, actor)
    for query in (SQL.recount_favourites, SQL.forget_follows, SQL.forget_favourites, SQL.forget_notifications):
        await tx.run(query, actor)
    await tx.run(SQL.forget_relations, actor)
    await tx.run(SQL.forget_votes, actor)
    await tx.run(SQL.forget_home, actor)
    return None
