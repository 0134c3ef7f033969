"""The pages of a wiki: reading them, and writing them with a grant."""

from urllib.parse import quote

from phyle.commons import wikis
from phyle.commons.browsing import contents, places, showing, wiki
from phyle.commons.browsing.naming import words
from phyle.commons.browsing.places import Place
from phyle.commons.browsing.wiki import Page, Written
from phyle.commons.git import objects
from phyle.commons.repositories import Repository
from phyle.errors import Missing, Refusal
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.commons.crumbs import around
from phyle.web.pages.commons.frame import WIKI, base, folder, framed, opened, tag, unchanged


async def show(asked: Asked) -> Answer:
    """GET /@NAME.git/wiki/PAGE: a page, or without one the home page; `?edit=1` the form to write it."""
    repository = await opened(asked)
    title = asked.args.get("page", "") or wiki.HOME
    if "page" not in asked.args and asked.text("new").strip():
        return redirect(f"{base(repository)}/wiki/{quote(asked.text('new', most=200).strip(), safe='')}?edit=1")
    place = await places.first(folder(asked, repository), repository.default_branch)
    version = tag(asked, repository, place)
    if not asked.flag("edit") and (answer := unchanged(asked, version)):
        return answer
    pages, found = await _read(asked, repository, place, title)
    if asked.flag("edit"):
        await opened(asked, wikis.action(repository))
        return _form(asked, repository, title, found, pages)
    if found is None and "page" in asked.args:
        raise Missing("There is no such page in this wiki.")
    html = None
    if found is not None and place is not None:
        html = await showing.prose(found.oid, found.raw, around(repository, place, wiki.FOLDER, wiki=wiki.FOLDER))
    async with asked.store.reading() as tx:
        writes = await wikis.may_write(tx, asked.viewer.actor_id, repository)
    return framed(
        asked,
        "wiki",
        repository,
        tab=WIKI,
        tag=version,
        place=place,
        title=found.page.title if found is not None else title,
        found=found,
        html=html,
        text=contents.decoded(found.raw) if found is not None else "",
        pages=pages,
        writes=writes,
    )


async def _read(
    asked: Asked, repository: Repository, place: Place | None, title: str
) -> tuple[list[Page], Written | None]:
    if place is None:
        return [], None
    async with objects.opened(folder(asked, repository)) as reading:
        pages = await wiki.pages(reading, place)
        page = wiki.named(pages, title)
        return pages, await wiki.read(reading, place, page) if page is not None else None


def _form(
    asked: Asked,
    repository: Repository,
    title: str,
    found: Written | None,
    pages: list[Page],
    *,
    fault: Refusal | None = None,
) -> Answer:
    typed = asked.text("text", most=2 * wiki.LONGEST) if fault is not None else None
    return framed(
        asked,
        "wiki_edit",
        repository,
        tab=WIKI,
        fault=fault,
        title=words(title),
        text=typed if typed is not None else contents.decoded(found.raw) if found is not None else "",
        message=asked.text("message", most=2_000) if fault is not None else "",
        was=asked.text("was", most=40) if fault is not None else found.oid if found is not None else "",
        new=found is None,
        longest=wiki.LONGEST,
        pages=pages,
    )


async def write(asked: Asked) -> Answer:
    """POST /@NAME.git/wiki/PAGE: write it, as a commit on the default branch."""
    repository = await opened(asked)
    title = asked.args["page"]
    edit = wikis.Edit(
        title=title,
        text=asked.text("text", most=2 * wiki.LONGEST),
        message=asked.text("message", most=2_000),
        was=asked.text("was", most=40),
        sign_off=asked.flag("sign_off"),
    )
    try:
        await wikis.write(asked.store, asked.me, repository, edit)
    except Refusal as refusal:
        if refusal.status not in (409, 413, 422):
            raise
        return _form(asked, repository, title, None, [], fault=refusal)
    return redirect(f"{base(repository)}/wiki/{quote(title, safe='')}")
