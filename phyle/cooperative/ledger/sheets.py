"""Sheets: the opened papers of a counted ballot, shown beside the ledger and named in it by their hash."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from phyle.cooperative.law.ballots import Ballot
from phyle.cooperative.law.phyles import charter_as_of
from phyle.cooperative.law.proposals import power_over
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.spelling import spell
from phyle.cooperative.law.state import State
from phyle.cooperative.ledger.deciding import Batch
from phyle.cooperative.ledger.reading import knowing
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

Audience = Literal["public", "members"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """`data`: canonical JSON, a list of [member, value, salt] by member; `hash`: its SHA-256, as the tally names it."""

    ballot: str
    hash: str
    data: bytes
    audience: Audience
    seq: int


async def sheet(tx: Tx, ballot: str) -> Sheet | None:
    """The sheet of a ballot, None before it was counted or after it was erased. Mind the audience."""
    row = await tx.row(SQL.sheet, ballot)
    return Sheet(**row) if row else None


async def publish(tx: Tx, batch: Batch, ballot: str, hash: str, seq: int) -> None:
    """The sheet that the count at `seq` was made of. RuntimeError unless it is the one that the entry names."""
    rows = await knowing(tx, batch.state, lambda: batch.work.sheet(ballot), batch.work)
    data = spell([[row.member, row.value, row.salt] for row in rows])
    if sha256(data).hexdigest() != hash:
        raise RuntimeError(f"the sheet of {ballot} is not the one that was counted")
    audience = await knowing(tx, batch.state, lambda: audience_of(batch.work, ballot))
    await tx.run(SQL.publish, ballot, hash, data, audience, seq)


def audience_of(state: State, ballot: str) -> Audience:
    """Who may see the papers, by the charter that was in force when the ballot opened."""
    held = state.require(Ballot, ballot)
    power = power_over(state, charter_as_of(state, held.frozen), state.require(Proposal, held.proposal))
    return "members" if power.ballots == "members" else "public"


async def withdraw(tx: Tx, commitments: list[str]) -> None:
    """Because some of the papers are erased."""
    await tx.run(SQL.withdraw, commitments)
