"""What this instance is and who runs it, and what its operator did."""

from datetime import timedelta

from phyle.clock import now
from phyle.identity import accounts, operator_acts
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.rendering import page
from phyle.web.pages.words import ACTS

_ACTS = 100
_MONTH = timedelta(days=30)


async def about(asked: Asked) -> Answer:
    """GET /about"""
    people, active = await accounts.counts(asked.tx, seen_since=(now() - _MONTH).date())
    return page(asked, "about.html", people=people, active=active)


async def operator(asked: Asked) -> Answer:
    """GET /operator"""
    acts = await operator_acts.listing(asked.tx, before=asked.number("before"), limit=_ACTS)
    return page(asked, "operator.html", acts=acts, words=ACTS, older=acts[-1].id if len(acts) == _ACTS else None)
