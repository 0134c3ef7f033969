"""Needs at the API: what is needed here and at all phyles that are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from phyle.clock import now, wire_time
from phyle.commons import needing, needs, repositories
from phyle.commons.activities import needs as on_the_wire
from phyle.commons.needs import Needed, Wanted
from phyle.conversation.paging import Page
from phyle.cooperative.seeing import Sight
from phyle.errors import Missing, Unprocessable
from phyle.identity import actors
from phyle.identity.actors import Actor
from phyle.web.asked import Asked
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Where a wish was sent."""

    uri: str
    told: str


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


async def claim(asked: Asked) -> Told:
    """Say to another phyle that one does what it needs, until when. What is needed here is claimed at its ticket."""
    until = instant(asked.number("until"))
    return await claimed(asked, asked.id(), until)


async def claimed(asked: Asked, number: int, until: datetime) -> Told:
    """The wish is on its way. Unprocessable for a time that has passed or is too far."""
    if not now() < until <= now() + needing.LONGEST:
        raise Unprocessable(f"Say until when, at most {needing.LONGEST.days} days from now.")
    async with asked.store.reading() as tx:
        need = await needs.foreign(tx, number)
    found = await asked.resolve_actor(need.project)
    async with asked.store.transaction() as tx:
        there = None if found is None else await actors.by_id(tx, found)
        if there is None or not _is_project(there):
            raise Missing("That project does not answer.")
        await on_the_wire.claim(tx, asked.me, need, there, wire_time(until))
    return Told(uri=need.uri, told=there.uri)


def _is_project(actor: Actor) -> bool:
    return actor.kind == repositories.KIND and not actor.gone and not actor.local


_ASKED = {"kind": "Only of this kind.", "skill": "Only what takes this."}

ENDPOINTS: tuple[Endpoint, ...] = (
    pages("/needs", list_needs, ShownNeed, query=_ASKED, scope=READ),
    change("POST", "/needs/<id>/claim", claim, Told, body=Claiming, scope=WRITE),
)
