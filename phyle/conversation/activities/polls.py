"""Polls on the wire: votes in and out, and the numbers that readers elsewhere are told."""

from collections.abc import Sequence

from phyle.conversation import polls, posts
from phyle.conversation.activities import documents
from phyle.conversation.posts import Post
from phyle.errors import Missing, Unprocessable
from phyle.federation import authority, evidence
from phyle.federation.dispatch import Arrival
from phyle.federation.outgoing import inbox_of, send
from phyle.federation.reading import Activity, shapes
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.store.jobs import Body
from phyle.store.transaction import Tx

# In


def is_vote(activity: Activity) -> bool:
    """Does it look like a vote: one or more Notes with a name and no content that answer something?"""
    return activity.type == "Create" and bool(_votes(activity))


def names_only(thing: Document) -> bool:
    """A Note that says nothing but the name of an option, and what it answers."""
    return isinstance(thing.get("name"), str) and not thing.get("content") and bool(thing.get("inReplyTo"))


def _votes(activity: Activity) -> list[Document]:
    """Mastodon sends each choice for itself, GoToSocial all in one activity; empty if any of it is something else."""
    carried = activity.raw.get("object")
    things = carried if isinstance(carried, list) else [carried]
    votes = [thing for thing in things if isinstance(thing, dict) and names_only(thing)]
    return votes if len(votes) == len(things) else []


async def voted(tx: Tx, arrival: Arrival) -> bool:
    """Was this a vote? It is counted if it may be, shown to nobody as an answer, and nobody is told of it. Only what
    its sender signed counts: the Note has no address at which it could be asked for."""
    things = _votes(arrival.activity)
    asked = shapes.link(things[0], "inReplyTo") if things else None
    post = await posts.by_uri(tx, asked) if asked is not None else None
    if post is None or post.poll is None:
        return False
    if post.local and all(authority.embedded_is_trusted(arrival.activity, thing) for thing in things):
        names = [thing["name"] for thing in things if shapes.link(thing, "inReplyTo") == asked]
        await _cast(tx, arrival, post, names)
    return True


async def _cast(tx: Tx, arrival: Arrival, post: Post, names: Sequence[str]) -> None:
    titles = [option["title"] for option in (post.poll or {})["options"]]
    choices = [titles.index(name.strip()) for name in names if name.strip() in titles]
    if not choices:
        return
    try:
        kept = await polls.vote(
            tx, arrival.actor, post, choices, received_at=arrival.received_at, evidence=arrival.evidence
        )
    except (Missing, Unprocessable):  # they may not see it, it is over, or they voted already: found before writing
        return
    if arrival.evidence is not None and kept is not None:
        await evidence.keep(tx, arrival.evidence)


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
