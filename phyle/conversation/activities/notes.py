"""Posts on the wire: Create, Update and Delete, in and out."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from phyle.conversation import groups, posts, receiving
from phyle.conversation import polls as ballot_box
from phyle.conversation.activities import circulation, documents, outboxes, polls, recipients, served
from phyle.conversation.activities.drafts import draft
from phyle.conversation.posts import Post
from phyle.errors import Refusal, Unavailable, Unreachable
from phyle.federation import authority, evidence, fetch, peers, people, tombstones, writing
from phyle.federation.dispatch import UNKNOWN, Arrival, Handler, Key, embedded
from phyle.federation.net import Net
from phyle.federation.outgoing import send
from phyle.federation.reading import Activity, RemotePost, read_post, shapes
from phyle.federation.vocabulary import POST_TYPES, PUBLIC
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.powers import SELF
from phyle.store.jobs import Become, Body, backoff
from phyle.store.sql import queries
from phyle.store.transaction import Store, Tx

SQL = queries(__file__)
_log = logging.getLogger(__name__)

DEEPEST = 20
"""How many posts above one that was sent are fetched, so that a thread can be read (D18)."""
SHORT = 4_000
"""Characters of a post that asks a group for something."""
PATIENCE = 4
"""How often a server that does not answer is asked for one."""


async def kinds(tx: Tx, uris: Sequence[str]) -> dict[str, str]:
    """Posts are "note"s, whatever they are called on the wire; boosts, likes and blocks have ids of their own, too."""
    return {row["uri"]: row["kind"] for row in await tx.rows(SQL.kinds, list(uris))}


# In


def needs(activity: Activity, _known: Mapping[str, Document | None]) -> Sequence[str]:
    """An embedded copy counts only if it is the actor's own work on its own host; all else is fetched by its id."""
    thing = embedded(activity.object)
    if activity.object_id is None or (thing is not None and authority.embedded_is_trusted(activity, thing)):
        return ()
    return (activity.object_id,)


def said(arrival: Arrival) -> RemotePost:
    """The post that the activity is about, from its own server. Raises Malformed, Refused, Unreachable."""
    activity = arrival.activity
    thing = embedded(activity.object)
    if thing is None or not authority.embedded_is_trusted(activity, thing):
        thing = arrival.known.get(activity.object_id or "")
    if thing is None:
        raise Unreachable("The post is not to be had from its own server.", cause=f"{activity.object_id}")
    return read_post(thing).addressed(activity.to, activity.cc)


async def created(tx: Tx, arrival: Arrival) -> None:
    """Create: kept if anyone here has to do with it."""
    if await polls.voted(tx, arrival):
        return
    try:
        remote = said(arrival)
    except Unreachable:
        return
    authority.may_create(arrival.activity, remote)
    received = await draft(tx, remote, arrival.actor)
    if not await _concerns_us(tx, received):
        return
    post = await receiving.receive(tx, received, evidence=arrival.evidence)
    if post is not None:
        if arrival.evidence is not None and (receiving.alone_with(received) or await groups.at(tx, post.audience)):
            await evidence.keep(tx, arrival.evidence)
        await circulation.announce(tx, post.audience, arrival.activity.raw, order_key=post.uri)


def answers(origin: str, activity: Activity) -> bool:
    """Does it answer a post of this instance? Then its request may be a proof of what somebody said."""
    thing = embedded(activity.object)
    asked = shapes.link(thing, "inReplyTo") if thing is not None and activity.type == "Create" else None
    return asked is not None and asked.startswith(f"{origin}/")


def whispers(origin: str, activity: Activity) -> bool:
    """Is it a short post for one of ours and not for everyone? Then it may be to a group, and ask for something."""
    thing = embedded(activity.object)
    if activity.type != "Create" or thing is None or len(str(thing.get("content", ""))) > SHORT:
        return False
    addressed = {*activity.to, *activity.cc}
    return PUBLIC not in addressed and sum(each.startswith(f"{origin}/") for each in addressed) == 1


