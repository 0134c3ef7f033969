"""What repositories answer: Accept and Reject of what was offered or asked, to whoever did."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal

from phyle.commons.repositories import Repository
from phyle.conversation.activities import recipients
from phyle.errors import Malformed, Missing, Refusal
from phyle.federation import contexts, writing
from phyle.federation.dispatch import Arrival
from phyle.federation.outgoing import inbox_of, send
from phyle.federation.vocabulary import PUBLIC
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.transaction import Tx

Kind = Literal["Accept", "Reject"]


async def respond(tx: Tx, kind: Kind, repository: Repository, to: Actor, about: str, **more: Any) -> None:
    """The repository's answer to the activity with the id `about`. Nobody is told who is of this instance."""
    if to.local:
        return
    who = await actors.by_id(tx, repository.id)
    document = writing.activity(kind, who, about, uri=new_uri(tx), to=[to.uri], context=contexts.FOR_FORGE)
    await send(tx, who, {**document, **more}, order_key=about, inboxes=[inbox_of(to, shared=False)])


async def answered(
    tx: Tx, arrival: Arrival, repository: Repository, do: Callable[[], Awaitable[None]], *, accepts: bool = True
) -> None:
    """Do what was asked for. Whoever asked hears of it: Accept (unless that is said with what came of it), or Reject
    with the reason. Nothing is done for an activity that cannot be answered."""
    before, about = tx.writes, arrival.activity.id
    if about is None:
        raise Malformed("An activity that wants something has an `id`, so that it can be answered.")
    try:
        await do()
    except Missing:
        raise
    except Refusal as refusal:
        if refusal.status >= 500 or tx.writes != before:
            raise
        await respond(tx, "Reject", repository, arrival.actor, about, summary=refusal.sentence)
        return
    if accepts:
        await respond(tx, "Accept", repository, arrival.actor, about)


async def publish(
    tx: Tx,
    kind: str,
    repository: Repository,
    thing: Document,
    *,
    concerned: Sequence[int | None],
    order_key: str,
    context: Sequence[Any] = contexts.FOR_FORGE,
) -> None:
    """What the repository says to all who follow it and whom it concerns. Nothing of what not everybody may read."""
    if not repository.public:
        return
    who = await actors.by_id(tx, repository.id)
    activity = writing.activity(
        kind,
        who,
        writing.bare(thing),
        uri=new_uri(tx),
        to=[PUBLIC],
        cc=[who.followers or ""],
        context=list(context),
    )
    inboxes = await recipients.followers(tx, who.id) | await recipients.actors(tx, concerned)
    await send(tx, who, activity, order_key=order_key, inboxes=inboxes)


def new_uri(tx: Tx) -> str:
    """The id of a new activity."""
    return f"{tx.store.settings.origin}/activities/{tx.new_id()}"
