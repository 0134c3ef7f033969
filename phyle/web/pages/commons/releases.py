"""The pages of releases."""

from phyle.commons import permission, releases
from phyle.commons.git import refs
from phyle.errors import Refusal
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.commons.opening import folder, permitted
from phyle.web.commons.releases import several, wanted
from phyle.web.pages.commons.frame import RELEASES, base, framed
from phyle.web.pages.commons.talking import written
from phyle.web.pages.visitors import first_log_in

ON_A_PAGE = 20


async def listing(asked: Asked) -> Answer:
    """GET /@NAME.git/releases"""
    repository = await permitted(asked.tx, asked)
    found = await releases.of(asked.tx, repository, below=asked.number("below"), limit=ON_A_PAGE)
    shown = await several(asked.tx, repository, found)
    return framed(
        asked,
        "releases",
        repository,
        tab=RELEASES,
        shown=[(each, await written(each.text)) for each in shown],
        older=found[-1].id if len(found) == ON_A_PAGE else None,
        maintains=await permission.allowed(asked.tx, asked.viewer.actor_id, repository, "push-protected"),
    )


async def show(asked: Asked) -> Answer:
    """GET /@NAME.git/releases/TAG"""
    repository = await permitted(asked.tx, asked)
    found = await releases.tagged(asked.tx, repository, asked.args["tag"])
    (shown,) = await several(asked.tx, repository, [found])
    both = [(shown, await written(shown.text))]
    return framed(asked, "releases", repository, tab=RELEASES, shown=both, older=None, maintains=False)


async def new(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /@NAME.git/releases/new"""
    if asked.viewer.actor is None:
        return first_log_in(asked)
    async with asked.store.reading() as tx:
        repository = await permitted(tx, asked, "push-protected")
    tags = [each.short for each in await refs.listing(folder(asked, repository), "refs/tags/", most=50)]
    typed = {name: asked.text(name, most=100_000) for name in ("tag", "at", "title", "text")}
    return framed(asked, "release_new", repository, tab=RELEASES, fault=fault, typed=typed, tags=tags)


async def publish(asked: Asked) -> Answer:
    """POST /@NAME.git/releases/new"""
    try:
        async with asked.store.reading() as tx:
            repository = await permitted(tx, asked, "push-protected")
        made = await releases.publish(asked.store, asked.me, repository, wanted(asked))
    except Refusal as refusal:
        return await new(asked, refusal)
    return redirect(f"{base(repository)}/releases/{made.tag}")
