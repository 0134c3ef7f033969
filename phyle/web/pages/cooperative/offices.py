"""The offices of the charter: who holds them, until when, which seats are free, and how they are filled."""

from typing import Any

from phyle.cooperative import offices
from phyle.errors import Refusal
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.frame import OVERVIEW, doing, framed, sight

PATH = "/phyle/offices"
FILLED = {"election": "by election", "sortition": "by lot", "decision": "by a decision"}


async def show(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/offices"""
    viewer = await sight(asked)
    found = await offices.offices(asked.tx, viewer)
    return framed(asked, "offices", viewer, part=OVERVIEW, fault=fault, offices=found, filled=FILLED)


def _draw(asked: Asked) -> dict[str, Any]:
    return {"purpose": "office", "about": asked.text("office", most=100)}


draw = doing("call_draw", _draw, show, lambda asked, done: "/phyle/draws", "drawn")
