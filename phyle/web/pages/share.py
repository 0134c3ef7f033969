"""Writing a post on a page, mostly to share something that another site handed over."""

import secrets

from phyle.conversation import publishing
from phyle.conversation.publishing import LONGEST, Draft
from phyle.errors import Missing, Unprocessable
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.rendering import page
from phyle.web.pages.visitors import first_log_in
from phyle.web.pages.words import VISIBILITIES

_KEY = "page "  # of idempotency keys: those of clients have no space


async def show(asked: Asked) -> Answer:
    """GET /share?text=&title=&url="""
    if asked.viewer.actor is None:
        return first_log_in(asked)
    handed = [asked.text(name).strip() for name in ("title", "text", "url")]
    return _page(asked, "\n\n".join(part for part in handed if part))


async def publish(asked: Asked) -> Answer:
    """POST /share: sent twice, it publishes once."""
    draft = draft_of(asked)
    try:
        post = await publishing.publish(asked.tx, asked.me, draft)
    except Unprocessable as refusal:  # found before anything was written
        return _page(asked, draft.text, fault=refusal.sentence, status=422)
    return redirect(f"/@{asked.me.name}/{post.id}")


def draft_of(asked: Asked, *, reply_to: int | None = None) -> Draft:
    """What the form's fields ask to publish."""
    visibility = asked.text("visibility", "public")
    if visibility not in VISIBILITIES:
        raise Missing("There is no such visibility.")
    key = asked.text("key", most=100)
    return Draft(
        text=asked.text("text").replace("\r\n", "\n"),
        spoiler=asked.text("spoiler"),
        visibility=visibility,
        reply_to=reply_to,
        idempotency_key=f"{_KEY}{key}" if key else None,
    )


def new_key() -> str:
    """What tells one form from another."""
    return secrets.token_urlsafe(12)


def _page(asked: Asked, text: str, *, fault: str = "", status: int = 200) -> Answer:
    return page(
        asked,
        "share.html",
        status=status,
        text=text,
        spoiler=asked.text("spoiler"),
        visibility=asked.text("visibility", "public"),
        visibilities=VISIBILITIES,
        key=asked.text("key", most=100) or new_key(),
        longest=LONGEST,
        fault=fault.removeprefix("Validation failed: "),
    )
