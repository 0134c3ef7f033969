"""Threats to those who use pages: forged forms, stolen and planted sessions."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest

from phyle.web.pages.table import ROUTES
from tests.newcomers import PASSWORD, newcomer
from tests.people import sql
from tests.serving import Server, Start
from tests.web.pages.browser import Browser
from tests.web.pages.visiting import ALL_ROUTES, CALLBACK, Visit, logged_in, program

APART = ("/phyle/", "/commons/", "/@<name>.git")
"""The forms of the phyle and of the commons have tests of their own."""
WRITING = sorted(route.path for route in ROUTES if route.method != "GET" and not route.path.startswith(APART))

ALWAYS = ("/share", "/authorize_interaction", "/oauth/authorize", "/settings", "/settings/passwords")
"""Forms that do something for Ana whenever she sends them."""


def session_of(browser: Browser) -> tuple[str, str]:
    ((name, value),) = [(name, value) for name, value in browser.cookies.items() if "session" in name]
    return name, value


async def _state(site: Server) -> list[Any]:
    """Whatever a forged form might change."""
    queries = (
        "SELECT count(*) FROM conversation.posts",
        "SELECT count(*) FROM conversation.follows",
        "SELECT count(*) FROM conversation.favourites",
        "SELECT count(*) FROM identity.accounts",
        "SELECT count(*) FROM identity.sessions",
        "SELECT count(*) FROM identity.authorization_codes",
        "SELECT count(*) FROM identity.tokens",
        "SELECT count(*) FROM identity.actors WHERE display_name <> '' OR deleted_at IS NOT NULL",
        "SELECT count(DISTINCT password_hash) FROM identity.accounts",
    )
    async with site.store.reading() as tx:
        return [(await sql(tx, query))[0][0] for query in queries]


async def _filled(site: Server) -> dict[str, dict[str, str]]:
    """For each form, values with which it would do something for Ana."""
    ben = await newcomer(site.store, "ben")
    application, _ = await program(site)
    asking = {"response_type": "code", "client_id": application.client_id, "redirect_uri": CALLBACK}
    return {
        "/auth/sign_in": {"login": "ben", "password": PASSWORD},
        "/auth/sign_out": {},
        "/auth/sign_up": {"username": "eve", "email": "e@x.example", "password": "long enough", "agreement": "on"},
        "/authorize_interaction": {"action": "follow", "actor": str(ben.actor.id)},
        "/oauth/authorize": asking | {"decision": "approve"},
        "/settings": {"display_name": "Forged"},
        "/settings/aliases": {"account": "@ben"},
        "/settings/aliases/remove": {"uri": ben.actor.uri},
        "/settings/leaving": {"name": "ana", "password": PASSWORD},
        "/settings/moving": {"target": "@ben", "password": PASSWORD},
        "/settings/moving/back": {},
        "/settings/password": {"password": PASSWORD, "new_password": "long enough", "again": "long enough"},
        "/settings/passwords": {"name": "git", "may": "write"},
        "/settings/programs": {"token": "1"},
        "/share": {"text": "I was forged", "visibility": "public"},
    }


@pytest.mark.threat("F11")
async def test_forged_forms_change_nothing(site: Server, anas: Browser, visit: Visit) -> None:
    forms = await _filled(site)
    assert sorted(forms) == WRITING
    mallory = visit()
    stolen = (await mallory.open("/auth/sign_in")).form.values["form_proof"]
    own = (await anas.open("/share")).form.values["form_proof"]
    before = await _state(site)
    evil = {"Origin": "https://evil.example"}
    for path, values in forms.items():
        for proof, headers in (
            (None, {}),
            ("", {}),
            ("é", {}),
            ("." + "0" * 64, {}),
            (stolen, {}),
            (own[:-1], {}),
            (own, evil),
            (own, {"Origin": "null"}),
            (own, {"Sec-Fetch-Site": "cross-site"}),
            (own, {"Sec-Fetch-Site": "same-site"}),
        ):
            sent = values if proof is None else values | {"form_proof": proof}
            response = await anas.client.post(path, data=sent, headers=headers)
            assert response.status_code == 403, (path, proof, headers)
            assert "set-cookie" not in response.headers
    assert await _state(site) == before


@pytest.mark.threat("F11")
async def test_the_same_forms_work_with_their_proof(site: Server, anas: Browser) -> None:
    """So that the test above fails when it should."""
    forms = await _filled(site)
    for path in (*ALWAYS, "/settings/leaving"):
        before = await _state(site)
        proof = (await anas.open("/share")).form.values["form_proof"]
        response = await anas.client.post(path, data=forms[path] | {"form_proof": proof})
        assert response.status_code in (200, 303)
        assert await _state(site) != before


@pytest.mark.threat("F11")
async def test_getting_changes_nothing(site: Server, anas: Browser) -> None:
    forms = await _filled(site)
    proof = (await anas.open("/share")).form.values["form_proof"]
    before = await _state(site)
    assert (await anas.client.get("/auth/sign_out")).status_code == 405
    for path, values in forms.items():
        for method in ("GET", "HEAD"):
            response = await anas.client.request(method, f"{path}?{urlencode(values | {'form_proof': proof})}")
            assert response.status_code in (200, 405), (path, response.status_code)
            assert "session" not in response.headers.get("set-cookie", "")
    for method in ("PUT", "PATCH", "DELETE"):
        assert (await anas.client.request(method, "/share")).status_code == 405
    assert await _state(site) == before


@pytest.mark.threat("F11")
async def test_cookies_on_this_machine(site: Server, browser: Browser) -> None:
    await newcomer(site.store, "ana")
    seen = [(await browser.client.get("/auth/sign_in")).headers["set-cookie"]]
    await browser.open("/auth/sign_in")
    form = browser.page.form
    response = await browser.client.post(form.action, data=form.values | {"login": "ana", "password": PASSWORD})
    seen.append(response.headers["set-cookie"])
    for cookie in seen:
        assert re.match(rf"phyle-(form|session)-{site.store.settings.port}=[\w-]+; ", cookie)
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert "domain" not in cookie.lower()


@pytest.mark.threat("F11")
async def test_cookies_over_https(start: Start) -> None:
    site = await start(tables={"routes": ALL_ROUTES}, PHYLE_DOMAIN="social.example")
    await newcomer(site.store, "ana")
    client = Browser(site.client()).client
    client.base_url = f"http://127.0.0.1:{site.port}"
    page = await client.get("/auth/sign_in")
    form_cookie = page.headers["set-cookie"]
    proof = re.search(r'name="form_proof" value="([^"]+)"', page.text)
    assert proof is not None
    values = {"login": "ana", "password": PASSWORD, "form_proof": proof[1]}
    headers = {"Cookie": form_cookie.partition(";")[0], "Origin": "https://social.example"}
    session_cookie = (await client.post("/auth/sign_in", data=values, headers=headers)).headers["set-cookie"]
    for cookie in (form_cookie, session_cookie):
        assert re.match(r"__Host-phyle-(form|session)=[\w-]+; ", cookie)
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert "domain" not in cookie.lower()


@pytest.mark.threat("F12")
async def test_log_in_makes_a_new_session_and_ends_the_former(site: Server, anas: Browser, visit: Visit) -> None:
    name, first = session_of(anas)
    await logged_in(anas, "ana")
    assert session_of(anas)[1] != first
    other = visit()
    other.client.cookies.set(name, first)
    assert "Log in" in (await other.open("/")).links


@pytest.mark.threat("F12")
async def test_a_planted_session_is_not_taken_over(site: Server, browser: Browser, visit: Visit) -> None:
    """Mallory makes the browser hold a cookie of theirs, be it invented or of their own account, and waits for Ana."""
    await newcomer(site.store, "ana")
    await newcomer(site.store, "mallory")
    mallory = await logged_in(visit(), "mallory")
    name, theirs = session_of(mallory)
    for planted in ("x" * 43, theirs):
        victim = visit()
        victim.client.cookies.set(name, planted)
        await victim.open("/auth/sign_in")
        form = victim.page.form
        values = form.values | {"login": "ana", "password": PASSWORD}
        response = await victim.client.post(form.action, data=values, headers={"Origin": site.origin})
        assert planted not in response.headers["set-cookie"]
        again = visit()
        again.client.cookies.set(name, planted)
        await again.open("/")
        assert "@ana" not in again.page.links
        assert "@mallory" not in again.page.links


@pytest.mark.threat("F12")
async def test_signing_up_makes_a_new_session(site: Server, browser: Browser) -> None:
    await newcomer(site.store, "mallory")
    await logged_in(browser, "mallory")
    _, before = session_of(browser)
    await browser.open("/auth/sign_up")
    await browser.press("Sign up", username="cleo", email="c@x.example", password="long enough", agreement="true")
    assert session_of(browser)[1] != before
    assert "@cleo" in browser.page.links


@pytest.mark.threat("F1")
async def test_a_cookie_opens_pages_and_not_the_api(site: Server, anas: Browser) -> None:
    assert (await anas.client.get("/api/v1/accounts/verify_credentials")).status_code == 401
    assert (await anas.client.post("/api/v1/statuses", json={"status": "forged"})).status_code == 401


@pytest.mark.threat("F9")
async def test_guessing_passwords_ends(start: Start) -> None:
    site = await start(tables={"routes": ALL_ROUTES}, PHYLE_LIMITS="on")
    await newcomer(site.store, "ana")
    browser = Browser(site.client())
    await browser.open("/auth/sign_in")
    form = browser.page.form
    answers = []
    for number in range(12):
        guess = form.values | {"login": "ana", "password": str(number)}
        answers.append((await browser.client.post(form.action, data=guess)).status_code)
    assert answers[0] == 422
    assert answers[-1] == 429
    right = await browser.client.post(form.action, data=form.values | {"login": "ana", "password": PASSWORD})
    assert right.status_code == 429


@pytest.mark.threat("F16")
async def test_no_secret_stands_in_an_address_or_page(site: Server, anas: Browser) -> None:
    _, cookie = session_of(anas)
    application, secret = await program(site)
    asking = {"response_type": "code", "client_id": application.client_id, "redirect_uri": CALLBACK, "scope": "read"}
    await anas.open("/oauth/authorize?" + urlencode(asking))
    assert cookie not in anas.page.document
    assert secret not in anas.page.document
    await anas.press("Allow")
    assert cookie not in anas.left_for
    assert anas.left_for.startswith(f"{CALLBACK}&code=")
