"""The settings of a member, by links and forms alone."""

import asyncio
from typing import Any

import httpx
import pytest

from phyle.identity import accounts, actors, profiles, tokens
from phyle.identity.actors import Actor
from phyle.identity.profiles import Change
from phyle.store.transaction import in_transaction
from tests.newcomers import PASSWORD, newcomer, token_for
from tests.people import elsewhere, sql
from tests.serving import Server, Start
from tests.web.pages.browser import Browser
from tests.web.pages.visiting import ALL_ROUTES, Visit, logged_in

NEW = "another good password"


async def stored(site: Server, name: str = "ana") -> Actor:
    async with site.store.reading() as tx:
        found = await actors.by_name(tx, name)
        assert found is not None
        return found


async def client_of(site: Server, name: str = "ana", scopes: str = "read") -> httpx.AsyncClient:
    async with site.store.reading() as tx:
        account = await accounts.by_login(tx, name)
    return site.client(await token_for(site.store, account, scopes=scopes))


async def status(client: httpx.AsyncClient) -> int:
    return (await client.get("/api/v1/accounts/verify_credentials")).status_code


@pytest.mark.parametrize("path", ["/settings", "/settings/access", "/settings/moving", "/settings/leaving"])
async def test_settings_are_for_members(site: Server, browser: Browser, path: str) -> None:
    await newcomer(site.store, "ana")
    await browser.open(path)
    assert browser.path.startswith("/auth/sign_in?next=")
    await browser.press("Log in", login="ana", password=PASSWORD)
    assert browser.path == path
    response = await browser.client.get(path)
    assert response.headers["cache-control"] == "private, no-store"


async def test_a_profile_is_changed(site: Server, anas: Browser) -> None:
    await anas.open("/@ana")
    await anas.click("Settings")
    form = next(form for form in anas.page.forms if "Save" in form.buttons)
    assert form.values["discoverable"] == "true"
    del form.values["discoverable"]
    await anas.send(
        form,
        "Save",
        display_name="Ana 🌱",
        note="I bake.\r\n\r\nAnd read <b>.",
        field_name_1="Garden",
        field_value_1="https://garden.example/",
        field_name_3="Shoe size",
        field_value_3="39",
        locked="true",
        indexable="true",
    )
    assert anas.path == "/settings?done=profile"
    assert "Your profile is saved." in anas.page.words
    ana = await stored(site)
    assert (ana.display_name, ana.note) == ("Ana 🌱", "I bake.\n\nAnd read <b>.")
    assert (ana.locked, ana.discoverable, ana.indexable) == (True, False, True)
    form = next(form for form in anas.page.forms if "Save" in form.buttons)
    assert form.values["field_value_1"] == "https://garden.example/"
    assert (form.values["field_name_2"], form.values["field_value_2"]) == ("Shoe size", "39")
    assert (form.values["locked"], form.values.get("discoverable")) == ("true", None)
    await anas.open("/@ana")
    assert "Ana 🌱" in anas.page.words
    assert "https://garden.example/" in anas.page.links


async def test_saving_what_is_there_changes_nothing(site: Server, anas: Browser) -> None:
    fields = [(f"Name {number}", f"https://{number}.example/") for number in range(profiles.MOST_FIELDS)]
    async with site.store.transaction() as tx:
        ana = await actors.by_name(tx, "ana")
        assert ana is not None
        before = await profiles.change(tx, ana, Change(display_name="A", note=" <x>\n&amp; ", fields=fields))
    await anas.open("/settings")
    await anas.press("Save")
    assert await stored(site) == before


async def test_what_is_too_long_stays_in_the_form(site: Server, anas: Browser) -> None:
    await anas.open("/settings")
    await anas.press("Save", 422, display_name="x" * 101, note="kept")
    assert "longer than 100 characters" in anas.page.words
    assert "Validation failed" not in anas.page.words
    form = next(form for form in anas.page.forms if "Save" in form.buttons)
    assert (form.values["display_name"], form.values["note"]) == ("x" * 101, "kept")
    assert (await stored(site)).display_name == ""


