"""Keys that are kept here, and acts signed with them: for people with an account here, the host and the operator."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phyle.cooperative.law import acts
from phyle.cooperative.law.acts import HOST, OPERATOR, Author
from phyle.errors import Missing
from phyle.identity import multikey
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx

SQL = queries(__file__)

DAY = 24 * 3600 * 1000
SIGNED_BY: Mapping[str, Author] = {"member": "server-key", "host": "host", "operator": "operator"}
"""How the author is known of what the functions here sign; of what `attested` signs it is "attested"."""

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The ledger's own: one signs checkpoints, the other what the instance says and attests."""

    log: Ed25519PrivateKey
    credential: Ed25519PrivateKey


async def make_keys(tx: Tx) -> None:
    """The ledger's own keys, at the first start. Does nothing when they are there."""
    name = first_origin(tx)
    for purpose in ("log", "credential"):
        public, secret = new_key()
        await tx.run(SQL.keep_own, purpose, name, public, secret)


async def keys(tx: Tx) -> Keys:
    """The ledger's own keys that are in use. Missing before the first start made them."""
    found = {row["purpose"]: key_of(row["secret"]) for row in await tx.rows(SQL.own)}
    try:
        return Keys(log=found["log"], credential=found["credential"])
    except KeyError:
        raise Missing("The ledger of this instance has no keys yet: they are made when the server starts.") from None


async def new_member_key(tx: Tx, origin: str, member: str, actor: int) -> str:
    """The ledger key of a membership, here or in another phyle, of somebody with an account here; its Multikey. The
    same one again if it was made before."""
    public, secret = new_key()
    await tx.run(SQL.keep_member, origin, member, actor, public, secret)
    found: str = await tx.value(SQL.member_public, origin, member)
    return found


async def retire_member_key(tx: Tx, origin: str, member: str) -> None:
    """It signs no more."""
    await tx.run(SQL.retire_member, origin, member)


async def member_of(tx: Tx, actor: int, origin: str | None = None) -> str | None:
    """The newest membership, in this phyle or another, for which somebody with an account here has a key."""
    found: str | None = await tx.value(SQL.member_of, actor, origin or await _origin(tx))
    return found


async def actor_of(tx: Tx, member: str, origin: str | None = None) -> int | None:
    """Whose membership it is, of those with an account here."""
    found: int | None = await tx.value(SQL.actor_of, origin or await _origin(tx), member)
    return found


async def memberships(tx: Tx, actor: int) -> dict[str, str]:
    """Origin of the ledger -> member id, for all phyles in which somebody with an account here has a key."""
    return {row["origin"]: row["member"] for row in await tx.rows(SQL.memberships, actor)}


def first_origin(tx: Tx) -> str:
    """What the ledger of this instance is called when it begins."""
    return f"{tx.store.settings.domain}/ledger/1"


async def origin(tx: Tx) -> str:
    """What the ledger of this instance is called."""
    return await _origin(tx)


async def _origin(tx: Tx) -> str:
    found: str | None = await tx.value(SQL.origin)
    return found or first_origin(tx)


# Acts


def compose(
    origin: str,
    kind: str,
    by: str,
    payload: Any,
    *,
    at: int,
    head: acts.Head | None = None,
    nonce: str = "",
    days: int = 1,
) -> dict[str, Any]:
    """An act that nobody has signed yet. `at`: milliseconds; it counts if received within so many days of them."""
    document = {
        "phyle": origin,
        "kind": kind,
        "by": by,
        "payload": payload,
        "nonce": nonce or secrets.token_hex(16),
        "expires": at + days * DAY,
    }
    return document if head is None else {**document, "head": {"size": head.size, "root": head.root}}


def once(*words: str) -> str:
    """The nonce of something that is entered once, whoever hands it in how often."""
    return sha256("\n".join(words).encode()).hexdigest()[:32]


async def as_member(
    tx: Tx, member: str, kind: str, payload: Any, *, origin: str | None = None, nonce: str = "", days: int = 1
) -> Document:
    """An act of somebody whose ledger key is kept here, for this phyle or another; it can be entered for so many days.
    Missing if the key is not kept here."""
    row = await tx.row(SQL.member_signs, member, origin, first_origin(tx))
    if row is None:
        raise RuntimeError("the database has no ledger")
    if row["secret"] is None:
        raise Missing("The key of this membership is not kept here: sign with your own.", cause=member)
    return _stated(row, row["origin"], kind, member, payload, key_of(row["secret"]), nonce, days)


async def as_host(tx: Tx, kind: str, payload: Any, *, nonce: str = "") -> Document:
    """An act of the instance itself, by its credential key."""
    return await _signed(tx, await _origin(tx), kind, HOST, payload, (await keys(tx)).credential, nonce)


async def as_operator(tx: Tx, kind: str, payload: Any, *, nonce: str = "") -> Document:
    """An act of whoever has access to the machine, by the instance's credential key."""
    return await _signed(tx, await _origin(tx), kind, OPERATOR, payload, (await keys(tx)).credential, nonce)


async def attested(tx: Tx, member: str, kind: str, payload: Any) -> Document:
    """An act of a member whose server knows no ledger keys, in our words; the request that made it is its evidence."""
    return await _signed(tx, await _origin(tx), kind, member, payload, (await keys(tx)).credential)


async def by_session(
    tx: Tx, member: str, kind: str, payload: Any, key: Ed25519PrivateKey, *, nonce: str = ""
) -> Document:
    """An act of such a member in the booth, by the key of their session."""
    return await _signed(tx, await _origin(tx), kind, member, payload, key, nonce)


async def _signed(
    tx: Tx, origin: str, kind: str, by: str, payload: Any, key: Ed25519PrivateKey, nonce: str = ""
) -> Document:
    row = await tx.row(SQL.moment, origin)
    if row is None:
        raise RuntimeError("the database has no ledger")
    return _stated(row, origin, kind, by, payload, key, nonce)


def _stated(
    row: Record, origin: str, kind: str, by: str, payload: Any, key: Ed25519PrivateKey, nonce: str, days: int = 1
) -> Document:
    """The act, signed. `row`: the moment, and the newest head."""
    at, head = row["at"], acts.Head(size=row["size"], root=row["root"].hex()) if row["root"] else None
    return acts.sign(compose(origin, kind, by, payload, at=at, head=head, nonce=nonce, days=days), key, at=at)


def new_key() -> tuple[str, str]:
    """A new Ed25519 key: its Multikey, and its secret as it is kept."""
    key = Ed25519PrivateKey.generate()
    return multikey.encode(key.public_key()), multikey.encode_secret(key)


@lru_cache(maxsize=4096)
def key_of(secret: str) -> Ed25519PrivateKey:
    """The private key as it is kept in the database."""
    return multikey.decode_secret(secret)
