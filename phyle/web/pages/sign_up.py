"""Joining: the form, and what becomes of it."""

from phyle.errors import Unprocessable
from phyle.identity import joining, sessions
from phyle.identity.joining import Form
from phyle.web import cookies
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.rendering import page
from phyle.web.pages.visitors import after
from phyle.web.pages.words import FIELDS

_LONGEST = 10_000


async def show(asked: Asked) -> Answer:
    """GET /auth/sign_up"""
    return _page(asked, {})


async def join(asked: Asked) -> Answer:
    """POST /auth/sign_up: a new account, logged in at once where registration is open."""
    form = Form(
        name=asked.text("username", most=_LONGEST).strip().removeprefix("@"),
        email=asked.text("email", most=_LONGEST).strip(),
        password=asked.text("password", most=_LONGEST),
        reason=asked.text("reason", most=_LONGEST),
        agreement=asked.flag("agreement"),
    )
    try:
        account = await joining.sign_up(asked.store, form, address=asked.address)
    except Unprocessable as refusal:
        if not refusal.details:
            raise
        faults = {field: ", ".join(each["description"] for each in found) for field, found in refusal.details.items()}
        return _page(asked, faults, status=422)
    if account.state != "active":
        return page(asked, "applied.html", name=account.actor.name)
    async with asked.store.transaction() as tx:
        cookie = await sessions.begin(tx, account, before=asked.cookie)
    return redirect(after(asked), cookies=[cookies.session(asked.settings, cookie)])


def _page(asked: Asked, faults: dict[str, str], *, status: int = 200) -> Answer:
    given = {name: asked.text(name, most=_LONGEST) for name in ("username", "email", "reason")} if faults else {}
    return page(asked, "sign_up.html", status=status, faults=faults, given=given, fields=FIELDS, next=after(asked))
