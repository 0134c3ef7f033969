"""Searching: in one repository for files, lines and commits; among all of them for a project."""

import asyncio

from phyle.commons.browsing import finding, history, places, searching
from phyle.errors import Missing
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.commons.frame import CODE, KINDS, VISIBILITIES, folder, framed, opened
from phyle.web.pages.rendering import page

_ON_A_PAGE = 30


async def search(asked: Asked) -> Answer:
    """GET /@NAME.git/search?q=WORDS: files by name and lines (`in=files`, the default), or messages (`in=commits`)."""
    repository = await opened(asked)
    git = folder(asked, repository)
    query, commits = asked.text("q", most=searching.LONGEST).strip(), asked.text("in") == "commits"
    ref = asked.text("ref", most=250)
    place = await places.tip(git, ref) if ref else await places.first(git, repository.default_branch)
    named = lines = found = None
    if query and place is not None and "\n" not in query:
        if commits:
            found = await history.saying(git, place, query)
        else:
            named, lines = await asyncio.gather(searching.names(git, place, query), searching.lines(git, place, query))
    return framed(
        asked,
        "search",
        repository,
        tab=CODE,
        query=query,
        commits=commits,
        place=place,
        ref=ref,
        named=named,
        lines=lines,
        found=found,
    )


async def listing(asked: Asked) -> Answer:
    """GET /commons: the repositories that the viewer may read, the newest first; by words and kind."""
    query, kind = asked.text("q", most=200).strip(), asked.text("kind")
    if kind and kind not in KINDS:
        raise Missing("There are no repositories of that kind.")
    wanted = finding.Wanted(words=query, kind=kind or None, below=asked.number("max_id"), limit=_ON_A_PAGE)
    found, older = await finding.readable(asked.tx, asked.viewer.actor_id, wanted)
    return page(
        asked,
        "commons/listing.html",
        repositories=found,
        query=query,
        kind=kind,
        kinds=KINDS,
        visibilities=VISIBILITIES,
        older=older,
        writes=asked.viewer.actor_id is not None,
    )
