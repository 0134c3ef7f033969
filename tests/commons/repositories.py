"""Repositories for tests of the law: rows and actors without folders."""

from typing import Any

from phyle.commons import grants, repositories
from phyle.commons.repositories import Keys, Repository
from phyle.identity import accounts
from phyle.identity.actors import Actor
from phyle.store.transaction import Tx

_kept: list[Keys] = []


async def keys() -> Keys:
    """Keys are expensive, and tests need only some."""
    if not _kept:
        _kept.append(Keys(repository=await accounts.new_keys(), circle=await accounts.new_keys()))
    return _kept[0]


async def made(tx: Tx, creator: Actor, name: str = "seeder", **how: Any) -> Repository:
    """A repository with its first maintainer."""
    repository = await repositories.create(tx, creator, name, keys=await keys(), **{"kind": "software", **how})
    await grants.give(tx, repository.id, creator.id, "maintainer", given_by=None)
    return repository
