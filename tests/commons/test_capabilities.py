"""Capabilities: a Grant counts only if every one of its conditions holds; each is walked round here."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from phyle.commons import capabilities, grants, repositories
from phyle.commons.activities import documents
from phyle.commons.capabilities import Asked, Shown
from phyle.commons.grants import Grant
from phyle.commons.repositories import Change, Repository
from phyle.errors import Missing, Refused
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.store.transaction import Store, Tx
from tests.commons.repositories import made
from tests.people import elsewhere, member

AT = datetime(2026, 5, 1, tzinfo=UTC)
RESOURCE, ANA = "https://coop.org/actors/1", "https://far.org/ana"
GOOD = Shown(
    type="Grant",
    actor=RESOURCE,
    context=RESOURCE,
    target=ANA,
    role="maintainer",
    allows="invoke",
    delegates=None,
    starts=AT - timedelta(days=1),
    ends=AT + timedelta(days=1),
    revoked=False,
)
ASKED = Asked(sender=ANA, resource=RESOURCE, action="maintain", at=AT)


def test_a_direct_grant_that_holds_is_enough() -> None:
    capabilities.check(GOOD, ASKED)
    capabilities.check(replace(GOOD, starts=None, ends=None), ASKED)
    capabilities.check(replace(GOOD, role="contributor"), replace(ASKED, action="triage"))
    capabilities.check(GOOD, replace(ASKED, at=GOOD.starts or AT))


@pytest.mark.threat("H10")
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"type": "Follow"}, "no Grant"),
        ({"context": "https://coop.org/actors/2"}, "another resource"),
        ({"target": "https://far.org/eve"}, "somebody else"),
        ({"actor": "https://coop.org/actors/2"}, "not given by"),
        ({"actor": ANA}, "not given by"),
        ({"starts": AT + timedelta(seconds=1)}, "not hold yet"),
        ({"ends": AT}, "over"),
        ({"ends": AT - timedelta(seconds=1)}, "over"),
        ({"revoked": True}, "revoked"),
        ({"delegates": "https://far.org/grants/1"}, "passes on"),
        ({"allows": "distribute"}, "to act by"),
        ({"role": "contributor"}, "not enough"),
        ({"role": None}, "not enough"),
    ],
)
def test_whatever_is_wrong_with_it_is_too_little(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        capabilities.check(replace(GOOD, **wrong), ASKED)  # type: ignore[arg-type]  # whichever member it is


async def given(tx: Tx, to: Actor, name: str = "seeder") -> tuple[Repository, Grant]:
    ana = await member(tx, f"{name}_maker")
    repository = await made(tx, ana, name)
    return repository, await grants.give(tx, repository.id, to.id, "maintainer", given_by=ana.id)


@pytest.mark.threat("H11")
async def test_a_grant_counts_for_its_holder_in_its_repository_while_it_lasts(store: Store) -> None:
    async with store.transaction() as tx:
        bob, eve = await elsewhere(tx, "bob"), await elsewhere(tx, "eve")
        repository, grant = await given(tx, bob)
        other, _ = await given(tx, eve, "other")
        uri = grants.uri(store.settings, grant.id)
        assert (await capabilities.invoked(tx, bob, repository, uri, "maintain")).id == grant.id
        with pytest.raises(Refused, match="another resource"):
            await capabilities.invoked(tx, bob, other, uri, "read")
        with pytest.raises(Refused, match="somebody else"):
            await capabilities.invoked(tx, eve, repository, uri, "read")
        for none in (None, "", 7, [uri], f"{uri}0", f"{uri}/", "https://far.example/activities/1"):
            with pytest.raises(Refused, match="takes a Grant"):
                await capabilities.invoked(tx, bob, repository, none, "read")
        await grants.revoke(tx, grant.id, revoked_by=None)
        with pytest.raises(Refused, match="revoked"):
            await capabilities.invoked(tx, bob, repository, uri, "maintain")


async def test_a_grant_is_not_enough_where_one_may_not_read(store: Store) -> None:
    async with store.transaction() as tx:
        bob = await elsewhere(tx, "bob")
        repository, grant = await given(tx, bob)
        uri = grants.uri(store.settings, grant.id)
        archived = await repositories.change(tx, repository, Change(archived=True))
        with pytest.raises(Refused, match="archived"):
            await capabilities.invoked(tx, bob, archived, uri, "push")
        await tx.run(actors.SQL.set_suspended, bob.id, True)
        with pytest.raises((Refused, Missing)):
            await capabilities.invoked(tx, bob, repository, uri, "maintain")


async def test_one_shows_the_grant_that_one_holds(store: Store) -> None:
    async with store.transaction() as tx:
        bob = await member(tx, "bob")
        repository, grant = await given(tx, bob)
        actor = (await actors.by_ids(tx, [repository.id]))[repository.id]
        assert await capabilities.shown(tx, bob.id, actor) == grants.uri(store.settings, grant.id)
        assert documents.role_of(documents.FORGE_ROLES[grant.role]) == "maintainer"
        assert documents.role_of("https://forgefed.org/ns#write") == "contributor"
        assert [documents.role_of(word) for word in ("visit", "report", "triage", None, 7)] == [None] * 5
