"""Follows on the wire: Follow, Accept, Reject and Undo, in and out."""

from collections.abc import Sequence

from phyle.conversation import follows, groups
from phyle.errors import Missing, Refused
from phyle.federation import authority, evidence, people, tombstones, writing
from phyle.federation.dispatch import UNKNOWN, Arrival, Handler, Key
from phyle.federation.outgoing import inbox_of, send
from phyle.federation.reading import Activity
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.powers import SELF
from phyle.store.jobs import Body
from phyle.store.transaction import Tx

FOLLOW = "follow"
"""The kind under which a Follow is kept that is named by its id alone."""


async def kinds(tx: Tx, uris: Sequence[str]) -> dict[str, str]:
    """Which ids are those of follows."""
    return {uri: FOLLOW for uri in uris if await follows.find(tx, uri)}


# In


async def asked(tx: Tx, arrival: Arrival) -> None:
    """Follow of somebody here."""
    activity = arrival.activity
    followed = await _actor(tx, activity.object_id)
    if not followed.local:
        raise Refused("Whoever is to be followed does not live here.", cause=followed.uri)
    uri = activity.id or f"{arrival.actor.uri}#follows/{followed.id}"
    await follows.ask(tx, arrival.actor, followed, uri, evidence=await _proof(tx, arrival, followed))


async def answered(tx: Tx, arrival: Arrival) -> None:
    """Accept or Reject of a Follow that we sent; of one that we never sent it means nothing (B13)."""
    pair = await _pair(tx, arrival)
    if pair is None:
        return
    follower, followed = pair
    authority.may_answer(followed.uri, arrival.actor.uri)
    if not follower.local:
        return
    if arrival.activity.type == "Accept":
        await follows.accept(tx, followed, follower)
    else:
        await follows.reject(tx, followed, follower)


async def undone(tx: Tx, arrival: Arrival) -> None:
    """Undo of a Follow, found by its id, or by its actor and object where the id says nothing to us.

    Where there is nothing to undo, the Follow that comes late is kept out.
    """
    pair = await _pair(tx, arrival)
    if pair is not None:
        follower, followed = pair
        authority.may_undo(follower.uri, arrival.actor.uri)
        was = await follows.relationship(tx, follower.id, followed.id)
        if was.following or was.requested:
            await follows.unfollow(tx, follower, followed, evidence=await _proof(tx, arrival, followed))
            return
    inner = arrival.activity.inner
    uri = inner.id if inner else arrival.activity.object_id
    if uri is not None:
        authority.may_forget(arrival.actor.uri, uri)
        await tombstones.remember(tx, arrival.actor.uri, uri)


async def _proof(tx: Tx, arrival: Arrival, followed: Actor) -> int | None:
    """The request, if it is about a group whose keeper answers: that may have to show what was asked."""
    if arrival.evidence is None or followed.kind != groups.KIND or not followed.local or not followed.locked:
        return None
    await evidence.keep(tx, arrival.evidence)
    return arrival.evidence


def _about_following(activity: Activity) -> bool:
    return activity.type == "Follow" or activity.inner is None or activity.inner.type == "Follow"


async def _pair(tx: Tx, arrival: Arrival) -> tuple[Actor, Actor] | None:
    """Follower and followed: of the Follow with that id, else those whom the embedded copy names."""
    inner = arrival.activity.inner
    uri = (inner.id if inner else None) or arrival.activity.object_id
    found = await follows.find(tx, uri) if uri else None
    if found is not None:
        return await actors.by_id(tx, found[0]), await actors.by_id(tx, found[1])
    if inner is None or inner.actor is None or inner.object_id is None:
        return None
    known = await actors.by_uris(tx, [people.address(inner.actor), people.address(inner.object_id)])
    follower, followed = known.get(people.address(inner.actor)), known.get(people.address(inner.object_id))
    return (follower, followed) if follower and followed else None


async def _actor(tx: Tx, uri: str | None) -> Actor:
    actor = await actors.by_uri(tx, people.address(uri or ""))
    if actor is None:
        raise Missing("Whoever is to be followed is not here.", cause=f"{uri}")
    return actor


INBOUND: dict[Key, Handler] = {
    ("Follow", "account"): Handler(arrive=asked, power=SELF, evidence=_about_following),
    ("Accept", "Follow", "account"): Handler(arrive=answered, power=SELF),
    ("Reject", "Follow", "account"): Handler(arrive=answered, power=SELF),
    ("Accept", "Follow", UNKNOWN): Handler(arrive=answered, power=SELF),
    ("Reject", "Follow", UNKNOWN): Handler(arrive=answered, power=SELF),
    ("Accept", FOLLOW): Handler(arrive=answered, power=SELF),
    ("Reject", FOLLOW): Handler(arrive=answered, power=SELF),
    ("Undo", "Follow", "account"): Handler(arrive=undone, power=SELF, evidence=_about_following),
    ("Undo", "Follow", UNKNOWN): Handler(arrive=undone, power=SELF),
    ("Undo", FOLLOW): Handler(arrive=undone, power=SELF),
}


# Out


def order_key(follower: Actor, followed: Actor) -> str:
    """All that happens between two goes in order."""
    return f"{follower.uri} {followed.uri}"


def _follow(follower: Actor, followed: Actor, uri: str) -> Document:
    return writing.activity("Follow", follower, followed.uri, uri=uri)


async def _both(tx: Tx, body: Body) -> tuple[Actor, Actor]:
    return await actors.by_id(tx, body["follower"]), await actors.by_id(tx, body["followed"])


async def tell_asked(tx: Tx, body: Body) -> None:
    """Subscriber of FollowAsked: Follow."""
    follower, followed = await _both(tx, body)
    if not followed.local:
        activity = _follow(follower, followed, body["uri"])
        inboxes = [inbox_of(followed, shared=False)]
        await send(tx, follower, activity, order_key=order_key(follower, followed), inboxes=inboxes)


async def tell_unfollowed(tx: Tx, body: Body) -> None:
    """Subscriber of Unfollowed: Undo of the Follow."""
    follower, followed = await _both(tx, body)
    if not followed.local:
        inner = writing.bare(_follow(follower, followed, body["uri"]))
        activity = writing.activity("Undo", follower, inner, uri=f"{body['uri']}/undo")
        inboxes = [inbox_of(followed, shared=False)]
        await send(tx, follower, activity, order_key=order_key(follower, followed), inboxes=inboxes)


async def tell_accepted(tx: Tx, body: Body) -> None:
    """Subscriber of FollowAccepted: Accept, with the Follow as it was asked."""
    await _answer(tx, body, "Accept")


async def tell_rejected(tx: Tx, body: Body) -> None:
    """Subscriber of FollowRejected: Reject; also to end what was accepted before."""
    await _answer(tx, body, "Reject")


async def _answer(tx: Tx, body: Body, kind: str) -> None:
    follower, followed = await _both(tx, body)
    if follower.local:
        return
    inner = writing.bare(_follow(follower, followed, body["uri"]))
    uri = f"{tx.store.settings.origin}/activities/{tx.new_id()}"
    activity = writing.activity(kind, followed, inner, uri=uri, to=[follower.uri])
    inboxes = [inbox_of(follower, shared=False)]
    await send(tx, followed, activity, order_key=order_key(follower, followed), inboxes=inboxes)
