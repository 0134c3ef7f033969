"""Leaving for good."""

from dataclasses import replace

from phyle.errors import Refusal, Unprocessable, Unproven
from phyle.identity import leaving
from phyle.identity.viewer import ANYONE
from phyle.text import fold
from phyle.web import cookies
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages.rendering import page
from phyle.web.pages.settings import LEAVING, confirmed, part
from phyle.web.pages.visitors import first_log_in


async def show(asked: Asked) -> Answer:
    """GET /settings/leaving"""
    if asked.viewer.actor is None:
        return first_log_in(asked)
    return _page(asked)


async def leave(asked: Asked) -> Answer:
    """POST /settings/leaving: the account is deleted, if its name and password are given."""
    try:
        _check_name(asked)
        account = await confirmed(asked)
        async with asked.store.transaction() as tx:
            await leaving.delete(tx, account)
    except (Unproven, Unprocessable) as refusal:
        return _page(asked, refusal)
    asked.viewer = ANYONE
    return replace(page(asked, "left.html", name=account.actor.name), cookies=[cookies.session(asked.settings, "")])


def _check_name(asked: Asked) -> None:
    if fold(asked.text("name").strip().removeprefix("@")) != fold(asked.me.name):
        raise Unprocessable("This is not the name of your account.")


def _page(asked: Asked, fault: Refusal | None = None) -> Answer:
    name = asked.text("name", most=100) if fault else ""
    return part(asked, LEAVING, "settings_leaving.html", fault=fault, name=name)
