"""Moderation: what stewards did at once and for the time being, what the operator withholds, and what came of it."""

from phyle.cooperative import interventions, offices, seeing
from phyle.errors import Refusal, Unprocessable
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.frame import OVERVIEW, act, again, at, doing, framed, named, older, part_of, sight
from phyle.web.pages.share import new_key
from phyle.web.pages.visitors import to

PATH = "/phyle/moderation"
ACTIONS = {
    "hide": "Hide a post: its address",
    "suspend": "Suspend an account: its full name, as in @ana@coop.example",
    "block": "Block a server: its name, as in spam.example",
}
PHASES = {
    "provisional": "Provisional",
    "confirmed": "Confirmed",
    "lapsed": "Lapsed",
    "lifted": "Lifted",
}


async def show(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/moderation"""
    viewer, part = await sight(asked), part_of(asked)
    found, times = await interventions.moderations(asked.tx, viewer, part)
    withheld, _ = await interventions.withholdings(asked.tx, viewer, part_of(asked))
    people = {who for each in found for who in (each.by, each.confirmed_by) if who}
    return framed(
        asked,
        "moderation",
        viewer,
        part=OVERVIEW,
        fault=fault,
        moderations=found,
        withheld=withheld,
        names=await seeing.called(asked.tx, viewer, people),
        phases=PHASES,
        actions=ACTIONS,
        steward=await _steward(asked, viewer),
        key=asked.text("key", most=100) or new_key(),
        older=older(part, times),
    )


async def _steward(asked: Asked, viewer: seeing.Sight) -> bool:
    held = await offices.offices(asked.tx, viewer) if viewer.inside else []
    return any(
        holder.live and holder.member == viewer.member
        for office in held
        if "moderation" in office.scope
        for holder in office.holders
    )


async def moderate(asked: Asked) -> Answer:
    """POST /phyle/moderation. What is not known here is not entered: it could not be hidden, and stands for ever."""
    try:
        given = {name: asked.text(name).strip() for name in ("action", "target", "reason")}
        if not all(given.values()):
            raise Unprocessable("Say what you do, to what, and why.")
        await act(asked, "moderate", given)
    except Refusal as refusal:
        return await again(asked, show, refusal)
    return redirect(to(PATH, done="moderated"))


_MODERATION, _HERE = named(moderation="<id>"), at(PATH)
confirm = doing("confirm_moderation", _MODERATION, show, _HERE, "confirmed")
lift = doing("lift_moderation", _MODERATION, show, _HERE, "lifted")
uphold = doing("uphold", named(withholding="<id>"), show, _HERE, "confirmed")
