"""Remote actors: from what their server says to the row we keep, keys included."""

from datetime import timedelta
from html import escape
from typing import Any

from phyle import text
from phyle.clock import now
from phyle.errors import Malformed, Refusal, Refused, Unreachable
from phyle.federation import fetch, peers, webfinger
from phyle.federation.net import Net
from phyle.federation.reading import ReadKey, RemoteActor, read_actor
from phyle.federation.signatures import Signer
from phyle.federation.urls import host_of, normal
from phyle.federation.wire import Document
from phyle.identity import actors, keys, multikey
from phyle.identity.actors import Actor
from phyle.store.jobs import Become, Body, backoff
from phyle.store.sql import queries
from phyle.store.transaction import Store, Tx

SQL = queries(__file__)

_LONGEST_NAME, _LONGEST_SUMMARY = 255, 100_000  # characters, in the form in which they are kept

PATIENCE = 4
"""How often a host that does not answer is asked for a name."""
STALE = timedelta(days=1)
"""After which what we know of an actor is asked for again when somebody looks for it: an Update may have been lost."""


async def save(tx: Tx, remote: RemoteActor) -> Actor:
    """Keep a remote actor as its own server describes it now. Its name counts under the host of its id until WebFinger
    says otherwise; a new one is asked about in a job. Raises Refused if its host is blocked."""
    await peers.refuse_blocked(tx, remote.uri)
    host = host_of(remote.uri)
    known = await tx.row(SQL.host_of, remote.uri)
    if known is not None and known["folded_name"] == text.fold(remote.preferred_name):
        host = known["host"]
    folded = text.fold(remote.preferred_name)
    if len(folded) > _LONGEST_NAME:
        raise Malformed("`preferredUsername` is too long.", cause=remote.uri)
    await _take_name(tx, folded, host, remote.uri)
    rows = await tx.change(actors.SQL.save_remote, tx.new_id(), remote.uri, *_columns(remote, folded, host))
    actor = actors.from_row(rows[0])
    kept = [key for key in remote.keys if (pem := _pem(key)) and await _save_key(tx, actor, key, pem)]
    await tx.run(actors.SQL.drop_other_keys, actor.id, [key.id for key in kept])
    if known is None:
        await tx.queue("federation.confirm_name", {"actor": actor.id})
    return actor


async def _take_name(tx: Tx, folded: str, host: str, uri: str) -> None:
    """The name is free for this actor until the end of the transaction. People and communities of one name at one
    host may come at the same moment."""
    await tx.run(SQL.lock_name, f"{folded}@{host}")
    await tx.run(actors.SQL.release_name, folded, host, uri)


def _columns(remote: RemoteActor, folded: str, host: str) -> tuple[Any, ...]:
    fields = [
        {"name": text.plain(f["name"]), "value": text.sanitise(f["value"]), "verified_at": None} for f in remote.fields
    ]
    return (
        remote.kind,
        remote.preferred_name,
        folded,
        host,
        remote.display_name[:500],
        _summary(remote),
        remote.url or remote.uri,
        remote.inbox,
        remote.shared_inbox,
        host_of(remote.inbox),
        remote.outbox,
        remote.followers,
        remote.following,
        remote.featured,
        remote.avatar_url,
        remote.header_url,
        fields,
        list(remote.emojis),
        remote.locked,
        remote.discoverable,
        remote.indexable,
        list(remote.also_known_as),
        remote.moved_to,
        remote.published or now(),
    )


