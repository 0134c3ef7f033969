"""Circles: the groups that a phyle is met through, its agora and its members, made when the instance begins."""

import asyncio
from collections.abc import Mapping, Sequence

from phyle.conversation import groups
from phyle.cooperative.ledger import checkpoints, signing
from phyle.errors import Missing
from phyle.identity import accounts, actors, multikey
from phyle.identity.actors import Actor
from phyle.store.sql import queries
from phyle.store.transaction import Store, Tx

SQL = queries(__file__)

AGORA, MEMBERS = "agora", "members"
LEDGER = "phyle:ledger"
_SAYS: Mapping[str, tuple[str, str]] = {
    AGORA: ("Agora", "Where this phyle deliberates. Follow to read along, mention to take part."),
    MEMBERS: (
        "Members",
        "Follow to apply for membership of this phyle. Accepted means admitted; to unfollow is to leave.",
    ),
}


async def begin(store: Store) -> None:
    """Makes the groups at the first start, and has their documents name the ledger."""
    async with store.reading() as tx:
        missing = [name for name in _SAYS if await groups.named(tx, name) is None]
    if missing:
        await _make(store, missing)
    async with store.transaction() as tx:
        await describe(tx)


async def describe(tx: Tx) -> None:
    """The documents of the groups say where the ledger is, and by which keys it and the phyle speak now."""
    base = f"{tx.store.settings.origin}/ledger"
    told = {
        "origin": await signing.origin(tx),
        "checkpoint": f"{base}/checkpoint",
        "keys": f"{base}/keys",
        "log": [str(signer.public) for signer in await checkpoints.log_signers(tx)],
        "credential": multikey.encode((await signing.keys(tx)).credential.public_key()),
    }
    for name in _SAYS:
        group = await circle(tx, name)
        before = (await groups.get(tx, group.id)).properties
        if before.get(LEDGER) != told:
            await groups.settle(tx, group, properties={**before, LEDGER: told})


async def _make(store: Store, missing: Sequence[str]) -> None:
    pairs = await asyncio.gather(*(accounts.new_keys() for _ in missing))
    async with store.transaction() as tx:
        await tx.run(SQL.alone)
        for name, (rsa, ed25519) in zip(missing, pairs, strict=True):
            if await actors.by_name(tx, name) is None:
                title, note = _SAYS[name]
                await groups.create(
                    tx, name, display_name=title, note=note, asked=name == MEMBERS, rsa=rsa, ed25519=ed25519
                )


async def circle(tx: Tx, name: str) -> Actor:
    """The group of this name. Missing before the instance has begun."""
    found = await groups.named(tx, name)
    if found is None:
        raise Missing(f"This instance has no group called {name} yet.")
    return found
