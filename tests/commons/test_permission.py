"""Permission: who may do what in a repository, by grants, by membership, by what everybody may."""

import pytest

from phyle.commons import grants, permission, repositories
from phyle.commons.repositories import Keys, Repository, Visibility
from phyle.errors import Conflict, Missing, Refused, Unprocessable
from phyle.identity import accounts
from phyle.identity.actors import Actor
from phyle.store.transaction import Store, Tx
from tests.people import member


async def person(store: Store, name: str) -> Actor:
    """Somebody with an account here."""
    async with store.transaction() as tx:
        return await member(tx, name)


async def _made(tx: Tx, creator: Actor, name: str = "seeder", visibility: Visibility = "public") -> Repository:
    keys = Keys(repository=await accounts.new_keys(), circle=await accounts.new_keys())
    return await repositories.create(tx, creator, name, kind="software", visibility=visibility, keys=keys)


@pytest.mark.parametrize("visibility", ["public", "members", "private"])
async def test_strangers_read_what_is_public_and_meet_nothing_else(store: Store, visibility: Visibility) -> None:
    ana, bob = await person(store, "ana"), await person(store, "bob")
    async with store.transaction() as tx:
        repository = await _made(tx, ana, visibility=visibility)
        for viewer in (None, bob.id):
            if visibility == "public":
                await permission.require(tx, viewer, repository, "read")
                with pytest.raises(Refused):
                    await permission.require(tx, viewer, repository, "push")
            else:
                with pytest.raises(Missing):
                    await permission.require(tx, viewer, repository, "read")


async def test_creating_gives_nothing_but_what_a_grant_gives_and_revoking_takes(store: Store) -> None:
    ana, bob = await person(store, "ana"), await person(store, "bob")
    async with store.transaction() as tx:
        repository = await _made(tx, ana, visibility="private")
        assert await permission.standing_of(tx, ana.id, repository) == "nobody"
        await grants.give(tx, repository.id, ana.id, "maintainer", given_by=None)
        await permission.require(tx, ana.id, repository, "push-protected")
        given = await grants.give(tx, repository.id, bob.id, "contributor", given_by=ana.id)
        await permission.require(tx, bob.id, repository, "push")
        with pytest.raises(Refused, match="protected"):
            await permission.require(tx, bob.id, repository, "push-protected")
        await grants.revoke(tx, given.id, revoked_by=ana.id)
        with pytest.raises(Missing):
            await permission.require(tx, bob.id, repository, "read")
        with pytest.raises(Missing):
            await grants.revoke(tx, given.id, revoked_by=ana.id)


async def test_an_archived_repository_is_read_and_not_written(store: Store) -> None:
    ana = await person(store, "ana")
    async with store.transaction() as tx:
        repository = await _made(tx, ana)
        await grants.give(tx, repository.id, ana.id, "maintainer", given_by=None)
        archived = await repositories.change(tx, repository, repositories.Change(archived=True))
        await permission.require(tx, ana.id, archived, "read")
        with pytest.raises(Refused, match="archived"):
            await permission.require(tx, ana.id, archived, "push")


async def test_people_groups_and_projects_share_one_namespace(store: Store) -> None:
    ana = await person(store, "ana")
    async with store.transaction() as tx:
        first = await _made(tx, ana)
        assert await repositories.named(tx, "Seeder.git") == first
    for taken in ("ana", "SEEDER"):
        with pytest.raises(Conflict):
            async with store.transaction() as tx:
                await _made(tx, ana, taken)
    for wrong in ("", "../x", "a b", "-x", "x.git", "x" * 27, "phyle"):
        with pytest.raises(Unprocessable):
            async with store.transaction() as tx:
                await _made(tx, ana, wrong)
