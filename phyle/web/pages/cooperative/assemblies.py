"""Assemblies: to call one or ask for one, its agenda, who is there, and its minutes."""

from datetime import UTC, datetime, timedelta
from typing import Any

from phyle.conversation.paging import Page
from phyle.cooperative import assemblies, charters, lists, overview, seeing
from phyle.cooperative.law.proposed import Proposal
from phyle.errors import Refusal, Refused, Unprocessable
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.frame import OVERVIEW, act, again, at, doing, framed, named, older, part_of, sight
from phyle.web.pages.share import new_key
from phyle.web.pages.visitors import first_log_in, to

PATH = "/phyle/assemblies"
_ONE = "/phyle/assemblies/{id}"
PHASES = {
    "asked": "Asked for",
    "called": "Called",
    "open": "Meeting now",
    "closed": "Over",
    "minuted": "Over, with minutes",
    "approved": "Over, minutes approved",
    "lapsed": "Did not come about",
    "cancelled": "Cancelled",
}


async def show(asked: Asked) -> Answer:
    """GET /phyle/assemblies"""
    viewer, part = await sight(asked), part_of(asked)
    found, times = await assemblies.assemblies(asked.tx, part)
    return framed(
        asked,
        "assemblies",
        viewer,
        part=OVERVIEW,
        assemblies=found,
        ordinary=await assemblies.ordinary(asked.tx),
        phases=PHASES,
        older=older(part, times),
    )


async def show_one(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/assemblies/ID"""
    viewer = await sight(asked)
    found = await assemblies.assembly(asked.tx, viewer, asked.args["id"])
    one = found.assembly
    return framed(
        asked,
        "assembly",
        viewer,
        part=OVERVIEW,
        fault=fault,
        found=found,
        one=one,
        phases=PHASES,
        names=await seeing.called(asked.tx, viewer, {one.by, *one.asked_by, *found.present}),
        mine=await _own_proposals(asked, viewer.member) if one.phase in ("asked", "called") and viewer.inside else [],
    )


async def _own_proposals(asked: Asked, member: str) -> list[tuple[str, str]]:
    """What the viewer could put on the agenda."""
    held = await lists.newest(asked.tx, Proposal, Page(limit=100), phases=("deliberation",))
    return [(each.id, each.value.title) for each in held if each.value.by == member and not each.value.assembly]


async def calling(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/assemblies/new"""
    if asked.viewer.actor is None:
        return first_log_in(asked)
    viewer = await sight(asked)
    here = await overview.overview(asked.tx)
    if here is None or here.charter is None:
        raise Refused("This phyle is not founded yet; there is no assembly to call.")
    terms = (await charters.in_force(asked.tx)).assembly
    opens = datetime.fromtimestamp(here.now / 1000, UTC) + timedelta(days=int(terms["notice_days"]) + 1)
    return framed(
        asked,
        "assembly_new",
        viewer,
        part=OVERVIEW,
        fault=fault,
        terms=terms,
        opens=f"{opens:%Y-%m-%dT%H:00}",
        closes=f"{opens + timedelta(hours=3):%Y-%m-%dT%H:00}",
        key=asked.text("key", most=100) or new_key(),
    )


async def call(asked: Asked) -> Answer:
    """POST /phyle/assemblies/new"""
    kind = "ask_assembly" if asked.text("how") == "ask" else "call_assembly"
    try:
        done = await act(asked, kind, _invitation(asked))
    except Refusal as refusal:
        return await again(asked, calling, refusal)
    return redirect(to(_ONE.format(id=done.payload["assembly"]), done="called"))


def _invitation(asked: Asked) -> dict[str, Any]:
    how = asked.text("how")
    if how not in ("ask", "ordinary", "extraordinary"):
        raise Unprocessable("Choose how the assembly comes about.")
    title, text = asked.text("title").strip(), asked.text("text").replace("\r\n", "\n").strip()
    if not title or not text:
        raise Unprocessable("An assembly needs a title and an invitation.")
    times = {"opens": _time(asked, "opens"), "closes": _time(asked, "closes")}
    return {"title": title, "text": text, **times, **({} if how == "ask" else {"kind": how})}


def _time(asked: Asked, name: str) -> int:
    """A day and time of the form, in UTC, in milliseconds. Unprocessable with how to write it."""
    try:
        found = datetime.fromisoformat(asked.text(name).strip())
    except ValueError:
        raise Unprocessable("Write each time as year-month-day and hour, as in 2031-05-01 18:00.") from None
    return int(found.replace(tzinfo=found.tzinfo or UTC).timestamp() * 1000)


_ASSEMBLY, _HERE = named(assembly="<id>"), at(_ONE)
join = doing("join_asking", _ASSEMBLY, show_one, _HERE, "requested")
attend = doing("attend", _ASSEMBLY, show_one, _HERE, "attended")
cancel = doing("cancel_assembly", _ASSEMBLY, show_one, _HERE, "cancelled")
put = doing("put_on_agenda", named(assembly="<id>", proposal="proposal"), show_one, _HERE, "put")
