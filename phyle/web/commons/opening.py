"""The repository that a request names, for whoever may see it: for the API and for pages."""

from pathlib import Path

from phyle.commons import permission, repositories
from phyle.commons.permission import Action
from phyle.commons.repositories import Repository
from phyle.errors import Missing, Refused, Unproven
from phyle.store.transaction import Tx
from phyle.web.asked import Asked


def base(repository: Repository) -> str:
    """Where the pages of a repository begin."""
    return f"/@{repository.name}{repositories.SUFFIX}"


def folder(asked: Asked, repository: Repository) -> Path:
    """Where its objects lie."""
    return repositories.folder(asked.settings, repository.id)


async def opened(asked: Asked, action: Action = "read") -> Repository:
    """The repository that the address names, for who may do this with it. Raises Missing, Refused, Unproven."""
    async with asked.store.reading() as tx:
        return await permitted(tx, asked, action)


async def permitted(tx: Tx, asked: Asked, action: Action = "read") -> Repository:
    """As `opened`, in a transaction that is open."""
    repository = await repositories.named(tx, asked.args["name"])
    if repository is None:
        raise Missing(permission.NONE)
    try:
        await permission.require(tx, asked.viewer.actor_id, repository, action)
    except Refused:
        if not asked.viewer.known:
            raise Unproven("Please log in first.") from None
        raise
    return repository
