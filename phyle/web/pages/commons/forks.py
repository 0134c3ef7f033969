"""The forks of a repository, all of them; what it descends from itself, and how far its own copy is."""

from urllib.parse import urlsplit

from phyle.commons import forks, obligations, permission, showing
from phyle.commons.activities import copying
from phyle.commons.activities.forks import name as name_one
from phyle.errors import Refusal
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.commons.turns import costly
from phyle.web.pages.commons.frame import FORKS, base, framed, opened, permitted
from phyle.web.pages.commons.tried import after, done, tried


async def show(asked: Asked) -> Answer:
    """GET /@NAME.git/forks"""
    return await _page(asked, None)


async def name(asked: Asked) -> Answer:
    """POST /@NAME.git/forks/name: an address is asked whether it is a fork of this."""

    async def do(asked: Asked) -> str:
        async with asked.store.transaction() as tx:
            repository = await permitted(tx, asked)
            await name_one(tx, asked.me, asked.text("address", most=2048))
        return after(f"{base(repository)}/forks", "named")

    return await tried(asked, do, _page)


async def update(asked: Asked) -> Answer:
    """POST /@NAME.git/forks/update: a fork follows its origin, or its copy is tried again."""

    async def do(asked: Asked) -> str:
        async with asked.store.transaction() as tx:
            repository = await permitted(tx, asked, "push-protected")
            await copying.begin(tx, repository.id, asked.me.id)
        return after(f"{base(repository)}/forks", "update")

    return await tried(asked, do, _page)


@costly
async def show_obligations(asked: Asked) -> Answer:
    """GET /@NAME.git/forks/obligations: what it must keep of what it took over."""
    repository = await opened(asked)
    found = await obligations.of(asked.store, asked.viewer.actor_id, repository)
    return framed(asked, "obligations", repository, tab=FORKS, found=found)


async def _page(asked: Asked, fault: Refusal | None) -> Answer:
    async with asked.store.reading() as tx:
        repository = await permitted(tx, asked)
        known = await forks.of(tx, repository.id)
        copy = await forks.copy(tx, repository.id)
        writes = await permission.allowed(tx, asked.viewer.actor_id, repository, "push-protected")
    return framed(
        asked,
        "forks",
        repository,
        tab=FORKS,
        fault=fault,
        forks=[(each, urlsplit(each.uri).netloc) for each in known],
        chain=showing.chain(repository.chain),
        copy=copy,
        writes=writes,
        done=done(asked),
        typed=asked.parameters if fault is not None else {},
    )
