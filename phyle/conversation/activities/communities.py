"""What groups elsewhere pass on (FEP-1b12): an Announce that carries the Create, Update or Delete of somebody else.

The group's word says that it happened, not what was said: a post is taken from its author's own server. Only where
group and author live on one server the copy that came along is as good as that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from phyle.conversation import groups, posts, reactions, receiving
from phyle.conversation.activities import notes, polls
from phyle.conversation.activities.drafts import draft
from phyle.conversation.posts import Post
from phyle.federation import authority, people, tombstones
from phyle.federation.dispatch import Arrival, Handler, Key, embedded
from phyle.federation.reading import Activity, RemotePost, read_post
from phyle.federation.reading.posts import author_of, is_post
from phyle.federation.reading.shapes import id_of
from phyle.federation.urls import same_origin
from phyle.federation.vocabulary import PUBLIC
from phyle.federation.wire import Document
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.powers import SELF
from phyle.store.transaction import Tx


def needs(activity: Activity, known: Mapping[str, Document | None]) -> Sequence[str]:
    """The post from its own server, and then its author."""
    document = _said(activity, known)
    uri = activity.inner.object_id if activity.inner else None
    wanted = [uri] if uri is not None and document is None else []
    author = author_of(document) if document is not None and is_post(document) else None
    return [*wanted, *([author] if author else [])]


def _said(activity: Activity, known: Mapping[str, Document | None]) -> Document | None:
    """The post as its author's server says it: fetched, or carried by a group that lives there, too."""
    carried = embedded((embedded(activity.object) or {}).get("object"))
    if carried is not None and _at_home(activity, id_of(carried)) and _at_home(activity, author_of(carried)):
        return carried
    uri = activity.inner.object_id if activity.inner else None
    return known.get(uri) if uri is not None else None


def _at_home(activity: Activity, uri: str | None) -> bool:
    return uri is not None and activity.actor is not None and same_origin(uri, activity.actor)


async def created(tx: Tx, arrival: Arrival) -> None:
    """Somebody wrote in a group that people here follow: what begins a thread comes to them as shared by the group,
    and what answers something is found below it."""
    uri = arrival.activity.inner.object_id if arrival.activity.inner else None
    if uri is None or arrival.actor.kind != groups.KIND:
        return
    post = await posts.by_uri(tx, uri)
    if post is None and await notes.followed_here(tx, arrival.actor):
        post = await _received(tx, arrival)
    if post is None or post.boost_of is not None or post.reply_to_uri is not None or not post.open:
        return
    if not (await actors.by_id(tx, post.author)).gone and post.author != arrival.actor.id:
        published = arrival.activity.published
        await reactions.boost(tx, arrival.actor, post.id, uri=arrival.activity.id, published_at=published)


async def _received(tx: Tx, arrival: Arrival) -> Post | None:
    found = await _remote(tx, arrival)
    if found is None:
        return None
    remote, author = found
    if await tombstones.any_of(tx, author.uri, [remote.uri]):
        return None
    received = await draft(tx, remote, author)
    if received.audience is None:  # Mastodon names no group; an answer from here is to reach this one
        received = replace(received, audience=arrival.actor.uri)
    return await receiving.receive(tx, received)


async def _remote(tx: Tx, arrival: Arrival) -> tuple[RemotePost, Actor] | None:
    """The post that is carried, if it is one that everyone may read, and its author. A vote is nobody's to pass on."""
    document = _said(arrival.activity, arrival.known)
    if document is None or not is_post(document) or polls.names_only(document):
        return None
    remote = read_post(document)
    author = await actors.by_uri(tx, people.address(remote.author))
    if author is None or author.gone or author.local or PUBLIC not in (*remote.to, *remote.cc):
        return None
    return remote, author


async def updated(tx: Tx, arrival: Arrival) -> None:
    """Somebody changed what they wrote in a group: taken if it is here."""
    found = await _remote(tx, arrival)
    post = await posts.by_uri(tx, found[0].uri) if found else None
    if found is None or post is None:
        return
    remote, author = found
    authority.may_update((await actors.by_id(tx, post.author)).uri, post.reply_to_uri, author.uri, remote)
    revised = await draft(tx, remote, author)
    await receiving.revise(tx, post, replace(revised, reply_to_uri=post.reply_to_uri))


async def deleted(tx: Tx, arrival: Arrival) -> None:
    """A post was deleted in a group. The group's word counts for what lies on its own server; of all else the author's
    server tells those who have it."""
    uri = arrival.activity.inner.object_id if arrival.activity.inner else None
    post = await posts.by_uri(tx, uri) if uri is not None and _at_home(arrival.activity, uri) else None
    if post is None or post.boost_of is not None or arrival.actor.kind != groups.KIND:
        return
    author = await actors.by_id(tx, post.author)
    await receiving.remove(tx, post)
    await tombstones.remember(tx, author.uri, post.uri)


async def passed_over(_tx: Tx, _arrival: Arrival) -> None:
    """What others like is the matter of the group's own server: here nobody could prove it."""


INBOUND: dict[Key, Handler] = {
    ("Announce", "Create"): Handler(arrive=created, power=SELF, needs=needs),
    ("Announce", "Update"): Handler(arrive=updated, power=SELF, needs=needs, afresh=True),
    ("Announce", "Delete"): Handler(arrive=deleted, power=SELF),
    ("Announce", "Like"): Handler(arrive=passed_over, power=SELF),
    ("Announce", "Dislike"): Handler(arrive=passed_over, power=SELF),
    ("Announce", "Undo"): Handler(arrive=passed_over, power=SELF),
}
