"""Polls on the wire: votes in and out, and the numbers that readers elsewhere are told."""

from phyle.conversation import polls, posts
from phyle.conversation.activities import documents
from phyle.conversation.posts import Post
from phyle.errors import Missing, Unprocessable
from phyle.federation import evidence
from phyle.federation.dispatch import Arrival, embedded
from phyle.federation.outgoing import inbox_of, send
from phyle.federation.reading import Activity, RemotePost
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.store.jobs import Body
from phyle.store.transaction import Tx

# In


def is_vote(activity: Activity) -> bool:
    """Does it look like a vote: something with a name and no content that answers something?"""
    thing = embedded(activity.object)
    return activity.type == "Create" and thing is not None and names_only(thing)


def names_only(thing: Document) -> bool:
    """A Note that says nothing but the name of an option, and what it answers."""
    return isinstance(thing.get("name"), str) and not thing.get("content") and bool(thing.get("inReplyTo"))


async def voted(tx: Tx, arrival: Arrival, remote: RemotePost) -> bool:
    """Was this a vote? It is counted if it may be, shown to nobody as an answer, and nobody is told of it. Only what
    its sender signed counts: the Note has no address at which it could be asked for."""
    if not is_vote(arrival.activity) or remote.content or remote.in_reply_to is None:
        return False
    post = await posts.by_uri(tx, remote.in_reply_to)
    if post is None or post.poll is None:
        return False
    choice = _choice(post, remote.name or "")
    if choice is None or not post.local:
        return True
    try:
        kept = await polls.vote(
            tx, arrival.actor, post, [choice], received_at=arrival.received_at, evidence=arrival.evidence
        )
    except (Missing, Unprocessable):  # they may not see it, it is over, or they voted already: found before writing
        return True
    if arrival.evidence is not None and kept is not None:
        await evidence.keep(tx, arrival.evidence)
    return True


def _choice(post: Post, name: str) -> int | None:
    """The place of the option with this name."""
    titles = [option["title"] for option in (post.poll or {})["options"]]
    return titles.index(name.strip()) if name.strip() in titles else None


# Out


async def tell_voted(tx: Tx, body: Body) -> None:
    """Subscriber of PollVoted: a member's choices in a poll elsewhere, each for itself, to the poll's author alone."""
    post = await posts.by_id(tx, body["post"])
    if post is None or body["local"]:
        return
    voter, author = await actors.by_id(tx, body["actor"]), await actors.by_id(tx, post.author)
    for choice in body["choices"]:
        activity = documents.vote(post, author, voter, choice)
        inboxes = [inbox_of(author, shared=False)]
        await send(tx, voter, activity, order_key=f"{voter.uri} {post.uri}", inboxes=inboxes)
