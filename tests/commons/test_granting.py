"""Roles in random stories: nobody gets a role without a word of theirs, and somebody always maintains it."""

import contextlib
import random

import pytest

from phyle.commons import granting, grants, invitations, motions, repositories
from phyle.commons.grants import Role
from phyle.commons.repositories import Repository, Rule
from phyle.errors import Refusal
from phyle.identity.actors import Actor
from phyle.store.transaction import Store, Tx
from tests.commons.repositories import made
from tests.people import elsewhere, member, sql

ROLES: tuple[Role, ...] = ("contributor", "maintainer")
RULES: tuple[Rule, ...] = ("maintainer", "maintainer", "majority")
STEPS = 500


async def _step(tx: Tx, chance: random.Random, people: list[Actor], repository: Repository) -> str:
    """Somebody tries something."""
    by, other = chance.sample(people, 2)
    role = chance.choice(ROLES)
    what = chance.choice(("invite", "ask", "answer", "revoke", "leave", "second", "withdraw", "rule"))
    waiting = [*await invitations.of_person(tx, by.id), *await invitations.of_repository(tx, repository.id)]
    held, moved = await grants.of(tx, repository.id), await motions.of(tx, repository.id)
    if what == "invite":
        await granting.invite(tx, by, repository, other, role)
    elif what == "ask":
        await granting.ask(tx, by, repository, role)
    elif what == "answer" and waiting:
        await granting.answer(tx, by, chance.choice(waiting), yes=chance.random() < 0.8)
    elif what == "withdraw" and waiting:
        await granting.withdraw(tx, by, chance.choice(waiting))
    elif what == "revoke" and held:
        await granting.revoke(tx, by, repository, chance.choice(held).id)
    elif what == "second" and moved:
        await granting.second(tx, by, repository, chance.choice(moved).id)
    elif what == "leave":
        await granting.leave(tx, by, repository)
    elif what == "rule":
        await granting.change_rule(tx, by, repository, chance.choice(RULES))
    return what


async def _check(tx: Tx, repository: Repository, creator: Actor) -> None:
    live = await grants.of(tx, repository.id)
    assert any(each.role == "maintainer" for each in live)
    assert len({each.holder for each in live}) == len(live), "one person holds one role"
    for each in live:
        if each.holder == creator.id and each.given_by is None:
            continue
        accepted = [one.role for one in await invitations.of_person(tx, each.holder) if one.state == "accepted"]
        assert each.role in accepted, "nobody holds what they did not accept or ask for"


@pytest.mark.parametrize("seed", range(4))
async def test_nobody_gets_a_role_unasked_and_somebody_always_maintains(store: Store, seed: int) -> None:
    chance, done = random.Random(seed), set[str]()
    async with store.transaction() as tx:
        people = [await member(tx, name) for name in ("ana", "bob", "eve")] + [await elsewhere(tx, "mia")]
        repository = await made(tx, people[0])
    for _ in range(STEPS):
        with contextlib.suppress(Refusal):
            async with store.transaction() as tx:
                done.add(await _step(tx, chance, people, await repositories.get(tx, repository.id)))
        async with store.reading() as tx:
            await _check(tx, repository, people[0])
    assert len(done) >= 7
    async with store.reading() as tx:
        counted = await sql(tx, "SELECT count(*) FROM commons.grants WHERE repository = $1", repository.id)
    assert counted[0][0] > 3
