"""Uses of works of other phyles, at the API: declared from here, and the registers that others told this phyle of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from phyle.commons import agreements, showing
from phyle.commons.activities import agreement_documents
from phyle.commons.activities import agreements as on_the_wire
from phyle.commons.agreements import Declaration, UseElsewhere
from phyle.conversation.paging import Page
from phyle.cooperative.seeing import Sight
from phyle.web.asked import Asked
from phyle.web.commons.repositories import READ
from phyle.web.commons.uses import Declaring, papers, told
from phyle.web.cooperative.endpoints import WRITE as ACT
from phyle.web.cooperative.endpoints import Endpoint, change, get, pages


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaringElsewhere(Declaring):
    """A declaration to another phyle. `work`: the address of the project there, or `@name.git@host`. Where a fork of it
    is here, commit and licence text are taken from that unless they are given."""

    work: str


async def list_elsewhere(asked: Asked, viewer: Sight, page: Page) -> tuple[Sequence[Any], Sequence[int]]:
    """Uses of works of other phyles, as their homes told of them: of works of which a fork is here, and those that
    were declared from here. `user`: only those of the entity of this name."""
    found = await agreements.elsewhere(asked.tx, page, name=asked.text("user", most=300))
    return found, [int(each.id) for each in found]


async def list_line(asked: Asked, viewer: Sight) -> list[UseElsewhere]:
    """The uses of all that a fork descends from, in whichever phyles those are."""
    found = await showing.found(asked.tx, asked.viewer.actor_id, asked.args["name"])
    return await agreement_documents.line(asked.tx, found)


async def list_mine(asked: Asked, viewer: Sight, page: Page) -> tuple[Sequence[Any], Sequence[int]]:
    """What one declared to other phyles, and what they say, newest first."""
    found = await agreements.of(asked.tx, asked.me.id, page)
    return found, [int(each.id) for each in found]


async def declare(asked: Asked) -> Declaration:
    """Declare a use of a work of another phyle: the signed declaration goes to the work's home, which answers."""
    work = asked.text("work", most=2048)
    return await _one(asked, await asked.around.declare_elsewhere(asked.me, work, told(asked), papers(asked)))


async def withdraw(asked: Asked) -> Declaration:
    """Take back what one declared to another phyle; this goes there, too."""
    return await _one(asked, await on_the_wire.withdraw(asked.store, asked.me, asked.id()))


async def _one(asked: Asked, id: int) -> Declaration:
    async with asked.store.reading() as tx:
        return await agreements.own(tx, asked.me.id, id)


ENDPOINTS: tuple[Endpoint, ...] = (
    pages(
        "/uses/elsewhere",
        list_elsewhere,
        list[UseElsewhere],
        query={"user": "Only of the entity of this name."},
        scope=READ,
    ),
    get("/repositories/<name>/uses/line", list_line, list[UseElsewhere], scope=READ),
    pages("/declarations", list_mine, list[Declaration], who="user", scope=READ),
    change("POST", "/declarations", declare, Declaration, body=DeclaringElsewhere, scope=ACT),
    change("POST", "/declarations/<id>/withdraw", withdraw, Declaration, scope=ACT),
)
