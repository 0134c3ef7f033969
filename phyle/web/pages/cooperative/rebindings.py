"""Somebody whose account or server is gone asks to be known by another one; members who know them vouch for it."""

from typing import Any

from phyle.cooperative import disputes, seeing
from phyle.errors import Refusal, Unprocessable
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.frame import MEMBERS, at, doing, framed, named, older, part_of, sight

PATH = "/phyle/rebindings"
PHASES = {
    "open": "Looking for vouchers",
    "waiting": "Somebody objects: it takes a decision",
    "done": "Done",
    "refused": "Not done",
}


async def show(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/rebindings"""
    viewer, part = await sight(asked), part_of(asked)
    found, times = await disputes.rebindings(asked.tx, part)
    people = {who for each in found for who in (each.old, *each.vouchers, *each.objections)}
    return framed(
        asked,
        "rebindings",
        viewer,
        part=MEMBERS,
        fault=fault,
        rebindings=found,
        names=await seeing.called(asked.tx, viewer, people),
        phases=PHASES,
        older=older(part, times),
    )


def _old(asked: Asked) -> dict[str, Any]:
    old = asked.text("old").strip().rpartition("/")[2]
    if not old:
        raise Unprocessable("Give the number of your membership, or the address of its page.")
    return {"old": old}


_REBINDING, _HERE = named(rebinding="<id>"), at(PATH)
ask = doing("rebind", _old, show, _HERE, "rebinding")
vouch = doing("vouch_rebinding", _REBINDING, show, _HERE, "vouched")
object_to = doing("object_rebinding", named(rebinding="<id>", reason="reason"), show, _HERE, "objected")
