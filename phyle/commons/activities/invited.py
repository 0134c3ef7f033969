"""What is told of invitations and grants: to the person, to the repository, wherever either lives."""

from typing import Any

from phyle.commons import capabilities, grants, invitations, repositories
from phyle.commons.activities import documents
from phyle.commons.activities.documents import FORGE_ROLES
from phyle.commons.following import plain
from phyle.commons.invitations import Invitation
from phyle.commons.repositories import Repository
from phyle.conversation import publishing
from phyle.conversation.publishing import Draft
from phyle.federation import contexts, writing
from phyle.federation.outgoing import Inbox, inbox_of, send
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.jobs import Body
from phyle.store.transaction import Tx


async def tell_made(tx: Tx, body: Body) -> None:
    """Subscriber of InvitationMade: an Invite to whoever is invited elsewhere, a Join to a repository elsewhere; and a
    word to who is invited, as a post for them alone."""
    made = await invitations.get(tx, body["invitation"])
    known = await actors.by_ids(tx, [made.repository, made.person, made.invited_by or 0])
    repository, person = known[made.repository], known[made.person]
    by = known.get(made.invited_by or 0)
    if made.state != "open":
        return
    if made.what == "join" and not repository.local:
        activity = _activity(tx, "Join", person, repository.uri, made, to=[repository.uri])
        await _send(tx, person, {**activity, "instrument": FORGE_ROLES[made.role]}, repository)
    if made.what == "invite" and repository.local and by is not None and by.local:
        if not person.local:
            activity = _activity(tx, "Invite", by, person.uri, made, to=[person.uri, repository.uri])
            capability = await capabilities.shown(tx, by.id, repository)
            more: Document = {"target": repository.uri, "instrument": FORGE_ROLES[made.role]}
            await _send(tx, by, {**activity, **more, **({"capability": capability} if capability else {})}, person)
        await _say(tx, repository, person, made)


def _activity(tx: Tx, kind: str, who: Actor, thing: str, made: Invitation, **more: Any) -> Document:
    activity = writing.activity(kind, who, thing, uri=made.uri, context=contexts.FOR_FORGE, **more)
    return {**activity, "content": made.words} if made.words else activity


async def _say(tx: Tx, repository: Actor, person: Actor, made: Invitation) -> None:
    """A post by the project's group, that only the person sees: so that it is met where one looks every day."""
    here = await repositories.get(tx, repository.id)
    if not here.public:
        return
    circle = await actors.by_id(tx, here.circle)
    called = f"@{person.acct}" if person.host else f"@{person.name}"
    where = f"{tx.store.settings.origin}/commons/mine" if person.local else repository.url
    text = f"{called} You are invited to {here.name} as a {made.role}. {plain(made.words)}\n\nTo answer: {where}"
    await publishing.publish_as(tx, circle, Draft(text=text, visibility="direct"))


async def tell_answered(tx: Tx, body: Body) -> None:
    """Subscriber of InvitationAnswered: our word goes to where the other side lives."""
    found = await invitations.get(tx, body["invitation"])
    known = await actors.by_ids(tx, [found.repository, found.person, found.invited_by or 0])
    repository, person = known[found.repository], known[found.person]
    if found.state == "withdrawn":
        sender = known.get(found.invited_by or 0) if found.what == "invite" else person
        other = person if found.what == "invite" else repository
        if sender is not None and sender.local and not other.local:
            await _send(tx, sender, _answer(tx, "Undo", sender, found, [other.uri]), other)
    elif found.what == "invite" and person.local and not repository.local:
        kind = "Accept" if found.state == "accepted" else "Reject"
        await _send(tx, person, _answer(tx, kind, person, found, [repository.uri]), repository)
    elif found.what == "join" and repository.local and not person.local:
        kind = "Accept" if found.state == "accepted" else "Reject"
        await _send(tx, repository, _answer(tx, kind, repository, found, [person.uri]), person)


def _answer(tx: Tx, kind: str, who: Actor, found: Invitation, to: list[str]) -> Document:
    uri = f"{tx.store.settings.origin}/activities/{tx.new_id()}"
    return writing.activity(kind, who, found.uri, uri=uri, to=to)


async def reject(tx: Tx, repository: Repository, person: Actor, activity: str, sentence: str) -> None:
    """A Join is refused at once, with the reason."""
    who = await actors.by_id(tx, repository.id)
    uri = f"{tx.store.settings.origin}/activities/{tx.new_id()}"
    answer = writing.activity("Reject", who, activity, uri=uri, to=[person.uri])
    await _send(tx, who, {**answer, "summary": sentence}, person)


async def tell_granted(tx: Tx, body: Body) -> None:
    """Subscriber of Granted: the Grant, to who holds it elsewhere; by its id they act from now on."""
    given = await grants.get(tx, body["grant"])
    holder = await actors.by_id(tx, given.holder)
    if holder.local or given.revoked_at is not None:
        return
    repository = await repositories.get(tx, given.repository)
    who = await actors.by_id(tx, repository.id)
    asked = await tx.value(invitations.SQL.last_answered, repository.id, holder.id, given.role)
    document = documents.grant(tx.store.settings, repository, given, holder, fulfills=asked)
    await _send(tx, who, document, holder)


async def tell_revoked(tx: Tx, body: Body) -> None:
    """Subscriber of Revoked: the Revoke, to who held it elsewhere."""
    ended = await grants.get(tx, body["grant"])
    holder = await actors.by_id(tx, ended.holder)
    if holder.local:
        return
    repository = await repositories.get(tx, ended.repository)
    who = await actors.by_id(tx, repository.id)
    uri = f"{tx.store.settings.origin}/activities/{tx.new_id()}"
    await _send(tx, who, documents.revoke(tx.store.settings, repository, ended, holder, uri=uri), holder)


async def tell_left(tx: Tx, body: Body) -> None:
    """Subscriber of Left: Leave, to the repository elsewhere."""
    person, repository = await actors.by_id(tx, body["person"]), await actors.by_id(tx, body["repository"])
    uri = f"{tx.store.settings.origin}/activities/{tx.new_id()}"
    await _send(tx, person, writing.activity("Leave", person, repository.uri, uri=uri, to=[repository.uri]), repository)


async def _send(tx: Tx, who: Actor, activity: Document, *to: Actor) -> None:
    """To these and no one else, in the order in which it happened between who sends and where it goes."""
    inboxes: list[Inbox] = [inbox_of(each, shared=False) for each in to if not each.local]
    if inboxes:
        await send(tx, who, activity, order_key=f"{who.uri} {to[0].uri}", inboxes=inboxes)
