"""Objects and activities by id, for servers: what everyone may read, and what they may who prove themselves."""

from collections.abc import Awaitable, Callable

from phyle.clock import now
from phyle.commons.activities import objects as commons
from phyle.conversation import posts
from phyle.conversation.activities import outboxes, served
from phyle.conversation.posts import Post
from phyle.errors import Missing, Refusal
from phyle.federation import outgoing, peers, people, signatures, tombstones, wire, writing
from phyle.federation.keyring import Keyring
from phyle.federation.signatures import Request
from phyle.federation.urls import host_of
from phyle.federation.vocabulary import POST_TYPES
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.ids import ActorId
from phyle.store.transaction import Tx
from phyle.web import negotiation
from phyle.web.actors import document
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.routes import Route, public

Signer = Callable[[Asked], Awaitable[Actor | None]]


def signer_of(keyring: Keyring, *, scheme: str, hosts: frozenset[str]) -> Signer:
    """Who signed a GET, if anybody did and it holds; what is wrong with a signature makes it nobody's."""

    async def signer(asked: Asked) -> Actor | None:
        if "signature" not in asked.headers:
            return None
        target = asked.path + (f"?{asked.query_string.decode('latin-1')}" if asked.query_string else "")
        try:
            request = Request.received("GET", target, asked.headers.items(), scheme=scheme)
            claim = signatures.claimed(request, hosts=hosts, now=now())
            key = await keyring.known(claim.key_id)
            if key is None or not signatures.verify(claim, request, key.key):
                key = await keyring.asked(claim.key_id, again=key is not None)
            if not signatures.verify(claim, request, key.key):
                return None
        except Refusal:
            return None
        async with asked.store.reading() as tx:
            found = await actors.by_uri(tx, people.address(key.owner))
            return None if found is None or found.gone or await peers.is_blocked(tx, host_of(found.uri)) else found

    return signer


def routes(signer: Signer) -> tuple[Route, ...]:
    """`signer` tells who signed a request for what is not for everyone."""

    async def show(asked: Asked) -> Answer:
        number = asked.id("number")
        async with asked.store.reading() as tx:
            post = await posts.by_id(tx, number)
            if post is None or not post.local or post.boost_of is not None:
                if (found := await commons.find(tx, number)) is not None:
                    return _thing(asked, found)
                return await _gone(tx, f"{asked.settings.origin}/objects/{number}")
            author = await actors.by_id(tx, post.author)
        if post.open and negotiation.wants_html(asked.headers.get("accept", "")):
            return redirect(post.url or author.url, status=302)
        viewer = None if post.open else await signer(asked)
        async with asked.store.reading() as tx:
            note = await note_for(tx, viewer.id if viewer else None, post, author)
            return document(note, everyones=post.open)

    async def activity(asked: Asked) -> Answer:
        number = asked.id("number")
        origin = asked.settings.origin
        async with asked.store.reading() as tx:
            post = await posts.by_id(tx, number)
            if post is not None and post.local:
                await posts.get(tx, None, number)
                return document(await outboxes.activity(tx, post, await actors.by_id(tx, post.author)))
            sent = await outgoing.published(tx, f"{origin}/activities/{number}")
            if sent is None or not await _still_there(tx, found := wire.parse(sent)):
                return await _gone(tx, f"{origin}/objects/{number}")
            return document(found)

    return (
        public("GET", "/objects/<number>", show, holds="nothing"),
        public("GET", "/activities/<number>", activity, holds="nothing"),
    )


def _thing(asked: Asked, found: wire.Document) -> Answer:
    """What the commons keep under a number; a person with a browser is led to its page, if it has one."""
    if "url" in found and negotiation.wants_html(asked.headers.get("accept", "")):
        return redirect(found["url"], status=302)
    return document(found)


async def note_for(tx: Tx, viewer: ActorId | None, post: Post, author: Actor) -> wire.Document:
    """The Note of a post that this viewer may see. Raises Missing."""
    await posts.get(tx, viewer, post.id)
    return await served.post(tx, post, author)


async def _still_there(tx: Tx, activity: wire.Document) -> bool:
    """What was sent does not outlive the post that it carried."""
    thing = activity.get("object")
    if activity.get("type") == "Announce" and isinstance(thing, dict):
        thing = thing.get("object")  # what a group passed on
    if not isinstance(thing, dict) or thing.get("type") not in POST_TYPES:
        return True
    post = await posts.by_uri(tx, thing["id"])
    return post is not None and post.open


async def _gone(tx: Tx, uri: str) -> Answer:
    was = await tombstones.of_ours(tx, uri)
    if was is None:
        raise Missing
    return document(writing.tombstone(uri, former=was[0], deleted_at=was[1]), status=410)
