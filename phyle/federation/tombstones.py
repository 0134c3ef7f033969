"""What was deleted or undone, remembered for ever: the late original meets it, and ours answer 410."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b

from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)


def key(actor: str, uri: str) -> bytes:
    """The key of an actor's word about an id: of fixed length, whatever a stranger sends."""
    return blake2b(f"{actor}\n{uri}".encode(), digest_size=16).digest()


async def remember(tx: Tx, actor: str, uri: str, *, former: str = "", local: bool = False) -> None:
    """The actor deleted or undid what has this id, whether we know it or not."""
    await tx.run(SQL.remember, key(actor, uri), uri, former, local)


async def any_of(tx: Tx, actor: str, uris: Iterable[str], *, within: timedelta | None = None) -> bool:
    """Did the actor delete or undo any of these (`within` that time before now)?"""
    return bool(await tx.value(SQL.any_of, [key(actor, uri) for uri in uris], within))


async def of_ours(tx: Tx, uri: str) -> tuple[str, datetime] | None:
    """(former type, when) of something of ours that was deleted."""
    row = await tx.row(SQL.of_ours, uri)
    return (row["former"], row["deleted_at"]) if row else None
