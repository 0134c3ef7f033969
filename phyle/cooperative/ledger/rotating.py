"""New keys in the place of old ones: made beforehand, and in use from the commit of the entry that says so."""

from phyle.cooperative.law.members import Member
from phyle.cooperative.law.phyle_keys import Which
from phyle.cooperative.law.phyles import Phyle
from phyle.cooperative.law.possession import prove
from phyle.cooperative.ledger import signing
from phyle.cooperative.ledger.deciding import Batch
from phyle.errors import Missing
from phyle.identity import multikey
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)


async def prepare(tx: Tx, which: Which) -> str:
    """A key of the ledger that is not in use yet, for holders of mandates to endorse; its Multikey. The same one again
    until it is in use."""
    public, secret = signing.new_key()
    found: str | None = await tx.value(SQL.prepared, which)
    if found is None:
        await tx.run(SQL.prepare, which, await signing.origin(tx), public, secret)
    return found or public


async def turn(tx: Tx, which: Which) -> dict[str, str]:
    """The payload of `rotate_key` for the key that was prepared: signed by it and by the one in use."""
    key = await prepare(tx, which)
    keys, origin = await signing.keys(tx), await signing.origin(tx)
    old = keys.log if which == "log" else keys.credential
    new = multikey.decode_secret(await tx.value(SQL.secret, key))
    return {"which": which, "key": key, "by_old": prove(old, origin, which, key), "by_new": prove(new, origin, which)}


async def prepare_member(tx: Tx, member: str) -> dict[str, str]:
    """A new ledger key for a membership whose key is kept here, not in use yet: `key`, and `proof` that we hold it.
    Missing if its key is not kept here."""
    origin = await signing.origin(tx)
    public, secret = signing.new_key()
    if not await tx.run(SQL.prepare_member, origin, member, public, secret):
        raise Missing("The key of this membership is not kept here: make the new one where the old one is.")
    return {"key": public, "proof": prove(multikey.decode_secret(secret), origin, member)}


async def follow(tx: Tx, batch: Batch) -> None:
    """Keys that entries of the batch put in the place of others are in use from this commit on."""
    here = batch.work.changed.get((Phyle.SLICE, ""))
    if here is not None:
        for which, key in (("log", here.log_key), ("credential", here.credential_key)):
            await _use(tx, batch, which, key)
    for (kind, id), value in batch.work.changed.items():
        if kind == Member.SLICE and value is not None and value.key is not None and _rekeyed(batch, id, value.key):
            await tx.run(SQL.retire_member, await signing.origin(tx), id, value.key)
            await tx.run(SQL.use_member, await signing.origin(tx), id, value.key)


async def _use(tx: Tx, batch: Batch, which: str, key: str) -> None:
    before = batch.state.get(Phyle)
    if before is not None and key not in (before.log_key, before.credential_key):
        await tx.run(SQL.retire, which, key)
        await tx.run(SQL.use, which, key)


def _rekeyed(batch: Batch, id: str, key: str) -> bool:
    before = batch.state.get(Member, id) if batch.state.knows(Member.SLICE, id) else None
    return before is not None and before.key != key
