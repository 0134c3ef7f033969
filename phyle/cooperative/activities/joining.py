"""Joining other phyles: people here ask for it by a Join, act there by signed acts in an Offer, and leave by a Leave.
Their keys are kept here; what the other phyle answers is believed only as far as its signatures reach."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from phyle.conversation.activities import looking_up
from phyle.cooperative import elsewhere, forms
from phyle.cooperative.activities.attesting import identity_of
from phyle.cooperative.activities.offering import ACT, OPENINGS, TEXTS
from phyle.cooperative.activities.remote import Remote
from phyle.cooperative.audit.memory import Keys, read_keys
from phyle.cooperative.elsewhere import LIVE, Link
from phyle.cooperative.forms import FORMS, new_id
from phyle.cooperative.law import credentials
from phyle.cooperative.law.acts import act_hash
from phyle.cooperative.law.naming import blobs_named
from phyle.cooperative.law.table import LAW
from phyle.cooperative.law.values import read
from phyle.cooperative.ledger import receipts, signing
from phyle.cooperative.ledger.blobs import blob
from phyle.cooperative.ledger.openings import Opening
from phyle.errors import Conflict, Malformed, Missing, Refusal, Refused, Unproven
from phyle.federation import writing
from phyle.federation.contexts import FOR_POSTS
from phyle.federation.dispatch import UNKNOWN, Arrival, Handler, Key
from phyle.federation.net import Net
from phyle.federation.outgoing import inbox_of, send
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.powers import SELF
from phyle.store.transaction import Store, Tx

TAKE = "cooperative.take_answer"
MEMBERS = "members"


async def join(net: Net, store: Store, actor: Actor, address: str) -> Link:
    """Somebody here asks to become a member of another phyle, which a host, or its members' group (`@members@host`, or
    an address) names. Missing if there is no phyle; Conflict for whoever has asked, or is a member. Not in a
    transaction."""
    group = await _group(net, store, address)
    host = urlsplit(group.uri).netloc.lower()
    keys = await Remote.at(net, host).keys(host)
    async with store.transaction() as tx:
        known = await elsewhere.known(tx, actor.id, keys.origin)
        if known is not None and known.state in LIVE:
            raise Conflict("You have asked that phyle already, or are a member of it.")
        member = known.member if known is not None else new_id()
        if known is not None and known.reason is None:
            await _again(tx, actor, group, known)
        else:
            await _first(tx, actor, group, keys.origin, member)
        return await elsewhere.link(tx, actor.id, keys.origin)


async def _group(net: Net, store: Store, address: str) -> Actor:
    text = address.strip()
    if "@" not in text and "://" not in text:
        text = f"@{MEMBERS}@{text}"
    number = await looking_up.actor(net, store, text)
    async with store.reading() as tx:
        group = await actors.by_id(tx, number) if number is not None else None
    if group is None or group.kind != "Group":
        raise Missing("There is no phyle at that address: name its host, or the group of its members.")
    if group.local:
        raise Refused("That is the phyle of this instance: apply here.")
    return group


async def _first(tx: Tx, actor: Actor, group: Actor, origin: str, member: str) -> None:
    opened = await identity_of(tx, actor, member)
    payload = {
        "member": member,
        "key": await signing.new_member_key(tx, origin, member, actor.id),
        "custody": "server",
        "via": urlsplit(actor.uri).netloc.lower(),
        "identity": {opening.name: opening.commitment for opening in opened},
    }
    document = await signing.as_member(tx, member, "apply", payload, origin=origin)
    await _ask(tx, actor, group, origin, member, document, opened)


async def _again(tx: Tx, actor: Actor, group: Actor, known: Link) -> None:
    document = await signing.as_member(tx, known.member, "apply_again", {}, origin=known.origin)
    await _ask(tx, actor, group, known.origin, known.member, document, ())


async def _ask(
    tx: Tx, actor: Actor, group: Actor, origin: str, member: str, document: Any, opened: Sequence[Opening]
) -> None:
    activity = await _send(tx, "Join", actor, group, document, opened)
    await elsewhere.ask(tx, origin, member, actor=actor.id, group=group.id, activity=activity)


async def perform(tx: Tx, actor: Actor, origin: str, kind: str, given: Mapping[str, Any]) -> str:
    """An act of somebody here in another phyle, of which they are a member: it is on its way from this commit on; its
    hash. Missing for a kind of act that there is not, or for who has not joined."""
    if kind not in FORMS or kind not in LAW.acts or FORMS[kind].introduces:
        raise Missing(f"There is no act called {kind[:40]} that members do.")
    link = await elsewhere.link(tx, actor.id, origin)
    form = await forms.filled(tx, kind, given)
    read(LAW.acts[kind].payload, form.payload, kind)
    texts = [data.decode() for hash in blobs_named(kind, form.payload) if (data := await blob(tx, hash, entered=False))]
    document = await signing.as_member(tx, link.member, kind, form.payload, origin=origin)
    group = await actors.by_id(tx, link.group)
    wrapped = "Leave" if kind == "exit" else "Offer"
    activity = await _send(tx, wrapped, actor, group, document, form.openings, texts)
    hash = act_hash(document)
    await elsewhere.note_sent(tx, activity, act=hash, kind=kind, origin=origin, member=link.member)
    return hash


async def move(tx: Tx, actor: Actor, link: Link, target: Actor) -> None:
    """A membership elsewhere goes along with somebody here who is `target` now (FEP-7628), an account whose server is
    not asked for ledger keys: the key that is kept here says so for the last time, and the Move itself follows it, by
    which that phyle sees that both accounts say the same. To an account of that phyle itself nobody can take it: there
    one asks for one's membership under the new account."""
    host = urlsplit(target.uri).netloc.lower()
    if target.local or host == link.origin.partition("/")[0]:
        return
    group = await actors.by_id(tx, link.group)
    opened = await identity_of(tx, target, link.member)
    identity = {opening.name: opening.commitment for opening in opened}
    payload = {"via": host, "custody": "none", "identity": identity}
    document = await signing.as_member(tx, link.member, "move", payload, origin=link.origin)
    activity = await _send(tx, "Offer", actor, group, document, opened)
    told = {"act": act_hash(document), "kind": "move", "origin": link.origin, "member": link.member}
    await elsewhere.note_sent(tx, activity, **told)
    uri = f"{tx.store.settings.origin}/activities/{tx.new_id()}"
    move = writing.activity("Move", actor, actor.uri, uri=uri, to=[group.uri], context=FOR_POSTS)
    inboxes = [inbox_of(group, shared=False)]
    await send(tx, actor, {**move, "target": target.uri}, order_key=f"{actor.uri} {group.uri}", inboxes=inboxes)


