"""The servers we speak with: which are blocked, which have spoken, how their lanes do."""

from dataclasses import dataclass
from datetime import datetime

from phyle.errors import Missing
from phyle.federation.urls import normal_host
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx

SQL = queries(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerSpoke:
    """A peer whose lane was closed has proven itself again; it missed what was published since."""

    host: str
    since: datetime


def _with_parents(host: str) -> list[str]:
    """`a.b.c` is blocked with `b.c`: throw-away subdomains cost nothing."""
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)] or [host]


async def is_blocked(tx: Tx, host: str) -> bool:
    """Is the host, or a domain above it, blocked?"""
    return bool(await tx.value(SQL.is_blocked, [host, *_with_parents(host)]))


async def block(tx: Tx, host: str, reason: str) -> str:
    """Nothing is taken from the host or sent to it any more; the name as it is compared."""
    host = normal_host(host)
    await tx.run(SQL.block, host, reason)
    await tx.run(SQL.drop_deliveries, host)
    return host


async def unblock(tx: Tx, host: str) -> str:
    """Raises Missing if it was not blocked."""
    host = normal_host(host)
    if not await tx.run(SQL.unblock, host):
        raise Missing(f"{host} is not blocked.")
    return host


async def listing(tx: Tx) -> list[Record]:
    """Every known or blocked host: host, succeeded_at, heard_at, failing_since, failures, closed_at, last_error,
    rfc9421, blocked (reason or None), waiting (deliveries)."""
    return await tx.rows(SQL.listing)


async def hosts(tx: Tx) -> list[str]:
    """The hosts that have proven to be there."""
    return [row["host"] for row in await tx.rows(SQL.hosts)]


async def heard(tx: Tx, host: str, *, rfc9421: bool) -> None:
    """The host proved itself: what waits for it may go at once, and what it missed while its lane was closed is told."""
    closed_at = await tx.value(SQL.closed_since, host)
    rows = await tx.change(SQL.heard, host, rfc9421)
    if closed_at is not None:
        await tx.emit(PeerSpoke(host=host, since=closed_at))
    if rows and rows[0]["waiting"]:
        tx.wakes.add("deliveries")
