"""Logging in and out. Every log-in makes a new session and ends the one before."""

from phyle.cooperative import entering
from phyle.errors import Refused, Unproven
from phyle.identity import joining, sessions
from phyle.web import cookies
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.pages.rendering import page
from phyle.web.pages.visitors import after

_LONGEST = 10_000


async def show(asked: Asked) -> Answer:
    """GET /auth/sign_in"""
    return _page(asked)


async def log_in(asked: Asked) -> Answer:
    """POST /auth/sign_in"""
    login, password = asked.text("login", most=_LONGEST), asked.text("password", most=_LONGEST)
    try:
        _, cookie = await joining.log_in(asked.store, login, password, address=asked.address, cookie=asked.cookie)
    except Unproven as refusal:
        return _page(asked, login=login, fault=refusal.sentence, status=422)
    except Refused as refusal:
        return _page(asked, login=login, fault=refusal.sentence, status=403)
    return redirect(after(asked), cookies=[cookies.session(asked.settings, cookie)])


async def log_out(asked: Asked) -> Answer:
    """POST /auth/sign_out; whoever is in the booth leaves it."""
    if asked.viewer.guest:
        await entering.leave(asked.tx, asked.me)
    if asked.cookie:
        await sessions.end(asked.tx, asked.cookie)
    return redirect("/", cookies=[cookies.session(asked.settings, "")])


def _page(asked: Asked, *, login: str = "", fault: str = "", status: int = 200) -> Answer:
    return page(asked, "sign_in.html", status=status, login=login, fault=fault, next=after(asked))
