"""Circles: the groups that a phyle is met through, its agora and its members, made when the instance begins."""

import asyncio
import re
from collections.abc import Mapping, Sequence

from phyle.conversation import groups
from phyle.cooperative.ledger import checkpoints, signing
from phyle.errors import Conflict, Missing, Unprocessable
from phyle.identity import accounts, actors, multikey
from phyle.identity.actors import Actor
from phyle.store.sql import queries
from phyle.store.transaction import Store, Tx

SQL = queries(__file__)

AGORA, MEMBERS = "agora", "members"
LEDGER = "phyle:ledger"
_NAME = re.compile(r"[a-z0-9_]{1,30}", re.ASCII)
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
    for group in await _all(tx):
        await _name_ledger(tx, group)


async def _name_ledger(tx: Tx, group: Actor) -> None:
    base = f"{tx.store.settings.origin}/ledger"
    told = {
        "origin": await signing.origin(tx),
        "checkpoint": f"{base}/checkpoint",
        "keys": f"{base}/keys",
        "log": [str(signer.public) for signer in await checkpoints.log_signers(tx)],
        "credential": multikey.encode((await signing.keys(tx)).credential.public_key()),
    }
    before = (await groups.get(tx, group.id)).properties
    if before.get(LEDGER) != told:
        await groups.settle(tx, group, properties={**before, LEDGER: told})


async def _all(tx: Tx) -> list[Actor]:
    found = await actors.by_ids(tx, [row["actor"] for row in await tx.rows(SQL.every)])
    return [actor for actor in found.values() if not actor.gone]


async def open_to_all(tx: Tx) -> list[Actor]:
    """The agora and the working circles: where anybody may write."""
    return [actor for actor in await _all(tx) if actor.name != MEMBERS]


async def open_circle(tx: Tx, name: str) -> None:
    """A new working circle, which anybody may follow and write to. Conflict if somebody has its name; Unprocessable for
    what is no name."""
    if _NAME.fullmatch(name) is None:
        raise Unprocessable("A circle has a name of up to 30 small letters, digits and underscores.")
    rsa, ed25519 = await accounts.new_keys()
    if await actors.by_name(tx, name) is not None:
        raise Conflict(f"Somebody here is called {name} already.")
    note = "A working circle of this phyle. Follow to read along, mention to take part."
    group = await groups.create(tx, name, display_name=name, note=note, rsa=rsa, ed25519=ed25519)
    await _name_ledger(tx, group)


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
