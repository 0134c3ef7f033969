"""Becoming a member: for people with an account here, and for people who have one elsewhere."""

from typing import Any

from phyle.cooperative import acting, overview, seeing
from phyle.cooperative.charter.clauses import MemberClass
from phyle.cooperative.ledger import reading
from phyle.errors import Refusal
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.frame import MEMBERS, doing, framed, sight
from phyle.web.pages.cooperative.words import STANDINGS

JOIN = "/phyle/join"
GROUP = "members"
"""The name of the group that people elsewhere follow to apply."""


async def show(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/join"""
    viewer = await sight(asked)
    here = await overview.overview(asked.tx)
    open_now = here is not None and here.phase in ("active", "dormant")
    charter = await reading.charter_in_force(asked.tx) if open_now else None
    classes: dict[str, MemberClass] = dict(charter.membership.classes) if charter is not None else {}
    return framed(
        asked,
        "join",
        viewer,
        part=MEMBERS,
        fault=fault,
        phase=here.phase if here is not None else "gathering",
        terms=charter.membership if charter is not None else None,
        classes=classes,
        may_apply=not viewer.standing or viewer.standing in acting.GONE,
        standing=STANDINGS.get(viewer.standing, ""),
        group=f"@{GROUP}@{asked.settings.account_domain}",
        sees=seeing.PRESENT,
    )


def identity(asked: Asked) -> dict[str, Any]:
    """What a newcomer tells the register of themselves, and their class if there is a choice."""
    told = {name: asked.text(name).strip() for name in ("name", "address")}
    given: dict[str, Any] = {"identity": {name: value for name, value in told.items() if value}}
    return {**given, **({"klass": asked.text("klass")} if asked.text("klass") else {})}


apply = doing("apply", identity, show, lambda asked, done: "/phyle/membership", "applied")
