"""From nobody to somebody whose program has a token, by links and forms alone."""

import base64
import hashlib
from urllib.parse import urlencode

import pytest

from tests.newcomers import PASSWORD, newcomer
from tests.serving import Server, Start
from tests.web.pages.browser import Browser, query
from tests.web.pages.visiting import ALL_ROUTES, CALLBACK, NATIVE_APP, OUT_OF_BAND, logged_in, program

VERIFIER = "a-verifier-that-has-at-least-forty-three-characters"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


def asking(client_id: str, redirect_uri: str, **more: str) -> str:
    return "/oauth/authorize?" + urlencode(
        {"response_type": "code", "client_id": client_id, "redirect_uri": redirect_uri, "scope": "read write", **more}
    )


async def test_from_sign_up_to_a_token(site: Server, browser: Browser) -> None:
    application, secret = await program(site)
    await browser.open(
        asking(application.client_id, CALLBACK, state="a b&c", code_challenge=CHALLENGE, code_challenge_method="S256")
    )
    await browser.open(
        asking(application.client_id, CALLBACK, state="a b&c", code_challenge=CHALLENGE, code_challenge_method="S256")
    )
    assert browser.path.startswith("/auth/sign_in?next=")
    await browser.open([link for words, link in browser.page.links.items() if words == "Sign up"][-1])
    await browser.press(
        "Sign up", username="cleo", email="cleo@coop.example", password="a good password", agreement="true"
    )
    assert browser.path.startswith("/oauth/authorize?")
    assert "Tusky <b>" in browser.page.words
    assert "Act as you" in browser.page.words
    assert "https://tusky.example/" in browser.page.links
    await browser.press("Allow")
    answer = query(browser.left_for)
    assert browser.left_for.startswith(CALLBACK + "&")
    assert answer["state"] == "a b&c"
    response = await site.client().post(
        "/oauth/token",
        data={
            "grant_type": "authorization_code",
            "client_id": application.client_id,
            "client_secret": secret,
            "code": answer["code"],
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        },
    )
    token = response.json()["access_token"]
    me = await site.client(token).get("/api/v1/accounts/verify_credentials")
    assert me.json()["username"] == "cleo"


async def test_log_in_leads_back_to_the_question(site: Server, browser: Browser) -> None:
    await newcomer(site.store, "ana")
    application, _ = await program(site)
    await browser.open(asking(application.client_id, NATIVE_APP, state="s"))
    await browser.press("Log in", login="ANA@coop.example", password=PASSWORD)
    await browser.press("Allow")
    assert browser.left_for.startswith(f"{NATIVE_APP}?code=")
    assert query(browser.left_for)["state"] == "s"


async def test_out_of_band_shows_the_code(site: Server, anas: Browser) -> None:
    application, secret = await program(site)
    await anas.open(asking(application.client_id, OUT_OF_BAND))
    await anas.press("Allow")
    assert anas.path.startswith("/oauth/authorize/native?code=")
    shown = next(each["value"] for each in anas.page.all("input") if each.get("id") == "code")
    response = await site.client().post(
        "/oauth/token",
        json={
            "grant_type": "authorization_code",
            "client_id": application.client_id,
            "client_secret": secret,
            "code": shown,
            "redirect_uri": OUT_OF_BAND,
        },
    )
    assert response.json()["scope"] == "read write"


async def test_denied(site: Server, anas: Browser) -> None:
    application, _ = await program(site)
    await anas.open(asking(application.client_id, CALLBACK, state="s"))
    await anas.press("Deny")
    assert query(anas.left_for)["error"] == "access_denied"
    assert query(anas.left_for)["state"] == "s"
    await anas.open(asking(application.client_id, OUT_OF_BAND))
    await anas.press("Deny")
    assert "was given nothing" in anas.page.words


async def test_force_login_asks_for_the_password_again(site: Server, anas: Browser) -> None:
    application, _ = await program(site)
    await anas.open(asking(application.client_id, CALLBACK, force_login="true"))
    assert anas.path.startswith("/auth/sign_in?")
    await anas.press("Log in", login="ana", password=PASSWORD)
    assert anas.path.startswith("/oauth/authorize?")
    assert "Allow" in anas.page.form.buttons