async def _concerns_us(tx: Tx, received: receiving.RemoteDraft) -> bool:
    """Someone here follows the author, is named or addressed, or it answers something that is here."""
    if any(actor.local for actor in (*received.mentioned, *received.silent)):
        return True
    return bool(await tx.value(SQL.concerns, received.author.id, received.reply_to_uri))


async def followed_here(tx: Tx, actor: Actor) -> bool:
    """Does anyone here follow this actor?"""
    return bool(await tx.value(SQL.concerns, actor.id, None))


async def updated(tx: Tx, arrival: Arrival) -> None:
    """Update of a post; of one that is not here it means nothing (E4)."""
    try:
        remote = said(arrival)
    except Unreachable:
        return
    post = await posts.by_uri(tx, remote.uri)
    if post is None:
        return
    author = await actors.by_id(tx, post.author)
    authority.may_update(author.uri, post.reply_to_uri, arrival.actor.uri, remote)
    revised = await draft(tx, remote, author)
    if await receiving.revise(tx, post, replace(revised, reply_to_uri=post.reply_to_uri)):
        await circulation.announce(tx, post.audience, arrival.activity.raw, order_key=post.uri)


async def deleted(tx: Tx, arrival: Arrival) -> None:
    """Delete of a post, which is remembered for ever."""
    uri = arrival.activity.object_id or ""
    post = await posts.by_uri(tx, uri)
    if post is not None:
        author = await actors.by_id(tx, post.author)
        authority.may_delete(author.uri, arrival.actor.uri)
        await receiving.remove(tx, post)
        await circulation.announce(tx, post.audience, arrival.activity.raw, order_key=post.uri)
    authority.may_forget(arrival.actor.uri, uri)
    await tombstones.remember(tx, arrival.actor.uri, uri)


def _handlers() -> dict[Key, Handler]:
    table: dict[Key, Handler] = {
        ("Delete", "note"): Handler(arrive=deleted, power=SELF),
        ("Create", UNKNOWN): Handler(arrive=created, power=SELF, needs=needs, evidence=polls.is_vote),
    }
    for kind in POST_TYPES:
        table[("Create", kind)] = Handler(arrive=created, power=SELF, needs=needs, evidence=polls.is_vote)
        table[("Update", kind)] = Handler(arrive=updated, power=SELF, needs=needs)
    return table


INBOUND = _handlers()


async def fetched(net: Net, store: Store, uri: str) -> Post | None:
    """The post with this id, asked from its own server if we do not have it, with its author; None if it cannot be had
    or is not for everyone."""
    try:
        return await _asked(net, store, uri, depth=0)
    except (Unreachable, Unavailable) as error:
        _log.info("%s is not to be had now: %s", uri, error)
        return None


async def _asked(net: Net, store: Store, uri: str, *, depth: int) -> Post | None:
    async with store.reading() as tx:
        known = await posts.by_uri(tx, uri)
    if known is not None:
        return known
    signer = await people.service_signer(store)
    try:
        async with store.reading() as tx:
            await peers.refuse_blocked(tx, uri)
        document = await fetch.document(net, uri, signer=signer, local_origin=store.settings.origin)
        remote = read_post(document.body)
        author = await _author(net, store, remote)
    except (Unreachable, Unavailable):
        raise
    except Refusal as refusal:
        _log.info("%s is not to be had: %s", uri, refusal)
        return None
    if author.gone or PUBLIC not in (*remote.to, *remote.cc):
        return None
    async with store.transaction() as tx:
        if await tombstones.any_of(tx, author.uri, [remote.uri]):
            return None
        await receiving.receive(tx, await draft(tx, remote, author, depth=depth))
        return await posts.by_uri(tx, remote.uri)


async def _author(net: Net, store: Store, remote: RemotePost) -> Actor:
    async with store.reading() as tx:
        await peers.refuse_blocked(tx, remote.uri)  # it need not lie where it was asked for
        author = await actors.by_uri(tx, people.address(remote.author))
    return author or await people.fetch_actor(net, store, remote.author)


