"""From values to documents: actors, activities, collections, tombstones, in the shapes that peers read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from phyle import text
from phyle.clock import wire_time
from phyle.federation import contexts
from phyle.federation.wire import Document
from phyle.identity import keys, multikey
from phyle.identity.actors import Actor

Keys = Mapping[str, tuple[str, str]]


def actor(who: Actor, public: Keys) -> Document:
    """An actor of this instance. `public`: kind -> (key id, PEM), as `actors.public_keys` gives them.

    RSA under `publicKey` for HTTP signatures, Ed25519 as Multikey under `assertionMethod` (FEP-521a).
    """
    document: Document = {
        "@context": contexts.FOR_ACTORS,
        "id": who.uri,
        "type": who.kind,
        "preferredUsername": who.name,
        "name": who.display_name or who.name,
        "summary": who.summary,
        "url": who.url,
        "inbox": who.inbox,
        "outbox": who.outbox,
        "followers": who.followers,
        "following": who.following,
        "featured": who.featured,
        "manuallyApprovesFollowers": who.locked,
        "discoverable": who.discoverable,
        "indexable": who.indexable,
        "published": wire_time(who.created_at),
        "endpoints": {"sharedInbox": who.shared_inbox},
        "attachment": [{"type": "PropertyValue", "name": f["name"], "value": f["value"]} for f in who.fields],
    }
    if "rsa" in public:
        key_id, pem = public["rsa"]
        document["publicKey"] = {"id": key_id, "owner": who.uri, "publicKeyPem": pem}
    if "ed25519" in public:
        key_id, pem = public["ed25519"]
        key = multikey.document(key_id=key_id, controller=who.uri, key=keys.public_key(pem))
        document["assertionMethod"] = [key]
    if who.also_known_as:
        document["alsoKnownAs"] = list(who.also_known_as)
    if who.moved_to:
        document["movedTo"] = who.moved_to
    for name, address in (("icon", who.avatar_url), ("image", who.header_url)):
        if address:
            document[name] = {"type": "Image", "url": address}
    return document


def bare(document: Document) -> Document:
    """For embedding in a document that has a context of its own."""
    return {name: value for name, value in document.items() if name != "@context"}


def activity(
    kind: str,
    who: Actor,
    thing: Document | str | Sequence[str],
    *,
    uri: str,
    to: Sequence[str] = (),
    cc: Sequence[str] = (),
    published: datetime | None = None,
    context: Any = contexts.ACTIVITYSTREAMS,
) -> Document:
    """An activity of `who` about `thing` (embedded, or by id). The actor itself never is a recipient."""
    document: Document = {"@context": context, "id": uri, "type": kind, "actor": who.uri, "object": thing}
    if to:
        document["to"] = list(to)
    if cc:
        document["cc"] = list(cc)
    if published:
        document["published"] = wire_time(published)
    return document


def collection(uri: str, *, total: int, first: str | None = None) -> Document:
    """An ordered collection by its number of items; its pages, if they are for others, begin at `first`."""
    document: Document = {
        "@context": contexts.ACTIVITYSTREAMS,
        "id": uri,
        "type": "OrderedCollection",
        "totalItems": total,
    }
    if first is not None:
        document["first"] = first
    return document


def page(uri: str, items: Sequence[Document | str], *, of: str, following: str | None, context: Any = None) -> Document:
    """One page of a collection; `following` is the address of the next one."""
    document: Document = {
        "@context": context or contexts.ACTIVITYSTREAMS,
        "id": uri,
        "type": "OrderedCollectionPage",
        "partOf": of,
        "orderedItems": list(items),
    }
    if following is not None:
        document["next"] = following
    return document


def tombstone(uri: str, *, former: str, deleted_at: datetime) -> Document:
    """What is served, with 410, where something was."""
    return {
        "@context": contexts.ACTIVITYSTREAMS,
        "id": uri,
        "type": "Tombstone",
        "formerType": former,
        "deleted": wire_time(deleted_at),
    }


def hashtag(name: str, origin: str) -> Document:
    """A hashtag as a tag of a post; `name` without #."""
    return {"type": "Hashtag", "href": f"{origin}/tags/{text.normal_hashtag(name)}", "name": f"#{name}"}
