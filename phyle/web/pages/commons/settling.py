"""The settings of a repository: read by everybody who may read it, changed by its maintainers."""

from typing import Any

from phyle.commons import creating, permission, settling, works
from phyle.commons.git import names, refs, storage
from phyle.commons.repositories import Change
from phyle.errors import Refusal, Refused, Unprocessable
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.commons.repositories import check_branch
from phyle.web.pages.commons.frame import SETTINGS, base, folder, framed, opened, permitted
from phyle.web.pages.commons.new import READERS, RULES
from phyle.web.pages.commons.tried import after, done, tried


async def show(asked: Asked) -> Answer:
    """GET /@NAME.git/settings"""
    return await _page(asked, None)


async def save(asked: Asked) -> Answer:
    """POST /@NAME.git/settings"""

    async def do(asked: Asked) -> str:
        repository = await opened(asked, "maintain")
        given = _given(asked)
        if given.default_branch is not None:
            await check_branch(asked.store, repository, given.default_branch)
        async with asked.store.transaction() as tx:
            _, outcome = await settling.settle(tx, asked.me, repository, given)
        if given.default_branch is not None:
            await refs.set_head(folder(asked, repository), names.branch(given.default_branch))
        waits = outcome.motion is not None and not outcome.done
        return after(f"{base(repository)}/settings", "moved" if waits else "changed")

    return await tried(asked, do, _page)


def _given(asked: Asked) -> Change:
    rule: Any = asked.text("rule", most=20) or None
    visibility: Any = asked.text("visibility", most=20) or None
    return Change(
        description=asked.text("description", most=10_000).replace("\r\n", "\n").strip(),
        visibility=visibility,
        default_branch=asked.text("default_branch", most=300) or None,
        protected=asked.text("protected", most=20_000).split(),
        rule=rule,
        archived=asked.flag("archived"),
    )


async def delete(asked: Asked) -> Answer:
    """POST /@NAME.git/settings/delete"""

    async def do(asked: Asked) -> str:
        async with asked.store.transaction() as tx:
            repository = await permitted(tx, asked, "maintain")
            if asked.text("name", most=100).strip() != repository.name:
                raise Unprocessable("Write the name of the repository, so that the right one is deleted.")
            await creating.delete(tx, asked.me.id, repository)
        return after("/commons/mine", "deleted")

    return await tried(asked, do, _page)


async def offer(asked: Asked) -> Answer:
    """POST /@NAME.git/settings/work: offer it as a work of the phyle."""

    async def do(asked: Asked) -> str:
        repository = await opened(asked, "maintain")
        licence = asked.text("licence", most=300)
        await works.offer(asked.store, asked.me, repository, licence=licence, mandate=asked.flag("mandate"))
        return after(f"{base(repository)}/settings", "offered")

    return await tried(asked, do, _page)


async def relicense(asked: Asked) -> Answer:
    """POST /@NAME.git/settings/work/licence: offer the work under another licence from now on."""

    async def do(asked: Asked) -> str:
        repository = await opened(asked, "maintain")
        licence = asked.text("licence", most=300)
        await works.relicense(asked.store, asked.me, repository, licence=licence, mandate=None)
        return after(f"{base(repository)}/settings", "changed")

    return await tried(asked, do, _page)


async def step(asked: Asked) -> Answer:
    """POST /@NAME.git/settings/work/step: the ledger says who maintains it as the grants do."""

    async def do(asked: Asked) -> str:
        repository = await opened(asked, "maintain")
        if said := await works.step(asked.store, asked.me, repository):
            raise Refused(" ".join(said))
        return after(f"{base(repository)}/settings", "changed")

    return await tried(asked, do, _page)


async def _page(asked: Asked, fault: Refusal | None) -> Answer:
    async with asked.store.reading() as tx:
        repository = await permitted(tx, asked)
        maintains = await permission.allowed(tx, asked.viewer.actor_id, repository, "maintain")
        commons = await permission.is_commons(tx, repository)
        work = await works.offered(tx, repository)
    git = await storage.existing(asked.settings, repository.id)
    branches = sorted(each.short for each in await refs.listing(git))
    return framed(
        asked,
        "settings",
        repository,
        tab=SETTINGS,
        fault=fault,
        maintains=maintains,
        commons=commons,
        work=work,
        branches=branches,
        pairs=[(each, each) for each in branches],
        readers=READERS,
        rules=RULES,
        largest=storage.LARGEST,
        done=done(asked),
        typed=asked.parameters if fault is not None else {},
    )
