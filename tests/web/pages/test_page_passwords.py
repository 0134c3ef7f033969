"""Passwords for git and the like: made on a page, shown once, listed by name, taken away."""

import base64

from phyle.identity import basic
from tests.serving import Server
from tests.web.pages.browser import Browser


async def _header(secret: str) -> str:
    return "Basic " + base64.b64encode(f"whoever:{secret}".encode()).decode()


def _secret(anas: Browser) -> str:
    return next(word for word in anas.page.words.split() if len(word) == 43)


async def test_a_password_is_made_shown_once_and_taken_away(site: Server, anas: Browser) -> None:
    await anas.open("/settings/access")
    await anas.press("Make a password", name="  git on <my> laptop ", may="write")
    secret = _secret(anas)
    viewer = await basic.proven(site.store, await _header(secret), "127.0.0.1")
    assert viewer.scopes == "read:repositories write:repositories"
    await anas.open("/settings/access")
    assert secret not in anas.page.words
    assert "git on <my> laptop" in anas.page.words
    stored = await site.store.pool.fetchval("SELECT string_agg(t::text, ' ') FROM identity.tokens t")
    assert secret not in stored
    form = next(form for form in anas.page.forms if any("from git on <my> laptop" in button for button in form.buttons))
    await anas.send(form, next(iter(form.buttons)))
    assert "git on <my> laptop" not in anas.page.words
    answer = await site.client(secret).get("/api/v1/accounts/verify_credentials")
    assert answer.status_code == 401


async def test_one_for_reading_only(site: Server, anas: Browser) -> None:
    await anas.open("/settings/access")
    await anas.press("Make a password", name="mirror", may="read")
    viewer = await basic.proven(site.store, await _header(_secret(anas)), "127.0.0.1")
    assert viewer.scopes == "read:repositories"


async def test_a_password_needs_a_name(anas: Browser) -> None:
    await anas.open("/settings/access")
    await anas.press("Make a password", status=422, name="   ", may="write")
    assert "Name what the password is for" in anas.page.words
