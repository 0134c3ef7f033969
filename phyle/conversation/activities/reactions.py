"""Likes and boosts on the wire: Like, Announce and their Undo, in and out."""

from collections.abc import Mapping, Sequence

from phyle.conversation import posts, reactions, receiving
from phyle.conversation.activities import circulation, documents, recipients
from phyle.conversation.activities.drafts import draft
from phyle.conversation.posts import Post
from phyle.errors import Refused
from phyle.federation import authority, people, tombstones, writing
from phyle.federation.dispatch import UNKNOWN, Arrival, Handler, Key
from phyle.federation.outgoing import send
from phyle.federation.reading import Activity, read_post
from phyle.federation.reading.posts import author_of, is_post, visibility
from phyle.federation.vocabulary import PUBLIC
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.powers import SELF
from phyle.store.jobs import Body
from phyle.store.transaction import Tx

# In


async def liked(tx: Tx, arrival: Arrival) -> None:
    """Like of a post that is here and that its sender may see."""
    post = await posts.by_uri(tx, arrival.activity.object_id or "")
    if post is not None:
        await reactions.favourite(tx, arrival.actor, post.id, uri=arrival.activity.id)
        await _pass_on(tx, arrival, post)


async def unliked(tx: Tx, arrival: Arrival) -> None:
    """Undo of a Like, found by its actor and object, or by its id alone."""
    number = await _by_inner(tx, arrival)
    if number is None and (uri := _undone_id(arrival)):
        number = await reactions.find_favourite(tx, arrival.actor.id, uri)
    if number is not None:
        await reactions.unfavourite(tx, arrival.actor, number)
        if post := await posts.by_id(tx, number):
            await _pass_on(tx, arrival, post)
    await _remember(tx, arrival)


async def disliked(tx: Tx, arrival: Arrival) -> None:
    """Dislike, or its Undo: nobody here counts them, but who follows a group where it was written may."""
    inner = arrival.activity.inner
    post = await posts.by_uri(tx, (inner.object_id if inner else arrival.activity.object_id) or "")
    if post is not None:
        await _pass_on(tx, arrival, post)


async def _pass_on(tx: Tx, arrival: Arrival, post: Post) -> None:
    key = order_key(arrival.actor, post.uri)
    await circulation.announce(tx, post.audience, arrival.activity.raw, order_key=key)


def needs(activity: Activity, known: Mapping[str, Document | None]) -> Sequence[str]:
    """What is boosted, and then its author. An embedded copy counts for nothing (B12)."""
    uri = activity.object_id
    if uri is None:
        return ()
    author = author_of(document) if (document := known.get(uri)) and is_post(document) else None
    return (uri, author) if author else (uri,)


async def announced(tx: Tx, arrival: Arrival) -> None:
    """Announce: of a post that is here, or that its own server showed us."""
    activity = arrival.activity
    uri = activity.object_id or ""
    post = await posts.by_uri(tx, uri) or await _fetched(tx, arrival.known.get(uri))
    if post is None:
        return
    author = await actors.by_id(tx, post.author)
    if author.gone:
        raise Refused("What is boosted is by somebody who is suspended here.", cause=post.uri)
    seen = visibility(activity.to, activity.cc, arrival.actor.followers)
    await reactions.boost(
        tx,
        arrival.actor,
        post.id,
        visibility="followers" if seen == "direct" else seen,
        uri=activity.id,
        published_at=activity.published,
    )


async def _fetched(tx: Tx, document: Document | None) -> Post | None:
    """The post, kept now, if it is one that everyone may read."""
    if document is None or not is_post(document):
        return None
    remote = read_post(document)
    author = await actors.by_uri(tx, people.address(remote.author))
    if author is None or PUBLIC not in (*remote.to, *remote.cc):
        return None
    if await tombstones.any_of(tx, author.uri, [remote.uri]):
        return None
    await receiving.receive(tx, await draft(tx, remote, author))
    return await posts.by_uri(tx, remote.uri)


async def unannounced(tx: Tx, arrival: Arrival) -> None:
    """Undo of an Announce, found by its actor and object, or by its id alone."""
    number = await _by_inner(tx, arrival)
    if number is None and (uri := _undone_id(arrival)):
        boost = await posts.by_uri(tx, uri)
        if boost is not None and boost.boost_of is not None:
            authority.may_undo((await actors.by_id(tx, boost.author)).uri, arrival.actor.uri)
            number = boost.boost_of
    if number is not None:
        await reactions.unboost(tx, arrival.actor, number)
    await _remember(tx, arrival)