async def _send(
    tx: Tx, kind: str, actor: Actor, group: Actor, act: Any, opened: Sequence[Opening], texts: Sequence[str] = ()
) -> str:
    """The activity that carries a signed act to a members' group; its id."""
    uri = f"{tx.store.settings.origin}/activities/{tx.new_id()}"
    activity = writing.activity(kind, actor, group.uri, uri=uri, to=[group.uri], context=FOR_POSTS)
    carried = {ACT: dict(act), OPENINGS: [{"value": each.value, "salt": each.salt} for each in opened]}
    if texts:
        carried[TEXTS] = list(texts)
    inboxes = [inbox_of(group, shared=False)]
    await send(tx, actor, {**activity, **carried}, order_key=f"{actor.uri} {group.uri}", inboxes=inboxes)
    return uri


# What is answered


async def answered(tx: Tx, arrival: Arrival) -> None:
    """Accept or Reject, by the members' group of another phyle, of a Join, Offer or Leave that somebody here sent it.
    Of one that nobody sent, or by anybody else, it means nothing."""
    activity = arrival.activity.inner.id if arrival.activity.inner else arrival.activity.object_id
    asked = await elsewhere.by_activity(tx, activity or "")
    done = await elsewhere.by_act(tx, activity or "") if asked is None else None
    link = asked or (done[0] if done else None)
    if link is None or activity is None:
        return
    if link.group != arrival.actor.id:
        raise Refused("Only the phyle that was asked can answer.", cause=arrival.actor.uri)
    result = arrival.activity.raw.get("result")
    accepted = arrival.activity.type == "Accept"
    reason = str(arrival.activity.raw.get("summary", ""))[:2000] or None
    if asked is not None and not accepted:
        state = "refused" if link.state == "asked" else "left"
        await elsewhere.stands(tx, link.origin, link.member, state, reason=reason)
    elif isinstance(result, Mapping):
        await tx.queue(TAKE, {"activity": activity, "joined": asked is not None, "result": dict(result)})
    elif done is not None and not accepted:
        await elsewhere.answered(tx, activity, entered=False, reason=reason)


async def take(net: Net, store: Store, body: Mapping[str, Any]) -> None:
    """Network job `{activity, joined, result}`: what another phyle signed is kept if its keys have signed it."""
    async with store.reading() as tx:
        done = await elsewhere.by_act(tx, body["activity"])
        link = await elsewhere.by_activity(tx, body["activity"]) if body["joined"] else done and done[0]
    if not link:
        return
    host = link.origin.partition("/")[0]
    keys = read_keys(await Remote.at(net, host).speaks_by())
    async with store.transaction() as tx:
        if body["joined"]:
            await _keep_credential(tx, link, keys, body["result"])
        elif done:
            await _keep_receipt(tx, link, keys, body["activity"], done[1]["act"], done[1]["kind"], body["result"])


async def _keep_credential(tx: Tx, link: Link, keys: Keys, document: Mapping[str, Any]) -> None:
    verified = _verified(document, keys, at=await tx.value(signing.SQL.clock))
    subject, person = verified.subject, await actors.by_id(tx, link.actor)
    if (subject.phyle, subject.member, subject.id) != (link.origin, link.member, person.uri):
        raise Unproven("The credential is of another membership.", cause=subject.id)
    await elsewhere.keep_credential(tx, link.origin, link.member, document)


def _verified(document: Mapping[str, Any], keys: Keys, *, at: int) -> credentials.Verified:
    refusal: Refusal = Malformed("The phyle names no keys.")
    for log in keys.log:
        try:
            return credentials.verify(document, credential_key=keys.credential[0], log_key=log, at=at)
        except Unproven as error:
            refusal = error
    raise refusal


async def _keep_receipt(
    tx: Tx, link: Link, keys: Keys, activity: str, act: str, kind: str, document: Mapping[str, Any]
) -> None:
    receipt = await receipts.keep(tx, document, key=keys.credential[0], member=link.member)
    if (receipt.phyle, receipt.act) != (link.origin, act):
        raise Unproven("The receipt is of another act.", cause=receipt.act)
    await elsewhere.answered(tx, activity, entered=receipt.state == "entered", reason=receipt.reason)
    if kind in ("exit", "move") and receipt.state == "entered":
        await elsewhere.stands(tx, link.origin, link.member, "left")


INBOUND: dict[Key, Handler] = {
    (answer, kind, about): Handler(arrive=answered, power=SELF)
    for answer in ("Accept", "Reject")
    for kind in ("Join", "Offer", "Leave")
    for about in ("account", UNKNOWN)
}