def _summary(remote: RemoteActor) -> str:
    """As HTML; thousands of links, which grow when they are made harmless, become text."""
    safe = text.sanitise(remote.summary)
    if len(safe) <= _LONGEST_SUMMARY:
        return safe
    return escape(text.plain(safe)[: _LONGEST_SUMMARY // len("&amp;")], quote=False)


def _pem(key: ReadKey) -> str | None:
    """The key as PEM, or None if it is none that we take."""
    try:
        if key.pem is not None:
            return keys.public_pem(keys.public_key(key.pem))
        return keys.public_pem(multikey.decode(key.multibase or ""))
    except Refusal:
        return None


async def _save_key(tx: Tx, actor: Actor, key: ReadKey, pem: str) -> bool:
    return bool(await tx.run(actors.SQL.save_key, key.id, actor.id, key.kind, pem, None))


async def service_signer(store: Store) -> Signer:
    """Signs what the instance itself asks for."""
    async with store.reading() as tx:
        service = await actors.service(tx)
        pem = await actors.private_pem(tx, service)
    return Signer(key_id=f"{service.uri}#main-key", key=keys.rsa(pem))


async def fetch_actor(net: Net, store: Store, uri: str) -> Actor:
    """Fetch an actor by its id and keep it. Raises as `fetch.document`, Malformed if it is no actor, Refused if its
    host is blocked."""
    async with store.reading() as tx:
        await peers.refuse_blocked(tx, uri)
    signer = await service_signer(store)
    found = await fetch.document(net, uri, signer=signer, local_origin=store.settings.origin)
    remote = read_actor(found.body)
    async with store.transaction() as tx:
        return await save(tx, remote)


async def renewed(net: Net, store: Store, actor: Actor) -> Actor:
    """The actor as its own server describes it now, if what we know is stale and it answers; else as we know it."""
    if actor.local or actor.gone or now() - actor.fetched_at < STALE:
        return actor
    try:
        return await fetch_actor(net, store, actor.uri)
    except Refusal:
        return actor


def is_actor(document: Document) -> bool:
    """Does it have what every actor has?"""
    return isinstance(document.get("inbox"), str)


async def confirm_name(net: Net, store: Store, body: Body) -> Become | None:
    """Network job: under which `name@host` an actor may be known. A host that is away is asked some times more."""
    tries = int(body.get("tries", 0)) + 1
    async with store.reading() as tx:
        actor = await actors.by_id(tx, body["actor"])
    try:
        await _confirmed(net, store, actor)
    except Unreachable:
        if tries < PATIENCE:
            return Become(job="federation.confirm_name", body={**body, "tries": tries}, after=backoff(3 * tries))
    return None


async def _confirmed(net: Net, store: Store, actor: Actor) -> Actor:
    """The actor under its name at the host on which the host of its id and that of the name agree (B14). Whoever else
    says that a name is this actor's says nothing. Raises Unreachable."""
    try:
        handle = webfinger.read_handle(f"{actor.name}@{host_of(actor.uri)}")
        found = await webfinger.confirm(net, actor.uri, handle, local_origin=store.settings.origin)
    except Unreachable:
        raise
    except Refusal:
        return actor
    if found.host == actor.host or text.fold(found.name) != text.fold(actor.name):
        return actor
    async with store.transaction() as tx:
        await _take_name(tx, text.fold(actor.name), found.host, actor.uri)
        await tx.run(SQL.set_host, actor.id, found.host)
        return await actors.by_id(tx, actor.id)


async def resolve(net: Net, store: Store, name: str, host: str) -> Actor:
    """`name@host`, known or asked for now. Raises Missing, Refused or Unreachable."""
    async with store.reading() as tx:
        known = await actors.by_name(tx, name, host)
        if known is not None:
            return known
        handle = webfinger.read_handle(f"{name}@{host}")
        if await peers.is_blocked(tx, handle.host):
            raise Refused("That server is blocked here.", cause=f"{handle}")
    found = await webfinger.resolve(net, handle, local_origin=store.settings.origin)
    async with store.reading() as tx:
        actor = await actors.by_uri(tx, found.uri)
    if actor is None:
        actor = await fetch_actor(net, store, found.uri)
    if actor.local or actor.host == found.handle.host:
        return actor
    try:
        return await _confirmed(net, store, actor)
    except Unreachable:
        return actor


def address(uri: str) -> str:
    """An actor's id in the one spelling under which we keep it."""
    return normal(uri, fragment=True)
