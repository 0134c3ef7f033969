"""Appeals: against a decision, an expulsion, a suspension or a moderation, to a jury that is drawn by lot."""

from typing import Any

from phyle.cooperative import disputes, seeing
from phyle.errors import Refusal, Unprocessable
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.frame import OVERVIEW, act, again, framed, older, part_of, sight
from phyle.web.pages.share import new_key
from phyle.web.pages.visitors import first_log_in, to

_ONE = "/phyle/appeals/{id}"
AGAINST = {
    "decision": "a decision that passed and is not carried out yet",
    "expulsion": "an expulsion",
    "suspension": "a suspension",
    "moderation": "something that was moderated",
}
_WHERE = {"decision": "proposals", "expulsion": "members", "suspension": "members", "moderation": "moderation"}
PHASES = {
    "drawing": "The jury is being drawn",
    "jury": "Before the jury",
    "assembly": "Before the assembly",
    "granted": "Granted",
    "dismissed": "Dismissed",
    "lapsed": "Lapsed: nobody was left to judge, so what was contested is undone",
}


async def show(asked: Asked) -> Answer:
    """GET /phyle/appeals"""
    viewer, part = await sight(asked), part_of(asked)
    found, times = await disputes.appeals(asked.tx, part)
    names = await seeing.called(asked.tx, viewer, {each.by for each in found})
    shown: dict[str, Any] = {
        "appeals": found,
        "names": names,
        "phases": PHASES,
        "against": AGAINST,
        "older": older(part, times),
    }
    return framed(asked, "appeals", viewer, part=OVERVIEW, **shown)


async def show_one(asked: Asked) -> Answer:
    """GET /phyle/appeals/ID"""
    viewer = await sight(asked)
    found = await disputes.appeal(asked.tx, asked.args["id"])
    names = await seeing.called(asked.tx, viewer, {found.by, *found.parties})
    where = f"/phyle/{_WHERE[found.against]}" + ("" if found.against == "moderation" else f"/{found.target}")
    shown: dict[str, Any] = {"found": found, "names": names, "phases": PHASES, "against": AGAINST, "where": where}
    return framed(asked, "appeal", viewer, part=OVERVIEW, **shown)


async def bringing(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/appeals/new?against=&target="""
    if asked.viewer.actor is None:
        return first_log_in(asked)
    return framed(
        asked,
        "appeal_new",
        await sight(asked),
        part=OVERVIEW,
        fault=fault,
        choices=AGAINST,
        against=asked.text("against"),
        target=asked.text("target", most=100),
        key=asked.text("key", most=100) or new_key(),
    )


async def bring(asked: Asked) -> Answer:
    """POST /phyle/appeals/new"""
    try:
        text = asked.text("text").replace("\r\n", "\n").strip()
        if asked.text("against") not in AGAINST or not asked.text("target") or not text:
            raise Unprocessable("Say what you appeal against, and on which grounds.")
        given = {"against": asked.text("against"), "target": asked.text("target").strip(), "text": text}
        done = await act(asked, "appeal", given)
    except Refusal as refusal:
        return await again(asked, bringing, refusal)
    return redirect(to(_ONE.format(id=done.payload["appeal"]), done="appealed"))