@pytest.mark.threat("F12")
async def test_a_new_password_ends_everything_else(site: Server, anas: Browser, visit: Visit) -> None:
    other, program = await logged_in(visit(), "ana"), await client_of(site)
    cookie = dict(anas.cookies)
    assert await status(program) == 200
    await anas.open("/settings/access")
    assert "ana@coop.example" in anas.page.words
    await anas.press("Change the password", password=PASSWORD, new_password=NEW, again=NEW)
    assert "You have a new password." in anas.page.words
    assert "@ana" in anas.page.links, "this browser stays logged in"
    assert dict(anas.cookies) != cookie
    assert await status(program) == 401
    assert "Log in" in (await other.open("/")).links
    browser = visit()
    await browser.open("/auth/sign_in")
    await browser.press("Log in", 422, login="ana", password=PASSWORD)
    await browser.press("Log in", login="ana", password=NEW)
    assert "@ana" in browser.page.links


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"password": "a guess"}, "not your password"),
        ({"password": ""}, "not your password"),
        ({"password": "x" * 5000}, "not your password"),
        ({"new_password": "short", "again": "short"}, "too short"),
        ({"new_password": "x" * 1001, "again": "x" * 1001}, "too long"),
        ({"again": "something else"}, "not the same"),
    ],
)
async def test_a_password_is_not_changed_by_mistake(
    site: Server, anas: Browser, wrong: dict[str, str], says: str
) -> None:
    program = await client_of(site)
    await anas.open("/settings/access")
    values = {"password": PASSWORD, "new_password": NEW, "again": NEW} | wrong
    await anas.press("Change the password", 422, **values)
    assert says in anas.page.words
    assert NEW not in anas.page.document
    assert await status(program) == 200
    await logged_in(anas, "ana")


@pytest.mark.threat("F9")
async def test_nobody_guesses_the_password_of_a_session(start: Start) -> None:
    site = await start(tables={"routes": ALL_ROUTES}, PHYLE_LIMITS="on")
    await newcomer(site.store, "ana")
    browser = await logged_in(Browser(site.client()), "ana")
    await browser.open("/settings/leaving")
    form = next(form for form in browser.page.forms if form.action == "/settings/leaving")
    answers = []
    for number in range(12):
        guess = form.values | {"name": "ana", "password": str(number)}
        answers.append((await browser.client.post(form.action, data=guess)).status_code)
    assert answers[0] == 422
    assert answers[-1] == 429


async def test_a_program_loses_its_access(site: Server, anas: Browser) -> None:
    first, second = await client_of(site), await client_of(site, scopes="read write:statuses")
    await anas.open("/settings/access")
    assert anas.page.words.count("Read everything that you can read") == 2
    assert "Publish, edit and delete posts" in anas.page.words
    assert {await status(first), await status(second)} == {200}
    await anas.press("Take access away from Tool")
    assert "has no access to your account any more" in anas.page.words
    assert sorted([await status(first), await status(second)]) == [200, 401]
    await anas.press("Take access away from Tool")
    assert {await status(first), await status(second)} == {401}
    assert "No program has access" in anas.page.words


@pytest.mark.threat("F5")
async def test_nobody_ends_the_access_of_others(site: Server, anas: Browser) -> None:
    await newcomer(site.store, "ben")
    bens, _ = await client_of(site, "ben"), await client_of(site)
    async with site.store.reading() as tx:
        ben = await accounts.by_login(tx, "ben")
        assert ben is not None
        (theirs,) = await tokens.held(tx, ben.actor.id)
    await anas.open("/settings/access")
    form = next(form for form in anas.page.forms if form.action == "/settings/programs")
    for token in (str(theirs.id), "0", "", "x"):
        await anas.send(form, "Take access away from Tool", 404, token=token)
    assert await status(bens) == 200


async def _site_beside_another(start: Start) -> tuple[Server, Browser, Actor, list[tuple[str, str, bool]]]:
    """A site with Ana, who also is Mira elsewhere; and what other servers were asked, and whether in a transaction."""
    asked: list[tuple[str, str, bool]] = []
    known: dict[str, int] = {}

    async def resolve(name: str) -> int | None:
        asked.append(("resolve", name, in_transaction.get()))
        return known.get(name)

    async def refresh(name: str) -> int | None:
        asked.append(("refresh", name, in_transaction.get()))
        return known.get(name)

    tables: dict[str, Any] = {"routes": ALL_ROUTES, "resolve_actor": resolve, "refresh_actor": refresh}
    site = await start(tables=tables)
    ana = await newcomer(site.store, "ana")
    async with site.store.transaction() as tx:
        mira = await elsewhere(tx, "mira")
    known |= {"@mira@far.example": mira.id, "@ana": ana.actor.id}
    return site, await logged_in(Browser(site.client()), "ana"), mira, asked


