"""Decisions as people check them: the outcome, why, and where in the ledger it stands."""

from dataclasses import dataclass

import orjson

from phyle.conversation.paging import Page
from phyle.cooperative import lists, proposals
from phyle.cooperative.ledger import reading
from phyle.cooperative.seeing import Sight
from phyle.errors import Missing
from phyle.store.transaction import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the charter's rule made of a ballot. `entry`: its index in the ledger. `why`: the figures in sentences.
    `winners`: the options that won, by place. `challenge_until`: until when one that passed can be challenged, `again`:
    when the ballot is repeated because too few came; milliseconds, 0 for never."""

    entry: int
    at: int
    proposal: str
    title: str
    phase: str
    ballot: str
    passed: bool
    why: tuple[str, ...]
    winners: tuple[int, ...]
    challenge_until: int
    again: int


async def decisions(tx: Tx, viewer: Sight, page: Page) -> tuple[list[Decision], list[int]]:
    """A page of decisions, the newest first, and the entries by which it is paged."""
    rows = await tx.rows(page.way(lists.SQL.entries_of_kind), "decide", page.below, page.above, page.limit)
    found = page.ordered([await _decision(tx, row["seq"], row["leaf"]) for row in rows])
    return found, [each.entry for each in found]


async def decision(tx: Tx, viewer: Sight, seq: int) -> Decision:
    """The one that an entry holds. Missing."""
    leaf = await reading.entry(tx, seq)
    if leaf is None or orjson.loads(leaf).get("kind") != "decide":
        raise Missing("This entry holds no decision.")
    return await _decision(tx, seq, leaf)


async def about(tx: Tx, proposal: str) -> Decision | None:
    """The newest decision about a proposal, None if there is none yet. Missing if there is no such proposal."""
    await proposals.get(tx, proposal)
    row = await tx.row(lists.SQL.decision_about, f'"proposal":"{proposal}"'.encode())
    return None if row is None else await _decision(tx, row["seq"], row["leaf"])


async def _decision(tx: Tx, seq: int, leaf: bytes) -> Decision:
    entry = orjson.loads(leaf)
    payload = entry["payload"]
    proposal = await proposals.get(tx, payload["proposal"])
    return Decision(
        entry=seq,
        at=entry["at"],
        proposal=payload["proposal"],
        title=proposal.title,
        phase=proposal.phase,
        ballot=payload["ballot"],
        passed=payload["passed"],
        why=tuple(payload["why"]),
        winners=tuple(payload.get("winners", ())),
        challenge_until=payload.get("challenge_until", 0),
        again=payload.get("again", 0),
    )
