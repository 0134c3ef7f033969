"""Repositories as actors: followed, liked, changed and deleted, in and out."""

from phyle.commons import forks, repositories
from phyle.commons.activities import documents
from phyle.commons.activities.kinds import REPOSITORY, STAR
from phyle.conversation import departures
from phyle.conversation.activities import follows, people, recipients
from phyle.errors import Missing
from phyle.federation import authority, contexts, tombstones, writing
from phyle.federation.dispatch import Arrival, Handler, Key
from phyle.federation.outgoing import send, supersede
from phyle.federation.people import address
from phyle.federation.vocabulary import PUBLIC
from phyle.identity import actors
from phyle.powers import SELF
from phyle.store.jobs import Body
from phyle.store.transaction import Tx

# In


async def liked(tx: Tx, arrival: Arrival) -> None:
    """Like of a repository here, which Forgejo sends for a star."""
    found = await repositories.at(tx, address(arrival.activity.object_id or ""))
    if found is None or not found.public:
        raise Missing("There is no such repository here.")
    uri = arrival.activity.id or f"{arrival.actor.uri}#stars/{found.id}"
    await forks.star(tx, found.id, arrival.actor.id, uri)


async def unliked(tx: Tx, arrival: Arrival) -> None:
    """Undo of a Like, by whoever gave it; where there is none, the Like that comes late is kept out."""
    inner = arrival.activity.inner
    uri = inner.id if inner else arrival.activity.object_id
    found = await repositories.at(tx, address(inner.object_id or "")) if inner else None
    if found is not None:
        await forks.unstar(tx, arrival.actor.id, repository=found.id)
    elif uri is not None:
        await forks.unstar(tx, arrival.actor.id, uri=uri)
    if uri is not None:
        authority.may_forget(arrival.actor.uri, uri)
        await tombstones.remember(tx, arrival.actor.uri, uri)


INBOUND: dict[Key, Handler] = {
    ("Follow", REPOSITORY): Handler(arrive=follows.asked, power=SELF),
    ("Accept", "Follow", REPOSITORY): Handler(arrive=follows.answered, power=SELF),
    ("Reject", "Follow", REPOSITORY): Handler(arrive=follows.answered, power=SELF),
    ("Undo", "Follow", REPOSITORY): Handler(arrive=follows.undone, power=SELF),
    ("Update", "Repository"): Handler(arrive=people.updated, power=SELF),
    ("Delete", REPOSITORY): Handler(arrive=people.deleted, power=SELF),
    ("Like", REPOSITORY): Handler(arrive=liked, power=SELF),
    ("Undo", "Like", REPOSITORY): Handler(arrive=unliked, power=SELF),
    ("Undo", STAR): Handler(arrive=unliked, power=SELF),
}


# Out


async def tell_changed(tx: Tx, body: Body) -> None:
    """Subscriber of RepositoryChanged: Update of the actor, to who follows it."""
    try:
        changed = await repositories.get(tx, body["repository"])
    except Missing:
        return
    if not changed.public:
        return
    who = await actors.by_id(tx, changed.id)
    document = await documents.repository(tx, changed)
    uri = f"{tx.store.settings.origin}/activities/{tx.new_id()}"
    activity = writing.activity(
        "Update",
        who,
        writing.bare(document),
        uri=uri,
        to=[PUBLIC],
        cc=[who.followers or ""],
        context=contexts.FOR_FORGE_ACTORS,
    )
    await send(tx, who, activity, order_key=who.uri, inboxes=await recipients.followers(tx, who.id))


async def tell_deleted(tx: Tx, body: Body) -> None:
    """Subscriber of RepositoryDeleted: both actors say that they are gone, and their addresses say so for ever. Of what
    was not for everybody nobody knew."""
    repository = await actors.by_id(tx, body["repository"])
    circle = await actors.by_id(tx, await tx.value(repositories.SQL.circle_of, repository.id))
    for who in (repository, circle):
        await departures.depart(tx, who.id)  # what the group wrote goes, too
        await tombstones.remember(tx, who.uri, who.uri, former=who.kind, local=True)
        if body["public"]:
            inboxes = await recipients.acquaintances(tx, who.id) | await supersede(tx, who)
            uri = f"{tx.store.settings.origin}/activities/{tx.new_id()}"
            activity = writing.activity("Delete", who, who.uri, uri=uri, to=[PUBLIC])
            await send(tx, who, activity, order_key=who.uri, inboxes=inboxes)
