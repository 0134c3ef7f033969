"""A licence that the phyle granted: for people a page, for programs the policy itself."""

import orjson

from phyle.commons import licence_words, licensing
from phyle.cooperative import seeing
from phyle.cooperative.law.commons.works import Work
from phyle.cooperative.ledger import reading
from phyle.store.transaction import Tx
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.negotiation import wants_html
from phyle.web.pages.rendering import page

LD = "application/ld+json; charset=utf-8"


async def show(asked: Asked) -> Answer:
    """GET /commons/licences/GRANT: its terms; JSON-LD for programs, where they are an ODRL policy."""
    viewer = await seeing.sight(asked.tx, asked.viewer.actor_id)
    found = await licensing.grant(asked.tx, viewer, asked.args["grant"])
    if wants_html(asked.headers.get("accept", "")):
        sentences = licence_words.sentences(found.policy) if found.policy is not None else []
        at = await _address(asked.tx, found.work)
        return page(asked, "commons/licence.html", grant=found, sentences=sentences, at=at)
    if found.policy is not None:
        return Answer(body=orjson.dumps(found.policy), content_type=LD, headers={"Vary": "Accept"})
    text = (found.terms or "").encode()
    return Answer(body=text, content_type="text/plain; charset=utf-8", headers={"Vary": "Accept"})


async def _address(tx: Tx, work: str | None) -> str:
    """The page of the work, if it is here."""
    found = await reading.get(tx, Work, work) if work is not None else None
    return found.at if found is not None and found.at.startswith(f"{tx.store.settings.origin}/@") else ""
