"""What this phyle is: where it stands, what is due next, how far it rests on whom, and how to take part."""

from phyle.cooperative import overview
from phyle.errors import Unavailable
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.cooperative.frame import OVERVIEW, framed, sight
from phyle.web.pages.cooperative.words import PHYLES, STANDINGS


async def show(asked: Asked) -> Answer:
    """GET /phyle"""
    found = await overview.overview(asked.tx)
    if found is None:
        raise Unavailable("This phyle is still being set up. Please try again in a moment.", retry_after=10)
    viewer = await sight(asked)
    counts = [
        (STANDINGS[word], found.members[word], word)
        for word in ("member", "probation", "applicant", "lapsed", "suspended")
        if found.members.get(word)
    ]
    return framed(
        asked,
        "overview",
        viewer,
        part=OVERVIEW,
        here=found,
        phase=PHYLES[found.phase],
        standing=STANDINGS.get(viewer.standing, ""),
        counts=counts,
    )