async def test_other_accounts_are_named_and_removed(start: Start) -> None:
    site, browser, mira, asked = await _site_beside_another(start)
    await browser.open("/settings/moving")
    await browser.press("Name this account", account=" acct:@mira@far.example ")
    assert "@mira@far.example" in browser.page.words
    await browser.press("Name this account", account="@mira@far.example")
    assert (await stored(site)).also_known_as == [mira.uri]
    await browser.press("Name this account", 404, account="@nobody@far.example")
    assert "No such account was found" in browser.page.words
    assert next(form for form in browser.page.forms if "account" in form.values).values["account"]
    await browser.press("Name this account", 422, account="@ana")
    await browser.press("Name this account", 404, account="")
    assert not any(held for _, _, held in asked)
    await browser.open("/settings/moving")
    await browser.press("Remove @mira@far.example")
    assert (await stored(site)).also_known_as == []


async def test_moving_away_and_back(start: Start) -> None:
    site, browser, mira, asked = await _site_beside_another(start)
    ben = await newcomer(site.store, "ben")
    ana = await stored(site)
    async with site.store.transaction() as tx:
        await sql(
            tx,
            "INSERT INTO conversation.follows (id, follower, followed, state, uri) VALUES (1, $1, $2, 'accepted', 'x')",
            ben.actor.id,
            ana.id,
        )
    await browser.open("/settings/moving")
    form = {"target": "@mira@far.example", "password": PASSWORD}
    await browser.press("Move away", 422, **form | {"password": "a guess"})
    assert not asked, "nobody is asked before the password is right"
    await browser.press("Move away", 404, **form | {"target": "@nobody@far.example"})
    await browser.press("Move away", 403, **form)
    assert "does not name this one yet" in browser.page.words
    assert (await stored(site)).moved_to is None
    async with site.store.transaction() as tx:
        await sql(tx, "UPDATE identity.actors SET also_known_as = $2 WHERE id = $1", mira.id, [ana.uri])
    await browser.press("Move away", **form)
    assert "You have moved to @mira@far.example" in " ".join(browser.page.words.split())
    assert {how for how, _, _ in asked} == {"refresh"}
    assert not any(held for _, _, held in asked)
    await browser.open("/@ana")
    assert browser.page.links["@mira@far.example"] == mira.url
    async with site.store.reading() as tx:
        rows = await sql(tx, "SELECT followed, state FROM conversation.follows WHERE follower = $1", ben.actor.id)
    assert [(row["followed"], row["state"]) for row in rows] == [(mira.id, "asked")]
    me = (await (await client_of(site)).get(f"/api/v1/accounts/{ana.id}")).json()
    assert me["moved"]["acct"] == "mira@far.example"
    await browser.open("/settings/moving")
    await browser.press("Be here again")
    assert (await stored(site)).moved_to is None


async def test_leaving_for_good(site: Server, anas: Browser, visit: Visit) -> None:
    program = await client_of(site)
    await anas.open("/settings/leaving")
    await anas.press("Delete my account for good", 422, name="ana", password="a guess")
    assert "not your password" in anas.page.words
    await anas.press("Delete my account for good", 422, name="ben", password=PASSWORD)
    assert "not the name of your account" in anas.page.words
    await anas.press("Delete my account for good", 422, name="", password=PASSWORD)
    assert await status(program) == 200
    await anas.press("Delete my account for good", name="@Ana", password=PASSWORD)
    assert "Your account is deleted" in anas.page.words
    assert "Log in" in anas.page.links
    assert not [name for name in anas.cookies if "session" in name]
    assert await status(program) == 401
    await anas.open("/@ana", 410)
    browser = visit()
    await browser.open("/auth/sign_in")
    await browser.press("Log in", 422, login="ana", password=PASSWORD)
    await browser.press("Log in", 422, login="ana@coop.example", password=PASSWORD)
    await browser.open("/auth/sign_up")
    form = {"username": "ANA", "email": "ana@coop.example", "password": PASSWORD, "agreement": "true"}
    await browser.press("Sign up", 422, **form)
    assert "already been taken" in browser.page.words
    await browser.press("Sign up", **form | {"username": "ana2"})
    assert "@ana2" in browser.page.links, "the e-mail address is forgotten, so it can be used again"


async def test_whoever_changes_the_password_first_wins(site: Server, anas: Browser) -> None:
    """Two forms with the same old password, at once: the account is held as it was when its password was verified."""
    await anas.open("/settings/access")
    form = next(form for form in anas.page.forms if form.action == "/settings/password")
    sent = [form.values | {"password": PASSWORD, "new_password": new, "again": new} for new in (NEW, NEW + " 2")]
    async with httpx.AsyncClient(base_url=site.origin, cookies=anas.client.cookies, trust_env=False) as twin:
        answers = await asyncio.gather(*(twin.post(form.action, data=each) for each in sent))
    assert sorted(answer.status_code for answer in answers) in ([303, 401], [303, 422])
