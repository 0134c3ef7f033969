"""How a member gets in, and which programs do in their name."""

from collections.abc import Mapping
from dataclasses import replace

from phyle.errors import Refusal, Unprocessable, Unproven
from phyle.identity import accounts, names, passwords, sessions, tokens
from phyle.store.transaction import Tx
from phyle.web import cookies
from phyle.web.answers import Answer
from phyle.web.asked import Asked
from phyle.web.pages import words
from phyle.web.pages.settings import ACCESS, LONGEST_PASSWORD, confirmed, done, part
from phyle.web.pages.visitors import first_log_in

_SCOPES: Mapping[str, str] = {"read": "read:repositories", "write": "read:repositories write:repositories"}
"""What an application password may be for."""


async def show(asked: Asked) -> Answer:
    """GET /settings/access"""
    if asked.viewer.actor is None:
        return first_log_in(asked)
    return await _page(asked, asked.tx)


async def change_password(asked: Asked) -> Answer:
    """POST /settings/password: all sessions and tokens end; this browser gets a new session."""
    try:
        cookie = await _changed(asked, _chosen(asked))
    except (Unproven, Unprocessable) as refusal:
        async with asked.store.reading() as tx:
            return await _page(asked, tx, refusal)
    return replace(done(ACCESS, "password"), cookies=[cookies.session(asked.settings, cookie)])


def _chosen(asked: Asked) -> str:
    chosen = asked.text("new_password", most=LONGEST_PASSWORD)
    names.check_password(chosen)
    if chosen != asked.text("again", most=LONGEST_PASSWORD):
        raise Unprocessable("The new password was not the same both times.")
    return chosen


async def _changed(asked: Asked, chosen: str) -> str:
    account = await confirmed(asked)
    password_hash = await passwords.digest(chosen)
    async with asked.store.transaction() as tx:
        await accounts.hold(tx, account)
        await accounts.set_password(tx, account, password_hash)
        return await sessions.begin(tx, replace(account, password_hash=password_hash))


async def revoke(asked: Asked) -> Answer:
    """POST /settings/programs: a program loses its access."""
    await tokens.withdraw(asked.tx, asked.me.id, asked.id_of("token") or 0)
    return done(ACCESS, "program")


async def make_password(asked: Asked) -> Answer:
    """POST /settings/passwords: a password for git and the like, which this one answer shows."""
    wanted = _SCOPES.get(asked.text("may"), _SCOPES["read"])
    try:
        async with asked.store.transaction() as tx:
            made = await tokens.make_password(tx, asked.me.id, asked.text("name", most=1000), wanted)
    except Unprocessable as refusal:
        async with asked.store.reading() as tx:
            return await _page(asked, tx, refusal)
    async with asked.store.reading() as tx:
        return await _page(asked, tx, secret=made.secret)


async def _page(asked: Asked, tx: Tx, fault: Refusal | None = None, secret: str = "") -> Answer:
    account = await accounts.by_actor(tx, asked.me.id)
    programs = [(access, words.scopes(access.scopes)) for access in await tokens.held(tx, asked.me.id)]
    return part(
        asked,
        ACCESS,
        "settings_access.html",
        fault=fault,
        email=account.email,
        programs=programs,
        secret=secret,
        shortest=passwords.SHORTEST,
        longest=passwords.LONGEST,
    )
