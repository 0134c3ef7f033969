"""The register of members as the law wants it: open to members for a purpose that is entered, and to its keepers."""

from typing import Any

from phyle.cooperative import register, seeing
from phyle.errors import Refusal, Refused
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.frame import MEMBERS, at, doing, framed, named, sight
from phyle.web.pages.cooperative.words import STANDINGS
from phyle.web.pages.visitors import first_log_in

PATH = "/phyle/register"


async def show(asked: Asked, fault: Refusal | None = None) -> Answer:
    """GET /phyle/register"""
    if asked.viewer.actor is None:
        return first_log_in(asked)
    viewer = await sight(asked)
    if not viewer.inside:
        raise Refused("The register is open to members of the phyle alone.")
    try:
        found = await register.register(asked.tx, viewer)
    except Refused:
        found = None
    told = sorted({name for row in found.rows for name in row.told} - {"actor", "pinned"}) if found else []
    names = await seeing.called(asked.tx, viewer, [row.member for row in found.rows] if found else [])
    shown: dict[str, Any] = {"found": found, "told": told, "names": names, "standings": STANDINGS}
    return framed(asked, "register", viewer, part=MEMBERS, fault=fault, **shown)


async def show_table(asked: Asked) -> Answer:
    """GET /phyle/register/table: as a file for a spreadsheet."""
    found = await register.register(asked.tx, await sight(asked))
    headers = {"Content-Disposition": 'attachment; filename="register.csv"'}
    return Answer(body=register.as_csv(found).encode(), content_type="text/csv; charset=utf-8", headers=headers)


inspect = doing("inspect", named(purpose="purpose"), show, at(PATH), "inspected")
