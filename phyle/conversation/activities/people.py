"""Actors on the wire: their Update, Delete, Move, Block and Flag, in and out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from phyle.conversation import departures, moving, posts, relations, reports
from phyle.conversation.activities import recipients, served
from phyle.errors import Missing, Refused
from phyle.federation import authority, evidence, people, tombstones, writing
from phyle.federation.contexts import FOR_ACTORS
from phyle.federation.dispatch import UNKNOWN, Arrival, Handler, Key, embedded
from phyle.federation.outgoing import inbox_of, send, supersede
from phyle.federation.reading import Activity, read_actor
from phyle.federation.vocabulary import ACTOR_TYPES, PUBLIC
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.powers import SELF
from phyle.store.jobs import Body
from phyle.store.transaction import Tx

BLOCK = "block"
"""The kind under which a Block is kept that is named by its id alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysChanged:
    """The server of somebody elsewhere signs with other keys for them from now on, as a request says that was signed
    with the old one: `evidence`, which who hears of this takes or drops."""

    actor: int
    evidence: int


# In


async def updated(tx: Tx, arrival: Arrival) -> None:
    """Update of a profile by the actor itself."""
    thing = embedded(arrival.activity.object)
    if thing is None:
        return
    remote = read_actor(thing)
    authority.may_update_actor(arrival.actor.uri, remote.uri)
    before = await actors.public_keys(tx, arrival.actor)
    actor = await people.save(tx, remote)
    if arrival.evidence is not None and before != await actors.public_keys(tx, actor):
        await evidence.keep(tx, arrival.evidence)
        await tx.emit(KeysChanged(actor=actor.id, evidence=arrival.evidence))


async def deleted(tx: Tx, arrival: Arrival) -> None:
    """Delete of an actor by itself: all of it goes."""
    authority.may_delete(arrival.activity.object_id or "", arrival.actor.uri)
    await tombstones.remember(tx, arrival.actor.uri, arrival.actor.uri)
    await departures.depart(tx, arrival.actor.id)


def move_needs(activity: Activity, _known: Mapping[str, Document | None]) -> Sequence[str]:
    """The new account, as its own server shows it now: only it can confirm the move."""
    return (activity.target,) if activity.target else ()


async def moved(tx: Tx, arrival: Arrival) -> None:
    """Move (FEP-7628): whoever here followed the old account follows the new one, if that one names the old (B13)."""
    authority.may_move(arrival.activity)
    target = await actors.by_uri(tx, people.address(arrival.activity.target or ""))
    seen_now = target is not None and (target.local or arrival.known.get(arrival.activity.target or "") is not None)
    if target is None or not seen_now:
        raise Refused("The account to move to is not to be had.", cause=f"{arrival.activity.target}")
    authority.move_confirmed(arrival.actor.uri, target.also_known_as)
    await moving.moved(tx, arrival.actor, target)
    if arrival.evidence is not None:
        await evidence.keep(tx, arrival.evidence)
    await tx.emit(moving.ActorMoved(former=arrival.actor.id, target=target.id, evidence=arrival.evidence))


async def blocked(tx: Tx, arrival: Arrival) -> None:
    """Block of somebody here: neither meets the other any more."""
    subject = await _local(tx, arrival.activity.object_id)
    await relations.block(tx, arrival.actor, subject, uri=arrival.activity.id)


async def unblocked(tx: Tx, arrival: Arrival) -> None:
    """Undo of a Block, found by its object, or by its id alone."""
    inner = arrival.activity.inner
    uri = inner.id if inner else arrival.activity.object_id
    if inner is not None and inner.object_id is not None:
        subject: Actor | None = await actors.by_uri(tx, people.address(inner.object_id))
    else:
        number = await relations.find_block(tx, arrival.actor.id, uri or "")
        subject = await actors.by_id(tx, number) if number else None
    if subject is not None:
        await relations.unblock(tx, arrival.actor, subject)
    if uri is not None:
        authority.may_forget(arrival.actor.uri, uri)
        await tombstones.remember(tx, arrival.actor.uri, uri)


async def flagged(tx: Tx, arrival: Arrival) -> None:
    """Flag: a report about somebody here, with posts of theirs; who reports is not said, only which server."""
    activity = arrival.activity
    known = await actors.by_uris(tx, [people.address(uri) for uri in activity.object_ids if uri.startswith("http")])
    named = await posts.by_uris(tx, activity.object_ids)
    subject = next((actor for actor in known.values() if actor.local), None)
    if subject is None and named:
        subject = await actors.by_id(tx, next(iter(named.values())).author)
    if subject is None or not subject.local:
        raise Missing("The report names nobody who lives here.")
    theirs = [uri for uri, post in named.items() if post.author == subject.id]
    comment = (activity.content or "")[:5000]
    await reports.file(tx, arrival.actor, subject, posts=theirs, comment=comment, uri=activity.id)


async def _local(tx: Tx, uri: str | None) -> Actor:
    actor = await actors.by_uri(tx, people.address(uri or ""))
    if actor is None or not actor.local:
        raise Missing("Whoever is meant does not live here.", cause=f"{uri}")
    return actor


