"""Acts of people whose own server keeps their ledger key: they come signed, in a Join, Offer or Leave.

Nobody is believed for the activity's sake: the act's signature says who acts, the activity's only from where.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from phyle.cooperative import people
from phyle.cooperative.activities import crediting
from phyle.cooperative.activities.attesting import pinned_of
from phyle.cooperative.circles import MEMBERS, circle
from phyle.cooperative.handing_in import Judged, judged, keep_texts, outsider
from phyle.cooperative.law.acts import act_hash
from phyle.cooperative.law.commons.outsiders import Contributor, Outsider
from phyle.cooperative.law.members import Introduction, Member
from phyle.cooperative.law.membership import Apply
from phyle.cooperative.ledger import acts, reading, receipts
from phyle.errors import Malformed, Refusal, Refused
from phyle.federation.dispatch import Arrival, Handler, Key
from phyle.federation.reading import Activity
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.powers import SELF
from phyle.store.jobs import Become
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

ACT, OPENINGS, TEXTS = "phyle:act", "phyle:openings", "phyle:texts"
JOB = "cooperative.answer_offer"
SHORTLY = timedelta(seconds=1)
TRIES = 3600
AGAIN = "apply_again"
Kind = Literal["Join", "Offer", "Leave"]


async def joined(tx: Tx, arrival: Arrival) -> None:
    """Join of our members' group: an application, or one again."""
    await _take(tx, arrival, "Join")


async def offered(tx: Tx, arrival: Arrival) -> None:
    """Offer to our members' group: any other act of a member, and what others contribute or declare."""
    await _take(tx, arrival, "Offer")


async def left(tx: Tx, arrival: Arrival) -> None:
    """Leave of our members' group: an exit."""
    await _take(tx, arrival, "Leave")


async def _take(tx: Tx, arrival: Arrival, kind: Kind) -> None:
    """The act waits from this commit on, or the sender hears why not."""
    group = await circle(tx, MEMBERS)
    if arrival.activity.object_id != group.uri or arrival.actor.local or arrival.activity.id is None:
        return
    before = tx.writes
    try:
        await _hand_in(tx, arrival, kind)
    except Refusal as refusal:
        if refusal.status >= 500 or tx.writes != before:
            raise
        summary = {"summary": refusal.sentence}
        await crediting.respond(tx, "Reject", group, arrival.actor, kind, arrival.activity.id, **summary)


async def _hand_in(tx: Tx, arrival: Arrival, kind: Kind) -> None:
    document = arrival.activity.raw.get(ACT)
    if not isinstance(document, Mapping):
        raise Malformed(f"A {kind} carries a signed act as {ACT}.")
    given = await judged(tx, document, _list(arrival, OPENINGS))
    texts = _list(arrival, TEXTS)
    _check_kind(given, kind)
    if isinstance(given.payload, Introduction):
        await _check_newcomer(tx, arrival.actor, given)
        await _link(tx, arrival.actor, given)
    else:
        await begun(tx, arrival.actor, given)
    await keep_texts(tx, texts)
    hash = act_hash(document)
    await tx.run(SQL.keep, hash, kind, arrival.activity.id, arrival.actor.id)
    received = int(arrival.received_at.timestamp() * 1000) if arrival.received_at is not None else None
    opened = [replace(each, audience="members") if each.name == "pinned" else each for each in given.openings]
    await acts.submit_in(tx, document, author=given.author, openings=opened, received=received)
    if kind == "Join":
        await crediting.remember(tx, given.act.by, "Join", str(arrival.activity.id))
    await tx.queue(JOB, {"act": hash, "tries": 0})


def _list(arrival: Arrival, name: str) -> Sequence[Any]:
    value = arrival.activity.raw.get(name, [])
    return value if isinstance(value, list) else [value]


def _check_kind(given: Judged, kind: Kind) -> None:
    """Each activity carries what it says."""
    applies = isinstance(given.payload, Apply) or given.act.kind == AGAIN
    if applies != (kind == "Join") or (given.act.kind == "exit") != (kind == "Leave"):
        raise Refused(f"A {kind} does not carry an act of the kind {given.act.kind}.")
    if isinstance(given.payload, Introduction) and not applies:
        raise Refused("Newcomers join; all else takes an account here.")


