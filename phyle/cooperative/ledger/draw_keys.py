"""The key with which this phyle signs the draws of others: used for nothing else."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phyle.cooperative.ledger import signing
from phyle.identity import multikey
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)


async def make(tx: Tx) -> None:
    """The key, unless there is one that is in use."""
    public, secret = signing.new_key()
    await tx.run(SQL.make, signing.first_origin(tx), public, secret)


async def current(tx: Tx) -> Ed25519PrivateKey:
    """The key in use; made when it is first asked for."""
    secret = await tx.value(SQL.current)
    if secret is None:
        await make(tx)
        secret = await tx.value(SQL.current)
    return signing.key_of(secret)


async def public(tx: Tx) -> str | None:
    """What others are told of it, as a Multikey; None before it was made."""
    secret = await tx.value(SQL.current)
    return None if secret is None else multikey.encode(signing.key_of(secret).public_key())


async def retire(tx: Tx) -> None:
    """Sign nothing with it any more: state was lost, so it may have signed more than is known here, and signing another
    pool of the same draw would let somebody choose between two seeds."""
    await tx.run(SQL.retire)
