"""Circles: the groups that a phyle is met through, its agora and its members, made when the instance begins."""

import asyncio
from collections.abc import Mapping

from phyle.conversation import groups
from phyle.errors import Missing
from phyle.identity import accounts, actors
from phyle.identity.actors import Actor
from phyle.store.sql import queries
from phyle.store.transaction import Store, Tx

SQL = queries(__file__)

AGORA, MEMBERS = "agora", "members"
_SAYS: Mapping[str, tuple[str, str]] = {
    AGORA: ("Agora", "Where this phyle deliberates. Follow to read along, mention to take part."),
    MEMBERS: (
        "Members",
        "Follow to apply for membership of this phyle. Accepted means admitted; to unfollow is to leave.",
    ),
}


async def begin(store: Store) -> None:
    """Makes the groups at the first start. Does nothing when they are there."""
    async with store.reading() as tx:
        missing = [name for name in _SAYS if await groups.named(tx, name) is None]
    if not missing:
        return
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
