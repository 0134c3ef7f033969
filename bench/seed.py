"""Filling a database, behind the server's back, with what would have come over the network."""

import time
from datetime import timedelta
from typing import Any

from bench.instance import Instance, Member
from phyle.clock import now
from phyle.identity import keys
from phyle.ids import lowest_at
from phyle.store.sql import queries

SQL = queries(__file__)

PEERS = "peer#.example"


def _base(group: int) -> int:
    """An id below which many are free: each group of actors begins at another."""
    return lowest_at(now() - timedelta(days=4000)) + (group << 20)


async def actors(database: Any, group: int, count: int, host: str = PEERS) -> int:
    """Makes people of other servers; the number before their first id."""
    base = _base(group)
    await database.execute(SQL.actors, base, count, host)
    return base


async def with_keys(database: Any, base: int, count: int) -> list[str]:
    """Gives them keys; the private PEMs."""
    pems = [keys.new_rsa() for _ in range(count)]
    public = [keys.public_pem(keys.private_key(pem)) for pem in pems]
    await database.execute(SQL.keys, [base + number for number in range(1, count + 1)], public)
    return pems


async def followers(database: Any, member: Member, base: int, count: int) -> None:
    """They follow the member."""
    await database.execute(SQL.followers, member.id, base, count)


async def follow(database: Any, member: Member, base: int, count: int) -> None:
    """The member follows them."""
    await database.execute(SQL.follow, member.id, base, count)


async def posts(measured: Instance, base: int, first: int, last: int, authors: int, *, until: timedelta) -> float:
    """Posts number `first` to `last` of these authors, the newest of them `until` ago; the seconds it took."""
    began = time.monotonic()
    async with measured.database() as database:
        # Constraints hold by construction: checking a million foreign keys one by one would take longer than all else.
        await database.execute("SET session_replication_role = replica")
        await database.execute("SET synchronous_commit = off")
        await database.execute(SQL.posts, base, first, last, lowest_at(now() - until), authors)
        await database.execute(SQL.tags)
    return time.monotonic() - began


async def home(database: Any, member: Member) -> None:
    """What of these posts would have come into the member's home."""
    await database.execute(SQL.home, member.id)
