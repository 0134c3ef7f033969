"""What conductors fetch: documents and keys by their id, and collections page by page, all bounded."""

from dataclasses import dataclass
from typing import Any

from phyle.errors import Refusal, Unproven
from phyle.federation import urls, wire
from phyle.federation.documents import Asking, Document, ask, document, settled
from phyle.federation.net import Net
from phyle.federation.signatures import Signer

__all__ = ["Document", "KeyDocument", "document", "key", "pages"]

MOST_KEYS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDocument:
    """A public key and the actor whose own document lists it.

    `pem` for keys under `publicKey`, `multibase` for Multikeys (FEP-521a); the other is empty.
    """

    key_id: str
    owner_uri: str
    pem: str
    multibase: str
    owner_document: wire.Document


async def key(net: Net, key_id: str, *, signer: Signer | None, local_origin: str) -> KeyDocument:
    """The key that `key_id` names: part of an actor (`#main-key`), a document of its own, or a stub of the actor.

    What is served must call itself `key_id` (A6), and the owner's own document must list that id (A4): a key document
    alone proves nothing about its owner. Raises as `document`, `Unproven` if the two do not agree.
    """
    asking = Asking(net=net, signer=signer, local_origin=local_origin)
    served = await ask(asking, key_id)
    alone = served.body if _holds_key(served.body) else None
    if alone is None:
        owner_id: Any = served.body.get("id")
        named = _listed(served.body, key_id) is not None
    else:
        owner_id = alone.get("owner") or alone.get("controller")
        named = _same(alone.get("id"), key_id)
    if not named or not isinstance(owner_id, str):
        raise _unproven(served.final, f"it is not the key {key_id[:300]!a}")
    if alone is None and served.speaks_for(owner_id):
        owner = settled(served)
    else:
        owner = await document(net, owner_id, signer=signer, local_origin=local_origin)
    return _owned(owner, key_id, alone)


def _owned(owner: Document, key_id: str, alone: wire.Document | None) -> KeyDocument:
    entry = _listed(owner.body, key_id)
    material = alone if isinstance(entry, str) else entry
    if material is None or not _holds_key(material):
        raise _unproven(owner.uri, f"it does not list the key {key_id[:300]!a}")
    holder = material.get("owner") or material.get("controller") or owner.uri
    if not _same(holder, owner.uri):
        raise _unproven(owner.uri, f"its key {key_id[:300]!a} says that it belongs to {holder!a}")
    pem, multibase = material.get("publicKeyPem"), material.get("publicKeyMultibase")
    return KeyDocument(
        key_id=key_id,
        owner_uri=owner.uri,
        pem=pem if isinstance(pem, str) else "",
        multibase=multibase if isinstance(multibase, str) else "",
        owner_document=owner.body,
    )


def _holds_key(body: wire.Document) -> bool:
    return isinstance(body.get("publicKeyPem"), str) or isinstance(body.get("publicKeyMultibase"), str)


def _listed(actor: wire.Document, key_id: str) -> wire.Document | str | None:
    """What `actor` says of `key_id`: the key itself, its bare id, or nothing."""
    for place in ("publicKey", "assertionMethod"):
        entries = actor.get(place)
        for entry in entries[:MOST_KEYS] if isinstance(entries, list) else [entries]:
            if isinstance(entry, str) and _same(entry, key_id):
                return entry
            if isinstance(entry, dict) and _same(entry.get("id"), key_id):
                return entry
    return None


def _unproven(url: str, cause: str) -> Unproven:
    return Unproven(f"{urls.host_of(url)} does not own to that key.", cause=f"{url}: {cause}")


def _same(one: object, other: str) -> bool:
    return isinstance(one, str) and urls.same_address(one, other)


async def pages(
    net: Net, first_url: str, *, signer: Signer | None, local_origin: str, limit_items: int, limit_pages: int
) -> tuple[wire.Document | str, ...]:
    """The items (ids or objects) of a collection or page, over at most `limit_pages` requests.

    The walk ends at a page on another origin (B20), at one seen before (D18), and at one that fails, unless that is the
    first: then it raises as `document` does. Embedded items are hearsay: only what their own id serves counts.
    """
    asking = Asking(net=net, signer=signer, local_origin=local_origin)
    items: list[wire.Document | str] = []
    seen: set[str] = set()
    place: object = first_url
    while len(items) < limit_items:
        if isinstance(place, str):
            place = await _page(asking, place, first_url, seen) if len(seen) < limit_pages else None
        if not isinstance(place, dict):
            break
        first = None if _is_page(place) else place.get("first")
        if first is None:
            items += _items(place)
        place = first or place.get("next")
    return tuple(items[:limit_items])


async def _page(asking: Asking, place: str, first_url: str, seen: set[str]) -> wire.Document | None:
    begun = bool(seen)
    if begun and (not urls.same_origin(place, first_url) or urls.normal(place) in seen):
        return None
    seen.add(urls.normal(place))
    try:
        served = await ask(asking, place)
    except Refusal:
        if begun:
            return None
        raise
    seen.add(served.final)
    return served.body if urls.same_origin(served.final, first_url) else None


def _is_page(body: wire.Document) -> bool:
    kinds = body.get("type")
    return any(str(kind).endswith("Page") for kind in (kinds if isinstance(kinds, list) else [kinds]))


def _items(page: wire.Document) -> list[wire.Document | str]:
    found = page.get("orderedItems") or page.get("items") or []
    return [item for item in (found if isinstance(found, list) else [found]) if isinstance(item, str | dict)]
