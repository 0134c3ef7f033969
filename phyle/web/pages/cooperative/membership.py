"""One's own membership: how one stands, what one holds and has lent, one's own data, and the way out."""

from typing import Any

from phyle.cooperative import credentials, entering, mine, seeing
from phyle.cooperative.acting import GONE
from phyle.errors import Malformed, Missing, Refusal, Unprocessable
from phyle.web.answers import Answer, json, redirect
from phyle.web.asked import Asked
from phyle.web.cooperative.shapes import shown as plain
from phyle.web.pages.cooperative.frame import MEMBERS, at, doing, framed, named, sight
from phyle.web.pages.cooperative.words import CUSTODY, STANDINGS
from phyle.web.pages.visitors import first_log_in

PATH = "/phyle/membership"


async def show(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/membership"""
    if asked.viewer.actor is None:
        return first_log_in(asked)
    viewer = await sight(asked)
    try:
        own = await mine.mine(asked.tx, viewer)
    except Missing:
        return redirect("/phyle/join", status=302)
    lent = {each.to for each in own.delegations} | {each.member for each in own.lent_to_me}
    said = {each.by for each in own.application.vouchers} if own.application else set()
    return framed(
        asked,
        "membership",
        viewer,
        part=MEMBERS,
        fault=fault,
        mine=own,
        names=await seeing.called(asked.tx, viewer, lent | said),
        standings=STANDINGS,
        custody=CUSTODY,
        gone=GONE,
        now=await seeing.at(asked.tx),
        visit=await entering.open_until(asked.tx, viewer.member),
    )


async def export(asked: Asked) -> Answer:
    """GET /phyle/membership/data: all that the phyle holds about somebody, as a file."""
    if asked.viewer.actor is None:
        return first_log_in(asked)
    found = await mine.export(asked.tx, await sight(asked))
    return json(plain(found), headers={"Content-Disposition": 'attachment; filename="phyle-membership.json"'})


async def credential(asked: Asked) -> Answer:
    """GET /phyle/membership/credential: what a member shows to others, who can verify it without asking the phyle."""
    found = await credentials.issue(asked.tx, (await sight(asked)).member)
    return json(found, headers={"Content-Disposition": 'attachment; filename="phyle-credential.json"'})


def _identity(asked: Asked) -> dict[str, Any]:
    told = {name: asked.text(name).strip() for name in ("name", "address")}
    return {"identity": {name: value for name, value in told.items() if value}}


def _sure(asked: Asked) -> dict[str, Any]:
    if not asked.flag("sure"):
        raise Unprocessable("Tick the box if you are sure that you want to leave.")
    return {}


def _office(asked: Asked) -> dict[str, Any]:
    if not asked.text("office"):
        raise Malformed("The form does not say which office.")
    return {"office": asked.text("office")}


_HERE = at(PATH)
leave = doing("exit", _sure, show, _HERE, "left")
come_back = doing("return", lambda asked: {}, show, _HERE, "returned")
tell = doing("amend_identity", _identity, show, _HERE, "identity")
resign = doing("resign", _office, show, _HERE, "resigned")
lend = doing("delegate", named(to="to", scope="scope"), show, _HERE, "delegated")
take_back = doing("revoke_delegation", named(scope="scope"), show, _HERE, "revoked")
