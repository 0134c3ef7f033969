"""What is left of a person who leaves, and what stops the leaving of somebody else."""

import asyncpg
import pytest

from phyle.errors import Missing, Unprocessable, Unproven
from phyle.identity import accounts, actors, leaving, tokens, viewer
from phyle.store.transaction import Tx
from tests.people import elsewhere, member, sql


async def test_only_name_and_keys_are_left(tx: Tx) -> None:
    ana = await member(tx, "ana")
    account = await accounts.by_actor(tx, ana.id)
    token = await tokens.issue(tx, application=None, actor=ana.id, scopes="read")
    await leaving.delete(tx, account)
    with pytest.raises(Unproven):
        await viewer.by_token(tx, token.secret)
    with pytest.raises(Missing):
        await accounts.by_actor(tx, ana.id)
    left = await actors.by_id(tx, ana.id)
    assert (left.name, left.gone, left.deleted_at is not None) == ("ana", True, True)
    assert set(await actors.public_keys(tx, left)) == {"rsa", "ed25519"}
    assert await actors.private_pem(tx, left)
    with pytest.raises(Unprocessable):
        await accounts.check_free(tx, "Ana", "somebody@mail.example")
    await accounts.check_free(tx, "somebody", "ana@mail.example")


async def test_an_account_that_changed_since_its_password_was_verified_stays(tx: Tx) -> None:
    ana = await member(tx, "ana")
    before = await accounts.by_actor(tx, ana.id)
    await accounts.set_password(tx, before, "another hash")
    with pytest.raises(Unproven):
        await leaving.delete(tx, before)
    now = await accounts.by_actor(tx, ana.id)
    await accounts.suspend(tx, now)
    with pytest.raises(Unproven):
        await leaving.delete(tx, now)
    assert (await actors.by_id(tx, ana.id)).deleted_at is None


async def test_nobody_takes_back_what_others_allowed(tx: Tx) -> None:
    ana, ben = await member(tx, "ana"), await member(tx, "ben")
    token = await tokens.issue(tx, application=None, actor=ana.id, scopes="read")
    with pytest.raises(Missing):
        await tokens.withdraw(tx, ben.id, token.id)
    await tokens.withdraw(tx, ana.id, token.id)
    assert await tokens.held(tx, ana.id) == []
    with pytest.raises(Missing):
        await tokens.withdraw(tx, ana.id, token.id)


@pytest.mark.threat("F19")
@pytest.mark.parametrize("aliases", [["x"] * 51, ["x" * 60_000, "y" * 60_000]], ids=["many", "long"])
async def test_aliases_have_bounds(tx: Tx, aliases: list[str]) -> None:
    far = await elsewhere(tx, "far")
    await sql(tx, "UPDATE identity.actors SET also_known_as = $2 WHERE id = $1", far.id, ["x" * 2048] * 50)
    with pytest.raises(asyncpg.CheckViolationError):
        await sql(tx, "UPDATE identity.actors SET also_known_as = $2 WHERE id = $1", far.id, aliases)
