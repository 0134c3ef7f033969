"""I3: whoever votes often, late, in the name of others or from elsewhere has one paper or none."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest

from phyle.cooperative.law.acts import sign
from phyle.cooperative.law.ballots import Ballot, Paper
from phyle.cooperative.ledger import append, inbox, reading, signing
from phyle.cooperative.ledger.inbox import Given
from phyle.cooperative.ledger.openings import seal
from phyle.store.sql import Query
from phyle.store.transaction import Store
from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import Person as Signer
from tests.cooperative.ledger.phyles import ORIGIN, Phyle
from tests.web.cooperative.living import Living, living

__all__ = ["living"]

PARALLEL = 50
ANSWERS = ("for", "against", "abstain")


async def _storm(living: Living, text: str = "", **headers: str) -> tuple[str, list[Any]]:
    """One member votes fifty times at once; the ballot, and the answers."""
    ana, _, _ = await living.founded("ana", "ben", "cleo", text=text)
    ballot = await living.to_ballot(await living.resolution(ana))
    choices = [{"paper": ANSWERS[number % 3]} for number in range(PARALLEL)]
    asked = [ana.ask("POST", f"/ballots/{ballot}/vote", json={"choice": it}, headers=headers) for it in choices]
    return ballot, await asyncio.gather(*asked)


async def _entered(living: Living) -> int:
    count: int = await living.here.value("SELECT count(*) FROM cooperative.entries WHERE kind = 'vote'")
    return count


async def _counted(living: Living, ballot: str) -> Counter[str]:
    await living.decided(ballot.partition(".")[0])
    papers = await living.anyone(f"/ballots/{ballot}/papers")
    return Counter(paper["value"]["paper"] for paper in papers["papers"])


@pytest.mark.threat("I3")
async def test_fifty_votes_at_once_are_one_paper(living: Living) -> None:
    ballot, answers = await _storm(living)
    assert {answer.status_code for answer in answers} == {200}
    entries = sorted((answer.json()["entry"], answer.json()["payload"]["choice"]) for answer in answers)
    assert (await living.anyone(f"/ballots/{ballot}"))["ballot"]["voted"] == 1
    papers = await living.anyone(f"/ballots/{ballot}/papers")
    assert list(papers["votes"].values()) == [[entries[-1][1]]]  # the one that was entered last
    assert (await _counted(living, ballot)).total() == 1


@pytest.mark.threat("I3")
async def test_fifty_votes_at_once_are_one_entry_where_papers_are_final(living: Living) -> None:
    ballot, answers = await _storm(living, charter(more="final = true"))
    assert sorted(answer.status_code for answer in answers) == [200] + [403] * (PARALLEL - 1)
    assert await _entered(living) == 1
    assert (await _counted(living, ballot)).total() == 1


@pytest.mark.threat("I3")
async def test_fifty_votes_under_one_key_are_one_entry(living: Living) -> None:
    ballot, answers = await _storm(living, **{"Idempotency-Key": "once"})
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["act"] for answer in answers}) == 1
    assert await _entered(living) == 1
    assert (await _counted(living, ballot)).total() == 1


# Ten thousand votes of all kinds

VOTERS, STRANGERS, VOTES = 60, 20, 10_000


@dataclass
class Poll:
    """What is handed in, and what must come of it by a count that knows nothing of the law."""

    phyle: Phyle
    ballot: str
    voters: list[Signer]
    strangers: list[Signer]
    chance: random.Random
    at: int
    expected: dict[str, str] = field(default_factory=dict)
    handed_in: list[Given] = field(default_factory=list)

    def vote(self, by: str, person: Signer, answer: str, **changed: Any) -> Given:
        """A vote in somebody's name, signed by a person."""
        sealed = seal("choice", {"paper": answer}, audience="closed", about=self.ballot)
        payload = {"ballot": changed.pop("ballot", self.ballot), "choice": sealed.commitment}
        document = signing.compose(changed.pop("origin", ORIGIN), "vote", by, payload, at=self.at, **changed)
        signed = sign(document, person.key, at=self.at)
        return inbox.given(signed, author="server-key", openings=[sealed])

    def good(self) -> None:
        """By somebody on the roll: their newest paper counts."""
        person, answer = self.chance.choice(self.voters), self.chance.choice(ANSWERS)
        self.handed_in.append(self.vote(person.id, person, answer))
        self.expected[person.id] = answer

    def twice(self) -> None:
        """The very same act again."""
        if self.handed_in:
            self.handed_in.append(self.chance.choice(self.handed_in))

    def forged(self) -> None:
        """In the name of a member, by another's key; or changed after it was signed."""
        victim, forger = self.chance.choice(self.voters), self.chance.choice([*self.strangers, *self.voters[:3]])
        if forger is not victim:
            self.handed_in.append(self.vote(victim.id, forger, "block"))

    def foreign(self) -> None:
        """By somebody who is no member, or meant for another ledger or ballot."""
        stranger, voter = self.chance.choice(self.strangers), self.chance.choice(self.voters)
        self.handed_in.append(self.vote(stranger.id, stranger, "block"))
        self.handed_in.append(self.vote(voter.id, voter, "block", origin="b.test/ledger/1"))
        self.handed_in.append(self.vote(voter.id, voter, "block", ballot=f"{self.ballot[:-1]}7"))

    async def hand_in(self, votes: list[Given]) -> None:
        """A thousand at a time, as doors do when many come at once; then they are decided."""
        for first in range(0, len(votes), 1000):
            async with self.phyle.store.transaction() as tx:
                for act in votes[first : first + 1000]:
                    await inbox.receive(tx, [act])
        await append.drain(self.phyle.store)


async def _poll(store: Store) -> Poll:
    phyle = Phyle(store=store)
    people = await phyle.founded(VOTERS)
    ballot = await phyle.to_ballot(await phyle.resolution(people[0]))
    strangers = [phyle.person() for _ in range(STRANGERS)]
    chance = random.Random(3)
    return Poll(phyle=phyle, ballot=ballot, voters=people, strangers=strangers, chance=chance, at=await phyle.now())


@pytest.mark.threat("I3")
async def test_ten_thousand_votes_of_all_kinds_are_counted_as_by_hand(store: Store) -> None:
    poll = await _poll(store)
    kinds = [poll.good, poll.twice, poll.forged, poll.foreign]
    while len(poll.handed_in) < VOTES - VOTERS:
        poll.chance.choices(kinds, weights=[3, 3, 3, 1])[0]()
    await poll.hand_in(poll.handed_in)
    closes = await poll.phyle.rows("SELECT value -> 'closes' AS at FROM cooperative.slices WHERE id = $1", poll.ballot)
    late = [poll.vote(person.id, person, "block") for person in poll.voters]
    await poll.phyle.turn(to=closes[0]["at"], drain=False)
    await poll.hand_in(late)
    assert await poll.phyle.finished(poll.ballot.partition(".")[0]) in ("executed", "failed")

    async with store.reading() as tx:
        ballot = await reading.get(tx, Ballot, poll.ballot)
        papers = await reading.group(tx, Paper, poll.ballot)
        states = Counter(row["state"] for row in await tx.rows(Query("SELECT state FROM cooperative.acts")))
    assert ballot is not None
    by_hand = Counter(poll.expected.values())
    (count,) = ballot.counts
    assert (count.for_, count.against, count.abstain, count.block) == (*(by_hand[it] for it in ANSWERS), 0)
    assert ballot.papers == len(papers) == len(poll.expected) == VOTERS
    assert states["waiting"] == 0
    assert states["refused"] > VOTES / 4
