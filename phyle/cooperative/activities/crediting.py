"""Crediting: who became a full member is sent the credential, in the Accept of the Follow or Join that asked for it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from phyle.cooperative import acting, credentials, people
from phyle.cooperative.circles import MEMBERS, circle
from phyle.cooperative.law.members import OVER
from phyle.errors import Missing
from phyle.federation import writing
from phyle.federation.contexts import FOR_POSTS
from phyle.federation.outgoing import inbox_of, send
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.jobs import Become
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

JOB = "cooperative.credit"
SHORTLY = timedelta(seconds=1)
TRIES = 600
"""How often it is looked whether a checkpoint covers the admission; a ledger that stands still signs none."""


async def remember(tx: Tx, member: str, kind: Literal["Follow", "Join"], activity: str) -> None:
    """How a member asked to be one: the activity that is answered."""
    await tx.run(SQL.remember, member, kind, activity)


async def stood(tx: Tx, body: Mapping[str, Any]) -> None:
    """Subscriber of StandingChanged: who is a full member now gets a credential; who asked by a Join and is none any
    more hears so. (A Follow is answered by who keeps the group.)"""
    asked = await tx.row(SQL.asked, body["member"])
    if asked is None:
        return
    if body["standing"] == "member":
        await tx.queue(JOB, {"member": body["member"], "tries": 0})
    elif asked["kind"] == "Join" and body["standing"] in OVER:
        await answer(tx, "Reject", body["member"])


async def credit(tx: Tx, body: Mapping[str, Any]) -> Become | None:
    """Local job `{member, tries}`: the credential, once a checkpoint covers it."""
    member = body["member"]
    if await acting.standing(tx, member) != "member":
        return None
    try:
        document = await credentials.issue(tx, member)
    except Missing:
        if body["tries"] >= TRIES:
            raise
        return Become(job=JOB, body={**body, "tries": body["tries"] + 1}, after=SHORTLY)
    await answer(tx, "Accept", member, result=document)
    return None


async def answer(tx: Tx, kind: str, member: str, **more: Any) -> None:
    """Accept or Reject of the Follow or Join of a member elsewhere. Nothing if they never asked by one."""
    asked, number = await tx.row(SQL.asked, member), await people.actor_of(tx, member)
    if asked is None or number is None:
        return
    group, person = await circle(tx, MEMBERS), await actors.by_id(tx, number)
    if not person.local:
        await respond(tx, kind, group, person, asked["kind"], asked["activity"], **more)


async def respond(tx: Tx, kind: str, group: Actor, person: Actor, about: str, activity: str, **more: Any) -> None:
    """An answer of the members' group to an activity of this type and id, with what else it says."""
    inner = writing.bare(writing.activity(about, person, group.uri, uri=activity))
    uri = f"{tx.store.settings.origin}/activities/{tx.new_id()}"
    document: Document = writing.activity(kind, group, inner, uri=uri, to=[person.uri], context=FOR_POSTS)
    inboxes = [inbox_of(person, shared=False)]
    await send(tx, group, {**document, **more}, order_key=f"{person.uri} {group.uri}", inboxes=inboxes)
