"""The servers we speak with: which are blocked, which have spoken, how their lanes do."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from phyle.errors import Missing, Refused
from phyle.federation.urls import host_of, normal_host
from phyle.store.sql import queries
from phyle.store.transaction import Record, Tx

SQL = queries(__file__)

MOST_HOSTS = 10_000
_PORT = re.compile(r":[0-9]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerSpoke:
    """A peer whose lane was closed has proven itself again; it missed what was published since."""

    host: str
    since: datetime


def names(host: str) -> list[str]:
    """`a.b.c:8443` is blocked with `a.b.c` and with `b.c`: other ports and throw-away subdomains cost nothing."""
    bare = _PORT.sub("", host)
    labels = bare.split(".")
    return [host, bare, *(".".join(labels[start:]) for start in range(1, len(labels) - 1))]


async def is_blocked(tx: Tx, host: str) -> bool:
    """Is the host, or a domain above it, blocked?"""
    return bool(await tx.rows(SQL.blocked_among, names(host)))


async def not_blocked(tx: Tx, hosts: Iterable[str]) -> set[str]:
    """Those that are not blocked, themselves or by a domain above them."""
    called = {host: names(host) for host in hosts}
    rows = await tx.rows(SQL.blocked_among, list({name for each in called.values() for name in each}))
    blocked = {row["host"] for row in rows}
    return {host for host, each in called.items() if blocked.isdisjoint(each)}


async def refuse_blocked(tx: Tx, uri: str) -> None:
    """Nothing is asked of a blocked host either. Raises Refused if that is where the address leads."""
    if await is_blocked(tx, host_of(uri)):
        raise Refused("That server is blocked here.", cause=uri)


async def block(tx: Tx, host: str, reason: str) -> str:
    """Nothing is taken from the host or sent to it any more, and what of its people is here is hidden as long as the
    block lasts; the name as it is compared."""
    host = normal_host(host)
    settings = tx.store.settings
    if host in (settings.domain, settings.account_domain):
        raise Refused(f"{host} is this instance itself.")
    await tx.run(SQL.block, host, reason)
    await tx.run(SQL.drop_deliveries, host)
    await tx.run(SQL.set_hidden, host, True)
    return host


async def unblock(tx: Tx, host: str) -> str:
    """Raises Missing if it was not blocked."""
    host = normal_host(host)
    if not await tx.run(SQL.unblock, host):
        raise Missing(f"{host} is not blocked.")
    await tx.run(SQL.set_hidden, host, False)
    for row in await tx.rows(SQL.blocked):  # a part of it, or what it is a part of, may still be
        await tx.run(SQL.set_hidden, row["host"], True)
    return host


async def listing(tx: Tx) -> list[Record]:
    """Every known or blocked host: host, succeeded_at, heard_at, failing_since, failures, closed_at, last_error,
    rfc9421, blocked (reason or None), waiting (deliveries)."""
    return await tx.rows(SQL.listing)


async def hosts(tx: Tx) -> list[str]:
    """The hosts that have proven to be there and are not blocked, at most `MOST_HOSTS`."""
    found = [row["host"] for row in await tx.rows(SQL.hosts, MOST_HOSTS)]
    return sorted(await not_blocked(tx, found))


async def heard(tx: Tx, host: str, *, rfc9421: bool) -> None:
    """The host proved itself: what waits for it goes at once, and what it missed while its lane was closed is told."""
    closed_at = await tx.value(SQL.closed_since, host)
    rows = await tx.change(SQL.heard, host, rfc9421)
    if closed_at is not None:
        await tx.emit(PeerSpoke(host=host, since=closed_at))
    if rows and rows[0]["waiting"]:
        tx.wakes.add("deliveries")
