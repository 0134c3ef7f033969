"""What pages of tickets and changes have in common: the words as HTML, and what was said and done, in one order."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from phyle.commons.threads import SENTENCES
from phyle.commons.ticket_showing import ShownRemark, ShownReview, ShownStep
from phyle.cooperative.seeing import Account
from phyle.text import markdown

WORDS = {
    "approve": "approves",
    "changes": "asks for changes",
    "comment": "reviewed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One thing in the history of a ticket. `html`: what somebody said, made safe; or else `says`: what was done."""

    at: datetime
    by: Account | None
    says: str
    html: str = ""
    status: str | None = None


async def written(source: str) -> str:
    """Markdown as HTML that is safe to show. Long ones are made in a thread."""
    if not source:
        return ""
    if len(source) < 2000:
        return markdown.rendered(source, top=3)
    return await asyncio.to_thread(markdown.rendered, source, top=3)


async def history(
    comments: Sequence[ShownRemark], steps: Sequence[ShownStep], reviews: Sequence[ShownReview] = ()
) -> list[Happened]:
    """Comments, reviews and steps, oldest first. Reviews are shown as such, with all that they say."""
    said = [
        Happened(at=each.at, by=each.author, says="", html=each.content or await written(each.text), status=each.status)
        for each in comments
    ]
    thought = [
        Happened(
            at=each.at,
            by=each.reviewer,
            says=f"{WORDS[each.verdict]} version {each.version}" + (", which decided" if each.decided else ""),
            html=await written(each.text),
        )
        for each in reviews
    ]
    done = [
        Happened(at=each.at, by=each.by, says=_sentence(each)) for each in steps if not (reviews and each.what in WORDS)
    ]
    return sorted([*said, *thought, *done], key=lambda each: each.at)


def _sentence(step: ShownStep) -> str:
    by = "Somebody" if step.by is None else f"@{step.by.acct}"
    return SENTENCES.get(step.what, step.what).format(by=by, detail=step.detail).strip()