async def fetch_parent(net: Net, store: Store, body: Body) -> Become | None:
    """Subscriber of ParentAwaited: the post above, so far up and no further. Its own parent follows in the same way.
    Where its server does not answer, it is asked some times more."""
    if body["depth"] >= DEEPEST:
        return None
    tries = int(body.get("tries", 0)) + 1
    try:
        await _asked(net, store, body["uri"], depth=body["depth"] + 1)
    except Unreachable as error:
        _log.info("%s does not come: %s", body["uri"], error)
        if tries < PATIENCE:
            return Become(job="conversation.fetch_parent", body={**body, "tries": tries}, after=backoff(3 * tries))
    return None


# Out


async def tell_published(tx: Tx, body: Body) -> None:
    """Subscriber of PostPublished: Create, to all whom it concerns."""
    post = await posts.by_id(tx, body["post"])
    if post is None:
        return
    author = await actors.by_id(tx, post.author)
    activity = await outboxes.activity(tx, post, author)
    inboxes = await recipients.audience(tx, author.id, post.visibility, await named(tx, post))
    await send(tx, author, activity, order_key=post.uri, inboxes=inboxes)
    await circulation.announce(tx, post.audience, activity, order_key=post.uri)


async def named(tx: Tx, post: Post) -> list[int | None]:
    """Those to whom it is written, but for whom the author has blocked since."""
    named: list[int | None] = [row["actor"] for row in await tx.rows(SQL.addressed, post.id, post.author)]
    return [*named, post.reply_to_author] if post.open else named


async def tell_edited(tx: Tx, body: Body) -> None:
    """Subscriber of PostEdited: Update; of a post for everyone also to those who boosted or favourited it. Who did that
    with another one may not be among its readers any more."""
    post = await posts.by_id(tx, body["post"])
    if post is None:
        return
    author = await actors.by_id(tx, post.author)
    await tell_update(tx, post, author)


async def tell_update(tx: Tx, post: Post, author: Actor, also: Sequence[int] = ()) -> None:
    """Update of the post as it is now, to all who may hold it, and to those whom `also` names."""
    document = await served.post(tx, post, author)
    uri = f"{tx.store.settings.origin}/activities/{tx.new_id()}"
    holders = [row["actor"] for row in await tx.rows(SQL.holders, post.id)] if post.open else []
    inboxes = await recipients.audience(tx, author.id, post.visibility, [*await named(tx, post), *holders, *also])
    inboxes |= await circulation.readers(tx, post.audience)
    activity = documents.update(post, author, document, uri=uri)
    await send(tx, author, activity, order_key=post.uri, inboxes=inboxes)
    await circulation.announce(tx, post.audience, activity, order_key=post.uri)


async def tell_counted(tx: Tx, body: Body) -> None:
    """Local job: Update of a poll whose numbers changed, also to those who voted in it."""
    voters = await ballot_box.counted(tx, body["post"])
    post = await posts.by_id(tx, body["post"])
    if post is not None and post.local:
        await tell_update(tx, post, await actors.by_id(tx, post.author), voters)


async def tell_deleted(tx: Tx, body: Body) -> None:
    """Subscriber of PostDeleted: Delete with a Tombstone, to all who may have it; and 410 here from now on."""
    author = await actors.by_id(tx, body["author"])
    await tombstones.remember(tx, author.uri, body["uri"], former="Note", local=True)
    tombstone = {"id": body["uri"], "type": "Tombstone"}
    uri = f"{tx.store.settings.origin}/activities/{tx.new_id()}"
    to = [PUBLIC] if body["visibility"] in ("public", "unlisted") else []
    activity = writing.activity("Delete", author, tombstone, uri=uri, to=to)
    named = [*body["mentioned"], body["reply_to_author"], *body["boosters"]]
    inboxes = await recipients.audience(tx, author.id, body["visibility"], named)
    inboxes |= await circulation.readers(tx, body.get("audience"))
    await send(tx, author, activity, order_key=body["uri"], inboxes=inboxes)
    await circulation.announce(tx, body.get("audience"), activity, order_key=body["uri"])
