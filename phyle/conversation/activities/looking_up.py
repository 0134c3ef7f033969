"""What a member types into search: `ana@coop.org`, or the address of a person or a post, here or elsewhere."""

import re

from phyle.conversation import posts
from phyle.conversation.activities import notes
from phyle.errors import Refusal
from phyle.federation import fetch, peers, people, urls
from phyle.federation.net import Net
from phyle.federation.reading import read_actor
from phyle.federation.webfinger import Handle, read_handle
from phyle.identity import actors
from phyle.store.transaction import Store, Tx

_OUR_POST = re.compile(r"/(?:objects|activities|@[^/]+)/([0-9]{1,18})")


async def actor(net: Net, store: Store, name: str) -> int | None:
    """The id here of an account, fetched if we did not know it; None if there is none. Never inside a transaction."""
    try:
        if name.startswith(("http://", "https://")):
            return await _actor_at(net, store, urls.normal(name, fragment=True))
        handle = read_handle(name if "@" in name.lstrip("@") else f"{name}@{store.settings.account_domain}")
        return await _named(net, store, handle)
    except Refusal:
        return None


async def actor_now(net: Net, store: Store, name: str) -> int | None:
    """As `actor`, and as its own server describes it now: None also if that does not answer."""
    number = await actor(net, store, name)
    if number is None:
        return None
    async with store.reading() as tx:
        known = await actors.by_id(tx, number)
    if known.local:
        return number
    try:
        return (await people.fetch_actor(net, store, known.uri)).id
    except Refusal:
        return None


async def _named(net: Net, store: Store, handle: Handle) -> int | None:
    if handle.host in (store.settings.domain, store.settings.account_domain):
        async with store.reading() as tx:
            ours = await actors.by_name(tx, handle.name)
        return ours.id if ours and not ours.gone else None
    found = await people.renewed(net, store, await people.resolve(net, store, handle.name, handle.host))
    return None if found.gone else found.id


async def _actor_at(net: Net, store: Store, address: str) -> int | None:
    async with store.reading() as tx:
        known = await actors.by_uri(tx, address) or await _our_page(tx, address)
    if known is not None:
        return None if known.gone else (await people.renewed(net, store, known)).id
    if urls.is_local(address, store.settings.origin):
        return None
    async with store.reading() as tx:
        await peers.refuse_blocked(tx, address)
    signer = await people.service_signer(store)
    found = await fetch.document(net, address, signer=signer, local_origin=store.settings.origin)
    if not people.is_actor(found.body):
        return None
    remote = read_actor(found.body)
    async with store.transaction() as tx:
        return (await people.save(tx, remote)).id


async def _our_page(tx: Tx, address: str) -> actors.Actor | None:
    page = f"{tx.store.settings.origin}/@"
    if not address.startswith(page):
        return None
    name, _, host = address.removeprefix(page).partition("@")
    return await actors.by_name(tx, name, host)


async def post(net: Net, store: Store, address: str) -> int | None:
    """The id here of the post at an address, its page's or its own; None if there is none that everyone may read."""
    try:
        address = urls.normal(address)
    except Refusal:
        return None
    async with store.reading() as tx:
        known = await posts.by_uri(tx, address)
        if known is None and urls.is_local(address, store.settings.origin):
            match = _OUR_POST.fullmatch(address.removeprefix(store.settings.origin))
            known = await posts.by_id(tx, int(match[1])) if match else None
            return known.id if known else None
    found = known or await notes.fetched(net, store, address)
    return found.id if found else None
