"""Projects for tests: a repository with both its actors, and those who may do something in it."""

from functools import cache
from pathlib import Path

from phyle.commons import grants, repositories
from phyle.commons.grants import Role
from phyle.commons.repositories import Keys, Repository, Visibility
from phyle.identity import keys
from phyle.identity.actors import Actor
from phyle.store.transaction import Store, Tx
from tests.people import member

GIT = ("git", "-c", "user.name=Ana", "-c", "user.email=ana@example.org", "-c", "init.defaultBranch=main")


@cache
def _pair() -> tuple[str, str]:
    return keys.new_rsa(), keys.new_ed25519()


def made_keys() -> Keys:
    """Keys are expensive, and tests need only some."""
    return Keys(repository=_pair(), circle=_pair())


async def project(
    tx: Tx, creator: Actor, name: str = "seeder", *, visibility: Visibility = "public", maintained: bool = True
) -> Repository:
    """A repository, whose creator maintains it."""
    made = await repositories.create(tx, creator, name, kind="software", visibility=visibility, keys=made_keys())
    if maintained:
        await grant(tx, made, creator, "maintainer")
    return made


async def grant(tx: Tx, repository: Repository, holder: Actor, role: Role) -> int:
    """A live grant; its number."""
    return (await grants.give(tx, repository.id, holder.id, role, given_by=None)).id


async def people(store: Store, *names: str) -> list[Actor]:
    """Some with accounts here."""
    async with store.transaction() as tx:
        return [await member(tx, name) for name in names]


def folder(store: Store, repository: Repository) -> Path:
    """Where its objects lie."""
    return repositories.folder(store.settings, repository.id)
