"""What this phyle is: where it stands, what is due next, how far it rests on whom, and how to take part."""

from collections.abc import Mapping

from phyle.cooperative import charters, overview
from phyle.cooperative.agenda import Due
from phyle.errors import Unavailable
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.frame import OVERVIEW, framed, sight
from phyle.web.pages.cooperative.words import PHYLES, STANDINGS

_COUNTED = {
    "member": "past probation",
    "probation": "on probation",
    "applicant": "who have applied",
    "lapsed": "resting",
    "suspended": "suspended",
}
_PAGES: Mapping[str, str] = {
    **dict.fromkeys(("open", "decide", "execute", "look_again"), "proposals"),
    **dict.fromkeys(("close", "tally"), "booth"),
    **dict.fromkeys(("vouched", "probation", "suspension"), "members"),
    **dict.fromkeys(("assembly_open", "assembly_close"), "assemblies"),
    **dict.fromkeys(("pool", "draw"), "draws"),
}


async def show(asked: Asked) -> Answer:
    """GET /phyle"""
    found = await overview.overview(asked.tx)
    if found is None:
        raise Unavailable("This phyle is still being set up. Please try again in a moment.", retry_after=10)
    viewer = await sight(asked)
    counts = [(words, found.members[word], word) for word, words in _COUNTED.items() if found.members.get(word)]
    return framed(
        asked,
        "overview",
        viewer,
        part=OVERVIEW,
        here=found,
        legal_name=(await charters.in_force(asked.tx)).legal_name if found.charter is not None else "",
        phase=PHYLES[found.phase],
        standing=STANDINGS.get(viewer.standing, ""),
        counts=counts,
        due_at=_where,
    )


def _where(due: Due) -> str:
    """The page of what is due, "" if it has none."""
    return f"/phyle/{_PAGES[due.kind]}/{due.about}" if due.kind in _PAGES else ""
