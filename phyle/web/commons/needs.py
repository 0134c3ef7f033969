"""Needs at the API: what is needed here and at all phyles that are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from phyle.commons import errands, needs
from phyle.commons.needs import Needed, Wanted
from phyle.conversation.paging import Page
from phyle.cooperative.seeing import Sight
from phyle.web.asked import Asked
from phyle.web.commons.errands import ShownErrand, shown_errands
from phyle.web.commons.repositories import READ, WRITE
from phyle.web.commons.tickets import Claiming, instant
from phyle.web.cooperative.endpoints import Endpoint, change, pages


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownNeed:
    """Something that is needed. `host`: where, "" for here; `url`: where people read and do it; `project`: the id of
    its repository, `called` its name. `state`: needed, claimed (somebody does it `until` then), stale."""

    id: str
    uri: str
    url: str
    host: str
    project: str
    called: str
    title: str
    kind: str
    skills: list[str]
    state: str
    until: datetime | None


def shown(need: Needed) -> ShownNeed:
    """As it is shown."""
    return ShownNeed(
        id=str(need.id),
        uri=need.uri,
        url=need.page,
        host=need.host,
        project=need.project,
        called=need.called,
        title=need.title,
        kind=need.kind,
        skills=list(need.skills),
        state=need.state,
        until=need.until,
    )


async def list_needs(asked: Asked, viewer: Sight, page: Page) -> tuple[Sequence[Any], Sequence[int]]:
    """What is needed here and at all phyles that are known, newest first."""
    found = await needs.everywhere(asked.tx, wanted(asked, page))
    return [shown(each) for each in found], [each.id for each in found]


def wanted(asked: Asked, page: Page) -> Wanted:
    """Which of it."""
    return Wanted(
        kind=asked.text("kind", most=40) or None,
        skill=asked.text("skill", most=40).lower() or None,
        below=page.max_id,
        limit=page.limit,
    )


async def claim(asked: Asked) -> ShownErrand:
    """Say to another phyle that one does what it needs, until when: an errand, which it answers. What is needed here is
    claimed at its ticket."""
    return await claimed(asked, asked.id(), instant(asked.number("until")))


async def claimed(asked: Asked, number: int, until: datetime) -> ShownErrand:
    """The wish is on its way. Unprocessable for a time that has passed or is too far."""
    async with asked.store.transaction() as tx:
        need = await needs.foreign(tx, number)
        made = await errands.make(tx, asked.me, errands.Wish(deed="claim", ticket=need.uri, until=until))
        return (await shown_errands(tx, [made]))[0]


_ASKED = {"kind": "Only of this kind.", "skill": "Only what takes this."}

ENDPOINTS: tuple[Endpoint, ...] = (
    pages("/needs", list_needs, list[ShownNeed], query=_ASKED, scope=READ),
    change("POST", "/needs/<id>/claim", claim, ShownErrand, body=Claiming, scope=WRITE),
)
