"""The inbox: acts are durable before they are judged, each once, with the time at which they count as received."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import orjson

from phyle.cooperative.law import acts
from phyle.cooperative.law.acts import Author
from phyle.cooperative.law.spelling import LONGEST_ENTRY, spell
from phyle.cooperative.ledger import openings
from phyle.cooperative.ledger.openings import Opening
from phyle.errors import (
    Conflict,
    Gone,
    Malformed,
    Missing,
    Refusal,
    Refused,
    TooLarge,
    TooMany,
    Unavailable,
    Unprocessable,
    Unproven,
)
from phyle.store.sql import queries
from phyle.store.transaction import Tx

SQL = queries(__file__)

RECEIVERS = 1347963209
"""The lock that whoever receives holds together with others; alone it is held when nothing may be on its way."""
WAKES = "acts"
LONGEST_OPENING, LONGEST_CHOICE, MOST_OPENINGS, LONGEST_ABOUT = 65_536, 4_096, 64, 400
"""Bytes of a value and of a vote's choice; openings of an act; characters of what they are about."""
_LONGEST_ACT = LONGEST_ENTRY - 2048
_BY = re.compile(r"[a-z2-7]{26}|host|operator")
_REFUSALS: Mapping[int, type[Refusal]] = {
    kind.status: kind
    for kind in (Malformed, Unproven, Refused, Missing, Conflict, Gone, TooLarge, Unprocessable, TooMany, Unavailable)
}

State = Literal["waiting", "entered", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of an act. Times in milliseconds. `seq`: its entry; `status` and `sentence`: of its refusal."""

    hash: str
    state: State
    received: int
    seq: int | None = None
    at: int | None = None
    status: int | None = None
    sentence: str | None = None

    def refusal(self) -> Refusal | None:
        """The refusal to raise, if it was refused."""
        if self.state != "refused":
            return None
        return _REFUSALS.get(self.status or 0, Refusal)(self.sentence or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An act as somebody hands it in. `received`: milliseconds, if it was received before it came here."""

    hash: str
    document: bytes
    author: Author
    by: str
    nonce: str
    evidence: Sequence[Opening]
    openings: Sequence[Opening]
    received: int | None = None


def given(
    document: Mapping[str, Any],
    *,
    author: Author,
    evidence: Sequence[Opening] = (),
    openings: Sequence[Opening] = (),
    received: int | None = None,
) -> Given:
    """What is handed in, as far as it can be judged without the ledger. Malformed if it is no act, or if an opening is
    none that it commits to; TooLarge if no entry can hold it."""
    try:
        act = acts.read_act(document)
        data = spell(document)
    except (TypeError, ValueError, RecursionError) as error:
        raise Malformed("This is no act: it cannot be spelt in one way.", cause=str(error)) from error
    if len(data) > _LONGEST_ACT:
        raise TooLarge(f"An act has at most {_LONGEST_ACT} bytes. Put long text into a blob.")
    if _BY.fullmatch(act.by) is None:
        raise Malformed("by must be the id of a member, host or operator")
    _check_openings(data, openings)
    if act.kind == "vote":
        openings = _papers(act.payload, openings)
    return Given(
        hash=acts.act_hash(document),
        document=data,
        author=author,
        by=act.by,
        nonce=act.nonce,
        evidence=evidence,
        openings=openings,
        received=received,
    )


def _check_openings(data: bytes, openings: Sequence[Opening]) -> None:
    if len(openings) > MOST_OPENINGS:
        raise TooLarge(f"An act has at most {MOST_OPENINGS} openings.")
    for opening in openings:
        if f'"{opening.commitment}"'.encode() not in data:
            raise Malformed(f"The opening {opening.name} is of nothing that the act commits to.")
        if len(spell(opening.value)) > LONGEST_OPENING:
            raise TooLarge(f"What is committed to has at most {LONGEST_OPENING} bytes.")


def _papers(vote: Any, openings: Sequence[Opening]) -> list[Opening]:
    """The openings of a vote, its choice kept closed until the count. Unprocessable without a choice that can be
    opened: a ledger cannot go on beyond a ballot whose papers it cannot count."""
    choice, ballot = (vote.get("choice"), vote.get("ballot")) if isinstance(vote, Mapping) else (None, None)
    papers = [opening for opening in openings if opening.commitment == choice]
    if len(papers) != 1 or not isinstance(ballot, str) or len(ballot) > LONGEST_ABOUT:
        raise Unprocessable("A vote is handed in with the choice that it commits to: else it could never be counted.")
    if len(spell(papers[0].value)) > LONGEST_CHOICE:
        raise TooLarge(f"A choice has at most {LONGEST_CHOICE} bytes.")
    others = [opening for opening in openings if opening is not papers[0]]
    return [replace(papers[0], audience="closed", about=ballot), *others]


async def receive(tx: Tx, acts: Sequence[Given]) -> set[str]:
    """Writes acts into the inbox, those that are not there yet; their hashes. They wait from the commit on."""
    rows = sorted({act.hash: act for act in acts}.values(), key=lambda act: act.hash)
    kept = await tx.change(
        SQL.receive,
        RECEIVERS,
        [act.hash for act in rows],
        [act.author for act in rows],
        [act.by for act in rows],
        [act.nonce for act in rows],
        [act.document for act in rows],
        [_commitments(act) for act in rows],
        [act.received for act in rows],
    )
    fresh = {row["hash"] for row in kept}
    await openings.keep(tx, [(a.hash, a.by, it) for a in rows if a.hash in fresh for it in (*a.openings, *a.evidence)])
    tx.wakes.add(WAKES)
    return fresh


def _commitments(act: Given) -> str:
    return orjson.dumps({opening.name: opening.commitment for opening in act.evidence}).decode()


async def answers(tx: Tx, hashes: Sequence[str]) -> dict[str, Answer]:
    """What is known of acts, by hash."""
    return {row["hash"]: Answer(**row) for row in await tx.rows(SQL.answers, list(hashes))}


async def answer(tx: Tx, hash: str) -> Answer | None:
    """What is known of one act, None if it never came."""
    return (await answers(tx, [hash])).get(hash)