async def test_trailing_slash_of_old_clients(site: Server, anas: Browser) -> None:
    application, _ = await program(site)
    await anas.open(asking(application.client_id, CALLBACK).replace("authorize?", "authorize/?"))
    assert "Allow" in anas.page.form.buttons


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"client_id": "nobody"}, "unknown"),
        ({"redirect_uri": "https://client.example/callback"}, "redirect_uri"),
        ({"redirect_uri": CALLBACK + "#x"}, "redirect_uri"),
        ({"redirect_uri": "https://evil.example/"}, "redirect_uri"),
        ({"redirect_uri": ""}, "redirect_uri"),
        ({"response_type": "token"}, "response_type"),
        ({"response_type": ""}, "response_type"),
        ({"scope": "write:nothing"}, "scope"),
        ({"scope": "push"}, "push"),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "plain"}, "S256"),
        ({"code_challenge": CHALLENGE}, "S256"),
    ],
)
@pytest.mark.threat("F7")
async def test_a_wrong_request_is_shown_and_sent_nowhere(
    site: Server, anas: Browser, browser: Browser, wrong: dict[str, str], says: str
) -> None:
    application, _ = await program(site)
    address = asking(application.client_id, CALLBACK)
    for one in (anas, browser):
        await one.open(asking(**({"client_id": application.client_id, "redirect_uri": CALLBACK} | wrong)), 400)
        assert not one.left_for
        assert says in one.page.words
    await anas.open(address)
    form = anas.page.form
    await anas.send(form, "Allow", 400, **wrong)
    assert not anas.left_for


async def test_every_fault_of_a_form_is_shown(site: Server, browser: Browser) -> None:
    await newcomer(site.store, "ana")
    await browser.open("/auth/sign_up")
    await browser.press("Sign up", 422, username="a na", email="nonsense", password="short")
    for field in ("username", "email", "password", "agreement"):
        assert f"{field}-fault" in browser.page.ids
    assert browser.page.form.values["username"] == "a na"
    assert "password" not in browser.page.form.values or not browser.page.form.values["password"]
    await browser.press("Sign up", 422, username="Ana", email="b@coop.example", password="long enough", agreement="on")
    assert "already been taken" in browser.page.words


async def test_by_application(start: Start) -> None:
    site = await start(tables={"routes": ALL_ROUTES}, PHYLE_REGISTRATION="application")
    browser = Browser(site.client())
    await browser.open("/auth/sign_up")
    filled = {"username": "dora", "email": "d@x.example", "password": "long enough", "agreement": "on"}
    await browser.press("Send the application", 422, **filled)
    assert "reason-fault" in browser.page.ids
    form = browser.page.form
    form.values |= filled | {"reason": "I like it"}
    await browser.send(form, "Send the application")
    assert "has been received" in browser.page.words
    await browser.open("/auth/sign_in")
    await browser.press("Log in", 403, login="dora", password="long enough")
    assert "pending approval" in browser.page.words
    await browser.open("/auth/sign_in")
    await browser.press("Log in", 422, login="dora", password="not the password")
    assert "pending" not in browser.page.words


async def test_closed(start: Start) -> None:
    site = await start(tables={"routes": ALL_ROUTES}, PHYLE_REGISTRATION="closed")
    browser = Browser(site.client())
    await browser.open("/")
    assert "Sign up" not in browser.page.links
    form = (await browser.open("/auth/sign_in")).form
    await browser.open("/auth/sign_up")
    assert "no new people" in browser.page.words
    form.action = "/auth/sign_up"
    form.values |= {"username": "eve", "email": "e@x.example", "password": "long enough", "agreement": "on"}
    await browser.send(form, "Log in", 403)
    assert "closed" in browser.page.words


@pytest.mark.parametrize("where", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil", "evil", ""])
async def test_log_in_leads_only_to_our_own_pages(site: Server, browser: Browser, where: str) -> None:
    await newcomer(site.store, "ana")
    await browser.open("/auth/sign_in?" + urlencode({"next": where}))
    await browser.press("Log in", login="ana", password=PASSWORD, next=where)
    assert not browser.left_for
    assert browser.path == "/"


async def test_logging_out(site: Server, anas: Browser) -> None:
    kept = anas.cookies
    await anas.open("/")
    await anas.press("Log out")
    assert "Log in" in anas.page.links
    assert not [name for name in anas.cookies if "session" in name]
    old = Browser(site.client())
    for name, value in kept.items():
        old.client.cookies.set(name, value)
    await old.open("/")
    assert "Log in" in old.page.links


async def test_wrong_and_unknown_read_the_same(site: Server, browser: Browser) -> None:
    await newcomer(site.store, "ana")
    said = []
    for login in ("ana", "nobody", "ana@coop.example", "@"):
        await browser.open("/auth/sign_in")
        await browser.press("Log in", 422, login=login, password="wrong")
        said.append([each for each in browser.page.document.splitlines() if 'role="alert"' in each])
    assert all(each == said[0] != [] for each in said)


async def test_logged_in_again_as_another(site: Server, anas: Browser) -> None:
    await newcomer(site.store, "ben")
    await logged_in(anas, "ben")
    assert "@ana" not in anas.page.links
