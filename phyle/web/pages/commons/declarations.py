"""The page of what one declares to other phyles: a form, and what their works' homes say."""

from phyle.commons import agreements
from phyle.commons.activities import agreements as on_the_wire
from phyle.conversation import paging
from phyle.errors import Refusal
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.commons.uses import told
from phyle.web.pages.commons.contributions import ON_A_PAGE
from phyle.web.pages.commons.tried import after, done, tried
from phyle.web.pages.commons.uses import fields, given_papers
from phyle.web.pages.rendering import page
from phyle.web.pages.visitors import first_log_in

HERE = "/commons/declarations"
PPL = "PPL"
"""Whose questions the form asks: of a work elsewhere the licence is known only when it is asked for."""


async def show(asked: Asked) -> Answer:
    """GET /commons/declarations"""
    return await _show(asked, None)


async def _show(asked: Asked, fault: Refusal | None) -> Answer:
    if asked.viewer.actor is None:
        return first_log_in(asked)
    async with asked.store.reading() as tx:
        found = await agreements.of(tx, asked.me.id, paging.page(limit=ON_A_PAGE, max_id=asked.number("below")))
    return page(
        asked,
        "commons/declarations.html",
        status=200 if fault is None else fault.status,
        fault="" if fault is None else fault.sentence,
        found=found,
        older=found[-1].id if len(found) == ON_A_PAGE else None,
        done=done(asked),
        **{**fields(asked, PPL, None), "licences": []},
    )


async def declare(asked: Asked) -> Answer:
    """POST /commons/declarations"""

    async def do(asked: Asked) -> str:
        work = asked.text("work", most=2048)
        await asked.around.declare_elsewhere(asked.me, work, told(asked), given_papers(asked))
        return after(HERE, "sent")

    return await tried(asked, do, _show)


async def withdraw(asked: Asked) -> Answer:
    """POST /commons/declarations/ID/withdraw"""

    async def do(asked: Asked) -> str:
        await on_the_wire.withdraw(asked.store, asked.me, asked.id())
        return after(HERE, "sent")

    return await tried(asked, do, _show)
