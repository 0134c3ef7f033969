"""Decisions as people check them: the outcome, why, and where in the ledger it stands."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from phyle.conversation.paging import Page
from phyle.cooperative import lists, proposals
from phyle.cooperative.ballots import Papers
from phyle.cooperative.law.members import Member
from phyle.cooperative.ledger import checkpoints, reading
from phyle.cooperative.seeing import Sight
from phyle.errors import Missing
from phyle.store.transaction import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the charter's rule made of a ballot. `entry`: its index in the ledger. `why`: the figures in sentences.
    `winners`: the options that won, by place. `challenge_until`: until when one that passed can be challenged, `again`:
    when the ballot is repeated because too few came; milliseconds, 0 for never. `checkpoint`: the newest signed note,
    by which whoever reads this can tell later whether they were shown another ledger; None before the first."""

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
    checkpoint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownThrough:
    """How many papers of a ballot one server alone could have made: with the keys that it keeps for its people, or on
    its word. `rest`: for a yes or no ballot whose papers one may see, how many say what without them; else empty."""

    host: str
    papers: int
    rest: Mapping[str, int]


async def known_through(tx: Tx, papers: Papers) -> list[KnownThrough]:
    """By server, the one with the most first; as the voters are known today."""
    voters = await lists.by_ids(tx, Member, list(papers.votes))
    here, hosts = await reading.phyle(tx), dict[str, set[str]]()
    for id, member in voters.items():
        for host in _hosts_of(member, here.host if here is not None else ""):
            hosts.setdefault(host, set()).add(id)
    opened = {each.member: each.value for each in papers.papers or ()}
    found = [KnownThrough(host=host, papers=len(ids), rest=_rest(opened, ids)) for host, ids in hosts.items()]
    return sorted(found, key=lambda each: (-each.papers, each.host))


def _hosts_of(member: Member, here: str) -> set[str]:
    """Who alone could hand in a paper for a member: what is attested could also be made up by our own host."""
    if member.custody == "member":
        return set()
    return {member.via} if member.custody == "server" else {member.via, here}


def _rest(opened: Mapping[str, Any], without: set[str]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for id, value in opened.items():
        if not isinstance(value, Mapping) or "paper" not in value:
            return {}
        found[str(value["paper"])] += id not in without
    return dict(found)


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
    proposal, newest = await proposals.get(tx, payload["proposal"]), await checkpoints.newest(tx)
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
        checkpoint=bytes(newest.note).decode() if newest is not None else None,
    )
