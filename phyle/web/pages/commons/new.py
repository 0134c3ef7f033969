"""Making a repository, from nothing or as a fork of one that is here or elsewhere."""

from phyle.commons import creating
from phyle.errors import Refusal
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.commons.repositories import wanted
from phyle.web.pages.commons.frame import KINDS, base
from phyle.web.pages.commons.tried import tried
from phyle.web.pages.rendering import page
from phyle.web.pages.visitors import first_log_in

READERS = (
    ("public", "Everybody"),
    ("members", "Members of this phyle"),
    ("private", "Only people whom its maintainers let in"),
)


RULES = (
    ("maintainer", "Any maintainer"),
    ("majority", "More than half of the maintainers"),
    ("decision", "Decisions of the phyle (only over what is a commons of the phyle)"),
)


async def show(asked: Asked) -> Answer:
    """GET /commons/new"""
    return await _new(asked, None)


async def make(asked: Asked) -> Answer:
    """POST /commons/new"""

    async def do(asked: Asked) -> str:
        return base(await creating.create(asked.store, asked.me, wanted(asked)))

    return await tried(asked, do, _new)


async def show_fork(asked: Asked) -> Answer:
    """GET /commons/fork?origin=ADDRESS"""
    return await _fork(asked, None)


async def fork(asked: Asked) -> Answer:
    """POST /commons/fork"""

    async def do(asked: Asked) -> str:
        made = await asked.around.fork_repository(asked.me, asked.text("origin", most=2048), wanted(asked))
        return f"{base(made)}/forks"

    return await tried(asked, do, _fork)


async def _new(asked: Asked, fault: Refusal | None) -> Answer:
    return _form(asked, "new", fault)


async def _fork(asked: Asked, fault: Refusal | None) -> Answer:
    return _form(asked, "fork", fault)


def _form(asked: Asked, template: str, fault: Refusal | None) -> Answer:
    if asked.viewer.actor is None:
        return first_log_in(asked)
    return page(
        asked,
        f"commons/{template}.html",
        status=fault.status if fault is not None else 200,
        kinds=KINDS,
        readers=READERS,
        typed=asked.parameters,
        fault=fault.sentence if fault is not None else "",
    )
