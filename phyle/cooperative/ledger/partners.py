"""The phyles that witness each other with this one: where its members are at home, where its people are members, and
whose signatures its draws are seeded by."""

from dataclasses import dataclass

from phyle.cooperative.tree.keys import VerifierKey
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

MOST = 200
"""How many others are asked to cosign, and watched."""
LONGEST_ERROR = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A phyle that is asked to cosign. `key`: its key as a witness, None until it was asked for; `size`: how many
    entries of our ledger it holds, as far as we know."""

    host: str
    key: VerifierKey | None
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How it goes with a partner. `size`: how many entries of ours it knows; `last_error`: empty when all is well."""

    host: str
    size: int
    cosigned: bool
    last_error: str


async def reports(tx: Tx) -> list[Report]:
    """Every partner, by host."""
    return [Report(**row) for row in await tx.rows(SQL.reports, MOST)]


async def meet(tx: Tx) -> None:
    """Take up the hosts of our members, of the phyles in which people here are members, and of those whose signatures
    draws are seeded by."""
    await tx.run(SQL.meet, tx.store.settings.domain, MOST)


async def invite(tx: Tx, host: str) -> None:
    """Take up one host, or ask it again now."""
    if host != tx.store.settings.domain:
        await tx.run(SQL.invite, host)


async def due(tx: Tx, size: int) -> list[Partner]:
    """Those that are to be asked now to cosign so many entries."""
    return [_partner(row["host"], row["vkey"], row["size"]) for row in await tx.rows(SQL.due, size, MOST)]


async def of_host(tx: Tx, host: str) -> Partner | None:
    """One of them, None if it was never taken up."""
    row = await tx.row(SQL.of_host, host)
    return _partner(row["host"], row["vkey"], row["size"]) if row is not None else None


async def every(tx: Tx) -> list[Partner]:
    """All that are known as witnesses."""
    return [_partner(row["host"], row["vkey"], row["size"]) for row in await tx.rows(SQL.every, MOST)]


def _partner(host: str, vkey: str | None, size: int) -> Partner:
    return Partner(host=host, key=VerifierKey.read(vkey) if vkey else None, size=size)


async def introduced(tx: Tx, host: str, key: VerifierKey) -> None:
    """A host has told its key as a witness."""
    await tx.run(SQL.introduced, host, str(key))


async def cosigned(tx: Tx, host: str, size: int) -> None:
    """A host has cosigned our ledger at this size."""
    await tx.run(SQL.cosigned, host, size)


async def holds(tx: Tx, host: str, size: int) -> None:
    """A host says that it holds so many of our entries."""
    await tx.run(SQL.holds, host, size)


async def failed(tx: Tx, host: str, reason: str, *, forget_key: bool = False) -> None:
    """A host could not be asked, or did not cosign; it is asked again later."""
    await tx.run(SQL.failed, host, reason[:LONGEST_ERROR], forget_key)


async def logs_due(tx: Tx) -> list[str]:
    """The origins of the ledgers that are to be looked at now; each counts as looked at for some minutes."""
    return [row["origin"] for row in await tx.change(SQL.logs_due, MOST)]


async def log_observed(tx: Tx, log: int) -> None:
    """A ledger was looked at, and all was well."""
    await tx.run(SQL.log_observed, log)


async def log_failed(tx: Tx, log: int, reason: str) -> None:
    """A ledger could not be looked at, or what it showed does not fit."""
    await tx.run(SQL.log_failed, log, reason[:LONGEST_ERROR])
