"""How often one may ask, counted in fixed windows that all processes share.

`count` asks the database each time, for what is rare and dear: logins, registrations; `within` is the same as a part of
a transaction, for jobs, which nobody waits for. `Meter` counts in the process and
compares with the others every few seconds, for what is frequent and cheap: requests.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address

from phyle.errors import TooMany
from phyle.store.sql import queries
from phyle.store.transaction import Store, Tx

SQL = queries(__file__)

_FEW = 10  # who has used less than a tenth of a limit is not yet worth a row
_MOST_BUCKETS = 50_000  # some 10 MB; a flood from more places than that begins again from nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `most` in each window; the sentence is what one reads who asks more often."""

    name: str
    most: int
    window: timedelta
    sentence: str = "Too many requests"


LOGINS_OF_ACCOUNT = Limit(
    name="login-account",
    most=10,
    window=timedelta(minutes=15),
    sentence="Too many attempts to log in as this person. Please try again later.",
)
LOGINS_FROM_ADDRESS = Limit(
    name="login-address",
    most=30,
    window=timedelta(minutes=15),
    sentence="Too many attempts to log in from your network. Please try again later.",
)
REGISTRATIONS_FROM_ADDRESS = Limit(
    name="register-address",
    most=5,
    window=timedelta(minutes=30),
    sentence="Too many registrations from your network. Please try again later.",
)
APPLICATIONS_FROM_ADDRESS = Limit(name="apps-address", most=25, window=timedelta(minutes=10))
APPLICATION_TOKENS_FROM_ADDRESS = Limit(name="app-tokens-address", most=100, window=timedelta(minutes=10))
REQUESTS = Limit(name="requests", most=300, window=timedelta(minutes=5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it stands with one who asks: `most` in the window, how many of them are left, and when it ends."""

    most: int
    left: int
    until: datetime


def place(address: str) -> str:
    """What of an address is counted: all of IPv4, but of IPv6 the /64, which is what one household or server has."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"
    return str(parsed)


def domain(host: str) -> str:
    """What of a host is counted where hosts cost nothing: its last two labels, whatever lies below them."""
    return ".".join(host.split(".")[-2:])


async def count(store: Store, limit: Limit, whom: str) -> None:
    """Counts one attempt, also one that fails afterwards. Not inside a transaction. Raises TooMany."""
    if not store.settings.limits:
        return
    began = _began(limit, time.time())
    bucket = _bucket(limit, whom)
    totals = await _add(store, {bucket: 1}, began)
    if totals[bucket] > limit.most:
        raise _too_many(limit, began)


async def within(tx: Tx, limit: Limit, whom: str) -> bool:
    """Counts one more, if this transaction commits; whether that is still within the limit."""
    if not tx.store.settings.limits:
        return True
    began = datetime.fromtimestamp(_began(limit, time.time()), UTC)
    (row,) = await tx.change(SQL.add, [_bucket(limit, whom)], [1], began)
    return bool(row["count"] <= limit.most)


async def is_spent(tx: Tx, limit: Limit, whom: str) -> bool:
    """Whether as many were counted in this window as it allows; counts nothing."""
    if not tx.store.settings.limits:
        return False
    began = datetime.fromtimestamp(_began(limit, time.time()), UTC)
    return int(await tx.value(SQL.counted, _bucket(limit, whom), began) or 0) >= limit.most


class _Tally:
    """One bucket: what all processes are known to have counted, and what this one has not told them."""

    __slots__ = ("told", "untold")

    def __init__(self) -> None:
        self.told = 0
        self.untold = 0


class Meter:
    """One limit, counted in this process; `share` compares with the others and is to be called every few seconds."""

    def __init__(self, limit: Limit, *, on: bool = True) -> None:
        self._limit = limit
        self._on = on
        self._began = 0
        self._tallies: dict[str, _Tally] = {}

    def count(self, whom: str) -> Standing | None:
        """Counts one request; None when limits are off. Raises TooMany."""
        if not self._on:
            return None
        self._turn()
        tally = self._tallies.get(whom)
        if tally is None:
            tally = self._tallies[whom] = _Tally()
        used = tally.told + tally.untold + 1
        if used > self._limit.most:
            raise _too_many(self._limit, self._began)
        tally.untold += 1
        until = datetime.fromtimestamp(self._began, UTC) + self._limit.window
        return Standing(most=self._limit.most, left=self._limit.most - used, until=until)

    async def share(self, store: Store) -> None:
        """Tells the database what was counted here, and learns what was counted elsewhere; one statement."""
        began = self._began
        worth = {
            whom: tally
            for whom, tally in self._tallies.items()
            if tally.untold and tally.untold * _FEW > self._limit.most
        }
        if not worth:
            return
        told = {whom: tally.untold for whom, tally in worth.items()}
        totals = await _add(store, {_bucket(self._limit, whom): number for whom, number in told.items()}, began)
        for whom, tally in worth.items():
            tally.untold -= told[whom]
            tally.told = totals[_bucket(self._limit, whom)]

    def _turn(self) -> None:
        """All windows end at the same instant, so forgetting them is one step."""
        began = _began(self._limit, time.time())
        if began != self._began or len(self._tallies) > _MOST_BUCKETS:
            self._began = began
            self._tallies = {}


def _bucket(limit: Limit, whom: str) -> str:
    return f"{limit.name} {whom}"[:200]


def _began(limit: Limit, now: float) -> int:
    length = int(limit.window.total_seconds())
    return int(now) // length * length


async def _add(store: Store, counts: Mapping[str, int], began: int) -> dict[str, int]:
    """Adds in a commit of its own, so that what fails afterwards stays counted; the new sums."""
    async with store.reading() as tx:
        rows = await tx.change(SQL.add, list(counts), list(counts.values()), datetime.fromtimestamp(began, UTC))
    return {row["bucket"]: row["count"] for row in rows}


def _too_many(limit: Limit, began: int) -> TooMany:
    left = began + int(limit.window.total_seconds()) - int(time.time())
    return TooMany(limit.sentence, cause=limit.name, retry_after=max(1, left))
