"""Charges against members, with the reply of whoever is charged."""

from typing import Any

from phyle.cooperative import disputes, seeing
from phyle.errors import Refusal, Unprocessable
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.choosing import among, meant
from phyle.web.pages.cooperative.frame import OVERVIEW, act, again, at, doing, framed, named, older, part_of, sight
from phyle.web.pages.share import new_key
from phyle.web.pages.visitors import first_log_in, to

_ONE = "/phyle/charges/{id}"
STATES = {
    "answerable": "Can be replied to",
    "ripe": "Can be put to the members",
    "expelled": "Expelled for it",
    "withdrawn": "Withdrawn",
}


async def show(asked: Asked) -> Answer:
    """GET /phyle/charges"""
    viewer, part = await sight(asked), part_of(asked)
    found, times = await disputes.charges(asked.tx, viewer, part)
    names = await seeing.called(asked.tx, viewer, {who for each in found for who in (each.member, each.by)})
    shown: dict[str, Any] = {"charges": found, "names": names, "states": STATES, "older": older(part, times)}
    return framed(asked, "charges", viewer, part=OVERVIEW, **shown)


async def show_one(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/charges/ID"""
    viewer = await sight(asked)
    found = await disputes.charge(asked.tx, viewer, asked.args["id"])
    names = await seeing.called(asked.tx, viewer, {found.member, found.by})
    return framed(asked, "charge", viewer, part=OVERVIEW, fault=fault, found=found, names=names, states=STATES)


async def bringing(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/charges/new"""
    if asked.viewer.actor is None:
        return first_log_in(asked)
    viewer = await sight(asked)
    choices = await among(asked.tx, viewer, *seeing.PRESENT)
    return framed(
        asked,
        "charge_new",
        viewer,
        part=OVERVIEW,
        fault=fault,
        choices=[(each.id, each.name) for each in choices if each.id != viewer.member],
        member=asked.text("member"),
        key=asked.text("key", most=100) or new_key(),
    )


async def bring(asked: Asked) -> Answer:
    """POST /phyle/charges/new"""
    try:
        async with asked.store.reading() as tx:
            asked.tx = tx
            member = await meant(tx, await sight(asked), asked.text("member"))
        articles, reasons = asked.text("articles").strip(), asked.text("reasons").strip()
        if not articles or not reasons:
            raise Unprocessable("Say which article of the charter was broken, and what happened.")
        done = await act(asked, "charge", {"member": member, "articles": articles, "reasons": reasons})
    except Refusal as refusal:
        return await again(asked, bringing, refusal)
    return redirect(to(_ONE.format(id=done.payload["charge"]), done="charged"))


reply = doing("reply", named(charge="<id>", reply="reply"), show_one, at(_ONE), "replied")
withdraw = doing("withdraw_charge", named(charge="<id>"), show_one, at(_ONE), "charge_withdrawn")