def _names_keys(activity: Activity) -> bool:
    return isinstance(activity.object, dict) and "publicKey" in activity.object


def _names_a_target(activity: Activity) -> bool:
    return activity.target is not None


INBOUND: dict[Key, Handler] = {
    ("Delete", "account"): Handler(arrive=deleted, power=SELF),
    ("Move", "account"): Handler(arrive=moved, power=SELF, needs=move_needs, afresh=True, evidence=_names_a_target),
    ("Block", "account"): Handler(arrive=blocked, power=SELF),
    ("Undo", "Block", "account"): Handler(arrive=unblocked, power=SELF),
    ("Undo", BLOCK): Handler(arrive=unblocked, power=SELF),
    ("Flag", "account"): Handler(arrive=flagged, power=SELF),
    ("Flag", "note"): Handler(arrive=flagged, power=SELF),
    ("Flag", UNKNOWN): Handler(arrive=flagged, power=SELF),
    **{("Update", kind): Handler(arrive=updated, power=SELF, evidence=_names_keys) for kind in sorted(ACTOR_TYPES)},
}


# Out


async def tell_changed(tx: Tx, body: Body) -> None:
    """Subscriber of ProfileChanged: Update, to all who may hold a copy."""
    actor = await actors.by_id(tx, body["actor"])
    document = writing.bare(await served.actor(tx, actor))
    uri = f"{tx.store.settings.origin}/activities/{tx.new_id()}"
    activity = writing.activity(
        "Update", actor, document, uri=uri, to=[PUBLIC], cc=[actor.followers or ""], context=FOR_ACTORS
    )
    await send(tx, actor, activity, order_key=actor.uri, inboxes=await recipients.acquaintances(tx, actor.id))


async def tell_blocked(tx: Tx, body: Body) -> None:
    """Subscriber of ActorBlocked: Block, so that the other server keeps them apart, too."""
    await _tell_block(tx, body, undo=False)


async def tell_unblocked(tx: Tx, body: Body) -> None:
    """Subscriber of ActorUnblocked: Undo of the Block."""
    await _tell_block(tx, body, undo=True)


async def _tell_block(tx: Tx, body: Body, *, undo: bool) -> None:
    blocker, other = await actors.by_id(tx, body["blocker"]), await actors.by_id(tx, body["blocked"])
    if other.local:
        return
    activity = writing.activity("Block", blocker, other.uri, uri=body["uri"], to=[other.uri])
    if undo:
        inner = writing.bare(activity)
        activity = writing.activity("Undo", blocker, inner, uri=f"{body['uri']}/undo", to=[other.uri])
    inboxes = [inbox_of(other, shared=False)]
    await send(tx, blocker, activity, order_key=f"{blocker.uri} {other.uri}", inboxes=inboxes)


async def tell_reported(tx: Tx, body: Body) -> None:
    """Subscriber of ReportFiled: Flag, if its author asked for it, by the instance, which keeps the author's name."""
    subject = await actors.by_id(tx, body["subject"])
    if not body["forwarded"] or subject.local:
        return
    service = await actors.service(tx)
    activity = writing.activity("Flag", service, [subject.uri, *body["posts"]], uri=body["uri"], to=[subject.uri])
    await send(
        tx, service, {**activity, "content": body["comment"]}, order_key=body["uri"], inboxes=[inbox_of(subject)]
    )


async def tell_moved(tx: Tx, body: Body) -> None:
    """Subscriber of AccountMoved: Move, to all followers."""
    actor = await actors.by_id(tx, body["actor"])
    uri = f"{tx.store.settings.origin}/activities/{tx.new_id()}"
    activity = writing.activity("Move", actor, actor.uri, uri=uri, to=[actor.followers or ""])
    await send(
        tx,
        actor,
        {**activity, "target": body["target"]},
        order_key=actor.uri,
        inboxes=await recipients.followers(tx, actor.id),
    )


async def tell_deleted_account(tx: Tx, body: Body) -> None:
    """Subscriber of AccountDeleted: Delete, to all who may hold something of the actor's; only then does the actor's
    part in things go, because who they are follows from it."""
    actor = await actors.by_id(tx, body["actor"])
    await tombstones.remember(tx, actor.uri, actor.uri, former=actor.kind, local=True)
    inboxes = await recipients.acquaintances(tx, actor.id) | await supersede(tx, actor)
    uri = f"{tx.store.settings.origin}/activities/{tx.new_id()}"
    activity = writing.activity("Delete", actor, actor.uri, uri=uri, to=[PUBLIC])
    await send(tx, actor, activity, order_key=actor.uri, inboxes=inboxes)
    await departures.depart(tx, actor.id)


async def remember_erased(tx: Tx, body: Body) -> None:
    """Subscriber of PostsErased: 410 where they were."""
    author = await actors.by_id(tx, body["author"])
    for uri in body["uris"]:
        await tombstones.remember(tx, author.uri, uri, former="Note", local=True)
