"""Openings: what entries only commit to. Value and salt are kept beside the ledger, for some to see, and can go."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from phyle.cooperative.law.commitments import SALT_BYTES, commit
from phyle.cooperative.law.spelling import parse, spell
from phyle.cooperative.law.values import read
from phyle.errors import Malformed
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

Audience = Literal["public", "closed", "members", "register", "self"]
"""Who may see it: everybody; whoever may see the ballot's sheet, once there is one; members; those who inspect the
register; only who gave it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A value that an act commits to. `about`: the ballot, proposal or member that it belongs to."""

    name: str
    value: Any
    salt: str
    audience: Audience
    about: str = ""
    commitment: str = field(init=False)

    def __post_init__(self) -> None:
        """Malformed for a value that has no one spelling."""
        try:
            read(Any, self.value, self.name)  # any JSON, but exact
            commitment = commit(self.value, self.salt)
        except (TypeError, ValueError, RecursionError) as error:
            raise Malformed(f"What {self.name} says cannot be committed to.", cause=str(error)) from error
        object.__setattr__(self, "commitment", commitment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An opening as it is read: with the entry that holds its commitment, and who gave it."""

    commitment: str
    name: str
    value: Any
    salt: str
    seq: int
    by: str
    audience: Audience
    about: str


def seal(name: str, value: Any, *, audience: Audience = "members", about: str = "") -> Opening:
    """A new opening under a salt of its own. `value`: JSON without fractions, names in ASCII."""
    return Opening(name=name, value=value, salt=secrets.token_hex(SALT_BYTES), audience=audience, about=about)


async def keep(tx: Tx, given: Iterable[tuple[str, str, Opening]]) -> None:
    """Keeps openings with their acts: (hash of the act, its author, the opening)."""
    rows = [(o.commitment, act, o.name, o.salt, spell(o.value), o.audience, o.about, by) for act, by, o in given]
    if rows:
        await tx.run(SQL.keep, *map(list, zip(*rows, strict=True)))


async def opened(
    tx: Tx, commitments: Sequence[str], *, audiences: Sequence[Audience] = ("public",), own: str = ""
) -> dict[str, Opened]:
    """Those of the openings that are meant for the audiences, or were given by the member `own`. What was erased or is
    for others is absent."""
    rows = await tx.rows(SQL.opened, list(commitments), list(audiences), own)
    return {row["commitment"]: _opened(row) for row in rows}


async def about(tx: Tx, subject: str, name: str, *, audiences: Sequence[Audience]) -> list[Opened]:
    """All openings of a name that belong to a ballot, proposal or member, in the order of their entries."""
    return [_opened(row) for row in await tx.rows(SQL.about, subject, name, list(audiences))]


def _opened(row: Any) -> Opened:
    return Opened(**{**row, "value": parse(row["value"])})


async def erase(tx: Tx, commitments: Sequence[str], seq: int) -> None:
    """Because the entry `seq` says so: value and salt go, and that they went is kept."""
    await tx.run(SQL.erase, list(commitments))
    await tx.run(SQL.erased, list(commitments), seq)


async def erasures(tx: Tx, commitments: Sequence[str]) -> dict[str, int]:
    """Which of them were erased, each with the entry that did it."""
    return {row["commitment"]: row["seq"] for row in await tx.rows(SQL.erasures, list(commitments))}
