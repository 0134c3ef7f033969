"""The key with which this phyle cosigns the ledgers of others (c2sp.org/tlog-cosignature)."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phyle.cooperative.tree.keys import Kind, Signer, VerifierKey
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)


def name(host: str) -> str:
    """The name under which a host cosigns."""
    return f"{host}/witness"


async def signer(tx: Tx) -> Signer:
    """Our key as a witness; made when it is first asked for."""
    secret = await tx.value(SQL.current)
    if secret is None:
        await tx.run(SQL.alone)
        secret = await tx.value(SQL.current) or await _made(tx)
    return Signer(name(tx.store.settings.domain), Kind.COSIGNATURE, Ed25519PrivateKey.from_private_bytes(secret))


async def _made(tx: Tx) -> bytes:
    secret = Ed25519PrivateKey.generate().private_bytes_raw()
    await tx.run(SQL.make, secret)
    return secret


async def public(tx: Tx) -> VerifierKey:
    """What others are told of it."""
    return (await signer(tx)).public


async def known(tx: Tx) -> VerifierKey | None:
    """The same for who only reads: None before the key was made."""
    return await public(tx) if await tx.value(SQL.current) else None


async def retire(tx: Tx) -> None:
    """Sign nothing with it any more: state was lost, so it may have signed more than is known here."""
    await tx.run(SQL.retire)