async def _check_newcomer(tx: Tx, actor: Actor, given: Judged) -> None:
    """The one who applies is the one who sends it, from the server that keeps the key; and is nobody whom we know."""
    introduction: Introduction = given.payload
    if introduction.custody != "server" or introduction.via != _host(actor):
        raise Refused("The key of a membership is kept by the server that the application comes from.")
    told = {opening.name: opening.value for opening in given.openings}
    if told.get("actor") != actor.uri or told.keys() != introduction.identity.keys():
        raise Refused("An application opens what it commits to, and names the account that sends it.")
    if "pinned" in told and told["pinned"] != await pinned_of(tx, actor):
        raise Refused("The key that the application names is not the one that its account's server shows.")
    known = await people.member_of(tx, actor.id)
    if known is not None and await reading.get(tx, Member, known) is not None:
        raise Refused("This account has a membership here, or had one: it can apply again as the same member.")
    claimed = await people.actor_of(tx, given.act.by)
    if await reading.get(tx, Member, given.act.by) is not None or claimed not in (None, actor.id):
        raise Refused("There is a membership with this id already.")


async def _check_outsider(tx: Tx, actor: Actor, given: Judged, told: Outsider) -> None:
    """Whoever contributes without being a member sends it themselves, from the server that keeps their key; and under
    the id of nobody else."""
    said = {opening.name: opening.value for opening in given.openings}
    if told.custody != "server" or told.via != _host(actor) or said.get("actor") != actor.uri:
        raise Refused("The key of whoever contributes is kept by the server that the act comes from, for that account.")
    if await people.actor_of(tx, given.act.by) not in (None, actor.id):
        raise Refused("There is somebody with this id already.")


async def begun(tx: Tx, actor: Actor, given: Judged) -> None:
    """An act that this account's server signed for it may be entered here: it is theirs who send it, as a member or as
    somebody from outside, who is known by it from now on. Refused otherwise."""
    if isinstance(given.payload, Introduction):
        raise Refused("Newcomers join; all else takes an account here.")
    if (told := outsider(given)) is not None:
        await _check_outsider(tx, actor, given, told)
        await _link(tx, actor, given)
    else:
        await _check_member(tx, actor, given)


async def _link(tx: Tx, actor: Actor, given: Judged) -> None:
    """Whose membership it will be. An id that somebody takes at the same time is theirs."""
    if not await tx.run(SQL.claim, given.act.by, actor.id):
        raise Refused("There is a membership with this id already.")


async def _check_member(tx: Tx, actor: Actor, given: Judged) -> None:
    """Nobody acts for others: their own account sends it, from the server that keeps their key."""
    member = await reading.get(tx, Member, given.act.by) or await reading.get(tx, Contributor, given.act.by)
    if member is None or await people.actor_of(tx, given.act.by) != actor.id:
        raise Refused("Members act for themselves, from the account that their membership is for.")
    if member.via != _host(actor) or given.author != "server-key":
        raise Refused("The key of this membership is not kept by the server that the act comes from.")


def _host(actor: Actor) -> str:
    return urlsplit(actor.uri).netloc.lower()


async def answer(tx: Tx, body: Mapping[str, Any]) -> Become | None:
    """Local job `{act, tries}`: once an act that came by an activity is decided, its sender has a receipt for it. A
    Join is answered by Accept only when it led to an admission."""
    row = await tx.row(SQL.offer, body["act"])
    known = await acts.answer(tx, body["act"]) if row is not None else None
    if row is None or known is None:
        return None
    if known.state == "waiting":
        if body["tries"] >= TRIES:
            return None
        return Become(job=JOB, body={**body, "tries": body["tries"] + 1}, after=SHORTLY)
    await tx.run(SQL.forget, body["act"])
    if row["kind"] == "Join" and known.state == "entered":
        return None
    receipt = await receipts.receipt(tx, body["act"])
    person = await actors.by_id(tx, row["actor"])
    outcome = "Accept" if known.state == "entered" else "Reject"
    group = await circle(tx, MEMBERS)
    more = {"result": receipt, **({"summary": known.sentence} if known.sentence else {})}
    await crediting.respond(tx, outcome, group, person, row["kind"], row["activity"], **more)
    return None


def _carries_an_act(activity: Activity) -> bool:
    """Then the ledger waits for it, because the time at which it came decides."""
    return isinstance(activity.raw.get(ACT), Mapping)


INBOUND: dict[Key, Handler] = {
    ("Join", "account"): Handler(arrive=joined, power=SELF, evidence=_carries_an_act),
    ("Offer", "account"): Handler(arrive=offered, power=SELF, evidence=_carries_an_act),
    ("Leave", "account"): Handler(arrive=left, power=SELF, evidence=_carries_an_act),
}
