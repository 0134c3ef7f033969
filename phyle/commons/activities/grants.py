"""Grants on the wire: Invite, Join, their answers, Grant, Revoke and Leave, in and out (ForgeFed, direct grants)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from phyle.commons import capabilities, granting, held, invitations, repositories
from phyle.commons.activities import documents, invited
from phyle.commons.activities.kinds import GRANT, INVITATION, REPOSITORY
from phyle.commons.invitations import Invitation
from phyle.errors import Conflict, Malformed, Missing, Refusal, Refused
from phyle.federation import authority, tombstones
from phyle.federation.dispatch import UNKNOWN, Arrival, Handler, Key
from phyle.federation.people import address
from phyle.federation.reading import Activity, shapes
from phyle.federation.urls import host_of
from phyle.federation.wire import Document
from phyle.identity import actors, limits
from phyle.identity.actors import Actor
from phyle.identity.limits import Limit
from phyle.powers import SELF
from phyle.store.transaction import Tx

ASKED = Limit(name="commons-asked", most=200, window=timedelta(days=1))
"""How many invitations and questions to be let in are taken of one domain."""
_LONGEST = 2000


def _needs(activity: Activity, _known: Mapping[str, Document | None]) -> Sequence[str]:
    """Who is invited, and into what."""
    return [uri for uri in (activity.object_id, activity.target) if uri]


async def was_invited(tx: Tx, arrival: Arrival) -> None:
    """Invite: of anybody into a repository here, by whoever shows a Grant; or of somebody here into one elsewhere."""
    activity = arrival.activity
    role = documents.role_of(activity.raw.get("instrument"))
    person = await actors.by_uri(tx, address(activity.object_id or ""))
    if role is None or person is None or activity.id is None:
        raise Malformed("An Invite names a person as `object` and a role (`write`, `maintain`) as `instrument`.")
    if await invitations.by_uri(tx, activity.id) is not None:
        return
    here = await repositories.at(tx, address(activity.target or ""))
    if here is not None:
        await capabilities.invoked(tx, arrival.actor, here, activity.raw.get("capability"), "maintain")
        await granting.invite(tx, arrival.actor, here, person, role, words=_words(activity), uri=activity.id)
        return
    there = await actors.by_uri(tx, address(activity.target or ""))
    if there is None or there.kind != repositories.KIND or there.gone or not person.local:
        raise Missing("That Invite is about nobody and nothing here.")
    await _bounded(tx, arrival.actor)
    await invitations.make(
        tx, "invite", there.id, person.id, role, invited_by=arrival.actor.id, words=_words(activity), uri=activity.id
    )


async def was_asked(tx: Tx, arrival: Arrival) -> None:
    """Join of a repository here: somebody asks to be let in. What is refused at once is answered at once."""
    activity = arrival.activity
    repository = await repositories.at(tx, address(activity.object_id or ""))
    if repository is None or activity.id is None:
        raise Missing("There is no such repository here.")
    if await invitations.by_uri(tx, activity.id) is not None:
        return
    before = tx.writes
    try:
        role = documents.role_of(activity.raw.get("instrument", "write"))
        if role is None:
            raise Malformed("One joins a repository to `write` or to `maintain`.")
        await _bounded(tx, arrival.actor)
        await granting.ask(tx, arrival.actor, repository, role, words=_words(activity), uri=activity.id)
    except Refusal as refusal:
        if refusal.status >= 500 or tx.writes != before:
            raise
        await invited.reject(tx, repository, arrival.actor, activity.id, refusal.sentence)


async def was_answered(tx: Tx, arrival: Arrival) -> None:
    """Accept or Reject: of an Invite by who was invited, of a Join by the repository. By anybody else it means nothing
    (B13)."""
    found = await invitations.by_uri(tx, _about(arrival.activity))
    if found is None or found.state != "open":
        return
    yes = arrival.activity.type == "Accept"
    if found.what == "invite":
        person = await actors.by_id(tx, found.person)
        authority.may_answer(person.uri, arrival.actor.uri)
        await granting.answer(tx, arrival.actor, found, yes=yes)
        return
    repository = await actors.by_id(tx, found.repository)
    authority.may_answer(repository.uri, arrival.actor.uri)
    if not repository.local:
        await invitations.answer(tx, found.id, "accepted" if yes else "refused")


async def was_withdrawn(tx: Tx, arrival: Arrival) -> None:
    """Undo of an Invite or a Join, by whoever sent it."""
    found = await invitations.by_uri(tx, _about(arrival.activity))
    if found is None or found.state != "open":
        return
    sender = found.invited_by if found.what == "invite" else found.person
    if sender != arrival.actor.id:
        raise Refused("Only who did it may undo it.", cause=arrival.actor.uri)
    await invitations.answer(tx, found.id, "withdrawn")


async def was_granted(tx: Tx, arrival: Arrival) -> None:
    """Grant by a repository elsewhere to somebody here who was invited, or had asked. Others are kept by nobody: what
    nobody asked for would only fill their list."""
    activity, raw = arrival.activity, arrival.activity.raw
    holder = await actors.by_uri(tx, address(activity.target or ""))
    role = documents.role_of(raw.get("object"))
    if arrival.actor.kind != repositories.KIND or holder is None or not holder.local or activity.id is None:
        raise Refused("That Grant is by no repository, or to nobody here.", cause=arrival.actor.uri)
    authority.may_forget(arrival.actor.uri, activity.id)  # it lies where its giver lives
    if address(shapes.link(raw, "context") or "") != arrival.actor.uri or raw.get("delegates") is not None:
        raise Refused("Only direct Grants are taken: of the repository, over itself.", cause=activity.id)
    fulfilled = await _fulfilled(tx, arrival.actor, holder, raw)
    if role is None or fulfilled is None:
        return
    until = shapes.instant(raw, "endTime")
    await held.keep(tx, activity.id, arrival.actor.id, holder.id, role, until)
    if fulfilled.state == "open":
        await invitations.answer(tx, fulfilled.id, "accepted")


async def _fulfilled(tx: Tx, repository: Actor, holder: Actor, raw: Document) -> Invitation | None:
    found = await invitations.by_uri(tx, shapes.link(raw, "fulfills"))
    if found is None:
        mine = [each for each in await invitations.of_person(tx, holder.id) if each.repository == repository.id]
        found = next((each for each in mine if each.state in ("open", "accepted")), None)
    if found is None or (found.repository, found.person) != (repository.id, holder.id):
        return None
    # An invitation that was not accepted gives nothing, whoever says so.
    return None if found.what == "invite" and found.state != "accepted" else found


async def was_revoked(tx: Tx, arrival: Arrival) -> None:
    """Revoke of a Grant, by who gave it; that of one that has not come yet keeps it out."""
    uri = arrival.activity.object_id
    if uri is None:
        return
    authority.may_forget(arrival.actor.uri, uri)
    await tombstones.remember(tx, arrival.actor.uri, uri)
    await held.revoke(tx, uri, arrival.actor.id)


async def was_left(tx: Tx, arrival: Arrival) -> None:
    """Leave: somebody gives back what a repository here granted them."""
    repository = await repositories.at(tx, address(arrival.activity.object_id or ""))
    if repository is None:
        raise Missing("There is no such repository here.")
    await granting.leave(tx, arrival.actor, repository)


def _about(activity: Activity) -> str | None:
    return activity.inner.id if activity.inner else activity.object_id


def _words(activity: Activity) -> str:
    said: Any = activity.content or activity.raw.get("summary")
    return said[:_LONGEST] if isinstance(said, str) else ""


async def _bounded(tx: Tx, actor: Actor) -> None:
    if not await limits.within(tx, ASKED, limits.domain(host_of(actor.uri))):
        raise Conflict("Your server has asked for too much today.")


INBOUND: dict[Key, Handler] = {
    ("Invite", "account"): Handler(arrive=was_invited, power=SELF, needs=_needs),
    ("Invite", UNKNOWN): Handler(arrive=was_invited, power=SELF, needs=_needs),
    ("Join", REPOSITORY): Handler(arrive=was_asked, power=SELF),
    ("Grant", UNKNOWN): Handler(arrive=was_granted, power=SELF),
    ("Revoke", GRANT): Handler(arrive=was_revoked, power=SELF),
    ("Revoke", UNKNOWN): Handler(arrive=was_revoked, power=SELF),
    ("Leave", REPOSITORY): Handler(arrive=was_left, power=SELF),
    **{
        (answer, *what): Handler(arrive=was_answered, power=SELF)
        for answer in ("Accept", "Reject")
        for what in (("Invite", "account"), ("Invite", UNKNOWN), ("Join", REPOSITORY), (INVITATION,))
    },
    **{
        ("Undo", *what): Handler(arrive=was_withdrawn, power=SELF)
        for what in (("Invite", "account"), ("Invite", UNKNOWN), ("Join", REPOSITORY), (INVITATION,))
    },
}