async def _by_inner(tx: Tx, arrival: Arrival) -> int | None:
    inner = arrival.activity.inner
    if inner is None or inner.object_id is None:
        return None
    if inner.actor is not None and people.address(inner.actor) != arrival.actor.uri:
        raise Refused("Only who did it may undo it.", cause=f"{inner.actor} is not {arrival.actor.uri}")
    post = await posts.by_uri(tx, inner.object_id)
    return post.id if post else None


def _undone_id(arrival: Arrival) -> str | None:
    inner = arrival.activity.inner
    return inner.id if inner else arrival.activity.object_id


async def _remember(tx: Tx, arrival: Arrival) -> None:
    """The Like or Announce that comes after its own Undo meets it."""
    if uri := _undone_id(arrival):
        authority.may_forget(arrival.actor.uri, uri)
        await tombstones.remember(tx, arrival.actor.uri, uri)


INBOUND: dict[Key, Handler] = {
    ("Like", "note"): Handler(arrive=liked, power=SELF),
    ("Undo", "Like", "note"): Handler(arrive=unliked, power=SELF),
    ("Undo", "like"): Handler(arrive=unliked, power=SELF),
    ("Dislike", "note"): Handler(arrive=disliked, power=SELF),
    ("Undo", "Dislike", "note"): Handler(arrive=disliked, power=SELF),
    ("Announce", "note"): Handler(arrive=announced, power=SELF),
    ("Announce", UNKNOWN): Handler(arrive=announced, power=SELF, needs=needs),
    ("Undo", "Announce", "note"): Handler(arrive=unannounced, power=SELF),
    ("Undo", "boost"): Handler(arrive=unannounced, power=SELF),
    ("Delete", "boost"): Handler(arrive=unannounced, power=SELF),
}


# Out


def _like(actor: Actor, post: Post, author: Actor, uri: str) -> Document:
    return writing.activity("Like", actor, post.uri, uri=uri, to=[author.uri])


async def _scene(tx: Tx, body: Body, key: str) -> tuple[Post, Actor, Actor] | None:
    """The post, its author and who did it; None if the post is gone by now."""
    post = await posts.by_id(tx, body[key])
    if post is None:
        return None
    return post, await actors.by_id(tx, post.author), await actors.by_id(tx, body["actor"])


def order_key(actor: Actor, post_uri: str) -> str:
    """What somebody does with a post goes in order."""
    return f"{actor.uri} {post_uri}"


async def tell_favourited(tx: Tx, body: Body) -> None:
    """Subscriber of PostFavourited: Like, to the author."""
    if scene := await _scene(tx, body, "post"):
        post, author, actor = scene
        await _tell(tx, post, author, actor, _like(actor, post, author, body["uri"]))


async def _tell(tx: Tx, post: Post, author: Actor, actor: Actor, activity: Document) -> None:
    inboxes = await recipients.actors(tx, [author.id])
    await send(tx, actor, activity, order_key=order_key(actor, post.uri), inboxes=inboxes)
    await circulation.announce(tx, post.audience, activity, order_key=order_key(actor, post.uri))


async def tell_unfavourited(tx: Tx, body: Body) -> None:
    """Subscriber of PostUnfavourited: Undo of the Like."""
    if scene := await _scene(tx, body, "post"):
        post, author, actor = scene
        inner = writing.bare(_like(actor, post, author, body["uri"]))
        activity = writing.activity("Undo", actor, inner, uri=f"{body['uri']}/undo", to=[author.uri])
        await _tell(tx, post, author, actor, activity)


async def tell_boosted(tx: Tx, body: Body) -> None:
    """Subscriber of PostBoosted: Announce, to followers and the author."""
    boost = await posts.by_id(tx, body["post"])
    scene = await _scene(tx, body, "boosted")
    if boost is None or scene is None:
        return
    post, author, actor = scene
    activity = documents.announce(boost, actor, post, author)
    inboxes = await recipients.audience(tx, actor.id, boost.visibility, [author.id])
    await send(tx, actor, activity, order_key=order_key(actor, post.uri), inboxes=inboxes)


async def tell_unboosted(tx: Tx, body: Body) -> None:
    """Subscriber of PostUnboosted: Undo of the Announce."""
    scene = await _scene(tx, body, "boosted")
    if scene is None:
        return
    post, author, actor = scene
    to, cc = documents.addressed(actor, body["visibility"], [author.uri])
    inner = writing.bare(writing.activity("Announce", actor, post.uri, uri=body["uri"], to=to, cc=cc))
    activity = writing.activity("Undo", actor, inner, uri=f"{body['uri']}/undo", to=to, cc=cc)
    inboxes = await recipients.audience(tx, actor.id, body["visibility"], [author.id])
    await send(tx, actor, activity, order_key=order_key(actor, post.uri), inboxes=inboxes)
