"""After any story the entries alone give the slices that the database holds."""

import random
from collections.abc import Awaitable, Callable

import pytest

from phyle.cooperative.ledger import projections
from phyle.cooperative.ledger.openings import seal
from phyle.cooperative.tree import hashing
from phyle.errors import Refusal
from phyle.store.transaction import Store
from tests.cooperative.law.charters import charter
from tests.cooperative.ledger.phyles import Phyle

STEPS = 70


class Chance:
    """People who do whatever comes to their minds; what the law refuses is refused."""

    def __init__(self, phyle: Phyle, seed: int) -> None:
        self.phyle = phyle
        self.random = random.Random(seed)
        self.proposals: list[str] = []
        self.refused: list[int] = []

    async def step(self) -> None:
        doing: list[Callable[[], Awaitable[object]]] = [
            self.vote,
            self.vote,
            self.vote,
            self.propose,
            self.apply,
            self.vouch,
            self.exit,
            self.time,
            self.time,
        ]
        try:
            await self.random.choice(doing)()
        except Refusal as refusal:
            self.refused.append(refusal.status)

    async def time(self) -> None:
        await self.phyle.turn(days=self.random.choice((0, 1, 2, 15)), milliseconds=self.random.randrange(1000))

    async def propose(self) -> None:
        by, about = self.random.sample(self.phyle.people, 2)
        kind = self.random.choice(("Admit", "Confirm", "Suspend", "Reinstate"))
        self.proposals.append(await self.phyle.proposed(by, {"kind": kind, "arguments": {"member": about.id}}))

    async def vote(self) -> None:
        ballots = await self.phyle.rows(
            "SELECT id FROM cooperative.slices WHERE kind = 'ballot' AND value -> 'phase' IS NULL ORDER BY id"
        )
        answer = self.random.choice(("for", "for", "against", "abstain"))
        ballot = self.random.choice([row["id"] for row in ballots] or [f"{'a' * 26}.1"])
        await self.phyle.vote(self.random.choice(self.phyle.people), ballot, {"paper": answer})

    async def apply(self) -> None:
        newcomer = self.phyle.person()
        actor = seal("actor", f"https://{newcomer.via}/actors/{newcomer.id}", about=newcomer.id)
        told = newcomer.introduction()
        await self.phyle.act(newcomer, "apply", {**told, "identity": {"actor": actor.commitment}}, [actor])
        self.phyle.people.append(newcomer)

    async def vouch(self) -> None:
        by, about = self.random.sample(self.phyle.people, 2)
        await self.phyle.act(by, "vouch", {"member": about.id})

    async def exit(self) -> None:
        if len(self.phyle.people) > 5:
            await self.phyle.act(self.random.choice(self.phyle.people), "exit", {})


@pytest.mark.parametrize("seed", range(3))
async def test_a_random_story_is_told_by_its_entries_alone(store: Store, seed: int) -> None:
    phyle = Phyle(store=store)
    await phyle.founded(5, text=charter(membership="probation_days = 3"))
    chance = Chance(phyle, seed)
    for _ in range(STEPS):
        await chance.step()
    kinds = set(await phyle.kinds())
    assert {"vote", "propose", "open", "close", "tally", "decide"} <= kinds
    assert max(chance.refused) < 500
    async with store.transaction() as tx:
        built = await projections.rebuild(tx)
        assert built.faults == []
        assert await projections.differences(tx, built.state) == []
    leaves = [row["leaf"] for row in await phyle.rows("SELECT leaf FROM cooperative.entries ORDER BY seq")]
    assert built.edge.root() == hashing.root(hashing.leaves(leaves))
