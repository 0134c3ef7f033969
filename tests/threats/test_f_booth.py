"""The way into the booth from ordinary servers: links, sessions, floods, and what others try with them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import httpx
import pytest

from phyle.cooperative import entering
from phyle.cooperative.ledger import append
from phyle.federation import peers
from phyle.identity import actors
from phyle.settings import Settings
from tests.cooperative.activities.machines import owned
from tests.cooperative.activities.test_doors import founders, group
from tests.cooperative.activities.test_moving import audited
from tests.cooperative.activities.visiting import Visitor
from tests.instance import Instance, instance
from tests.peer import Peer
from tests.servers import eventually
from tests.web.pages.browser import Browser

API = "/api/phyle/v1"
Browsers = Callable[[], Browser]


@pytest.fixture
async def browsers(whole: Instance) -> AsyncIterator[Browsers]:
    made: list[httpx.AsyncClient] = []

    def one() -> Browser:
        made.append(httpx.AsyncClient(base_url=whole.origin, timeout=30))
        return Browser(made[-1])

    yield one
    for client in made:
        await client.aclose()


@pytest.fixture
async def zed(whole: Instance, there: Peer) -> Visitor:
    """Somebody there who has applied, and so can enter."""
    await founders(whole)
    zed = Visitor(whole, there, there.actor("zed"))
    await zed.says("apply")
    await zed.reads("You have applied")
    return zed


async def entered(zed: Visitor, browsers: Browsers) -> Browser:
    browser = browsers()
    await zed.enters(browser)
    return browser


async def is_in(browser: Browser) -> bool:
    """Whether the pages of the phyle know the one at this browser."""
    answer = await browser.client.get("/phyle")
    assert answer.status_code == 200
    return "In the booth as" in answer.text


async def secret_of(zed: Visitor) -> str:
    """The secret of a link that was sent just now."""
    seen = len(zed.written())
    await zed.says("booth")

    async def more() -> bool:
        return len(zed.written()) > seen

    await eventually(more)
    return (await zed.link()).partition("link=")[2]


async def token(zed: Visitor) -> dict[str, str]:
    """The header of a program that zed uses in the booth."""
    answer = await zed.whole.client.post(f"{API}/booth/enter", json={"link": await secret_of(zed)})
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


@pytest.mark.threat("F11")
@pytest.mark.threat("F13")
async def test_programs_that_look_at_links_use_up_nothing_and_a_link_opens_once(
    zed: Visitor, browsers: Browsers
) -> None:
    await zed.says("booth")
    link = await zed.link()
    for method in ("GET", "HEAD", "GET"):
        looked = await zed.whole.client.request(method, link)
        assert looked.status_code == 200
        assert "session" not in looked.headers.get("set-cookie", "")
    await zed.enters(browser := browsers())
    assert await is_in(browser)
    for _ in range(2):
        assert (await zed.whole.client.get(await zed.link())).status_code == 410


@pytest.mark.threat("F13")
async def test_of_many_who_press_the_button_at_once_one_is_in(zed: Visitor) -> None:
    secret = await secret_of(zed)
    client = zed.whole.client
    answers = await asyncio.gather(*(client.post(f"{API}/booth/enter", json={"link": secret}) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [200] + [410] * 11
    entered = "SELECT count(*) FROM cooperative.entries WHERE kind = 'enter_booth'"
    assert await zed.whole.value(entered) == 1


@pytest.mark.threat("F13")
async def test_the_secret_of_a_link_is_kept_nowhere(zed: Visitor) -> None:
    """Whoever reads the database cannot enter with what is there, nor with what waits to be sent."""
    secret = await secret_of(zed)
    tables = await zed.whole.fetch(
        "SELECT table_schema || '.' || table_name AS name FROM information_schema.tables"
        " WHERE table_schema IN ('store', 'identity', 'federation', 'conversation', 'cooperative')"
    )
    assert len(tables) > 40
    for table in tables:
        found = await zed.whole.value(f"SELECT count(*) FROM {table['name']} t WHERE t::text LIKE $1", f"%{secret}%")
        assert found == 0, table["name"]
    header = await token(zed)
    stored = await zed.whole.value("SELECT encode(token_hash, 'hex') FROM identity.guests")
    assert header["Authorization"].partition(" ")[2] not in stored


@pytest.mark.threat("F13")
async def test_a_link_is_soon_too_old_and_the_next_one_replaces_it(zed: Visitor) -> None:
    first = await secret_of(zed)
    second = await secret_of(zed)
    assert first != second
    client = zed.whole.client
    assert (await client.post(f"{API}/booth/enter", json={"link": first})).status_code == 410
    await zed.whole.fetch("UPDATE cooperative.entrances SET expires_at = now()")
    assert (await client.post(f"{API}/booth/enter", json={"link": second})).status_code == 410
    for guess in ("", "x", "A" * 43, "A" * 4000, "\u0000", "ü" * 43):
        assert (await client.post(f"{API}/booth/enter", json={"link": guess})).status_code in (400, 410, 422)


@pytest.mark.threat("F12")
async def test_the_session_is_a_new_one_each_time(zed: Visitor, browsers: Browsers) -> None:
    first = await entered(zed, browsers)
    planted = dict(first.cookies)
    second = await entered(zed, browsers)
    assert await is_in(second)
    assert not await is_in(first)
    assert planted.keys() & second.cookies.keys()
    assert all(second.cookies[name] != value for name, value in planted.items() if name in second.cookies)


@pytest.mark.threat("F12")
async def test_who_enters_with_a_browser_that_was_logged_in_is_nobody_else_any_more(
    zed: Visitor, browsers: Browsers
) -> None:
    browser = browsers()
    await browser.open("/auth/sign_in")
    await browser.press("Log in", login="ana", password="everybody here has the same password")
    before = dict(browser.cookies)
    await zed.enters(browser)
    again = browsers()
    again.client.cookies.update(before)
    assert "Log in" in (await again.open("/phyle")).links


@pytest.mark.threat("F9")
async def test_nobody_can_be_flooded_by_a_form(there: Peer, settings: Settings, database: str) -> None:
    async with instance(replace(settings, limits=True), database, whole=True) as whole:
        await founders(whole)
        zed = Visitor(whole, there, there.actor("zed"))
        given = {"account": f"@zed@{there.host}", "purpose": "apply"}
        answers = [(await whole.client.post(f"{API}/booth/ask", json=given)).status_code for _ in range(8)]
        assert answers == [200] * 4 + [429] * 4
        await whole.settled()
        assert len(zed.written()) == 4
        for _ in range(13):
            await zed.says("hello?")
        await whole.settled()
        assert len(zed.written()) == 4 + 10


async def test_a_form_opens_nothing_and_tells_nobody_who_is_a_member(zed: Visitor, there: Peer) -> None:
    there.actor("yan")
    told = [
        (await zed.whole.client.post(f"{API}/booth/ask", json={"account": f"@{name}@{there.host}"})).json()
        for name in ("zed", "yan")
    ]
    assert [each["word"] for each in told] == ["booth", "booth"]
    await zed.whole.settled()
    assert "wants to enter the booth" in zed.written()[-1]
    assert not any("yan" in str(body.get("to")) for body in there.of_type("Create"))
    assert await zed.whole.value("SELECT count(*) FROM cooperative.entrances WHERE request IS NOT NULL") == 0
    assert not any("/phyle/enter?link=" in content for content in zed.written())


@pytest.mark.threat("A2")
async def test_nobody_gets_a_link_in_anothers_name(zed: Visitor, there: Peer) -> None:
    eve, members = there.actor("eve"), await group(zed.whole, "members")
    note = {"id": f"{zed.uri}/forged", "type": "Note", "attributedTo": zed.uri, "content": "booth", "to": [members]}
    forged = there.activity("Create", zed.uri, note, to=[members])
    assert (await there.send(zed.whole.inbox, forged, signer=there.signer(eve))).status_code == 401
    own = there.activity("Create", eve, note, to=[members])
    await there.send(zed.whole.inbox, own)
    await Visitor(zed.whole, there, eve).says("booth")
    await zed.whole.settled()
    assert await zed.whole.value("SELECT count(*) FROM cooperative.entrances") == 0
    assert any("You are no member here" in content for content in Visitor(zed.whole, there, eve).written())


@pytest.mark.threat("A13")
async def test_a_replayed_post_asks_for_no_second_link(zed: Visitor, there: Peer) -> None:
    activity = await zed.says("booth")
    await zed.link()
    await zed.whole.settled()
    seen = len(zed.written())
    assert (await there.send(zed.whole.inbox, activity)).status_code == 202
    await zed.whole.settled()
    assert len(zed.written()) == seen


@pytest.mark.threat("F1")
@pytest.mark.threat("F2")
async def test_the_token_of_a_session_opens_the_phyle_and_nothing_else(zed: Visitor) -> None:
    header, client = await token(zed), zed.whole.client
    mine = await client.get(f"{API}/members/me", headers=header)
    assert (mine.status_code, mine.json()["membership"]["standing"]) == (200, "applicant")
    for method, path in (
        ("GET", "/api/v1/accounts/verify_credentials"),
        ("GET", "/api/v1/timelines/home"),
        ("POST", "/api/v1/statuses"),
        ("GET", "/api/v1/instance"),
        ("POST", f"{API}/applications"),
        ("POST", f"{API}/rebindings"),
        ("POST", f"{API}/acts"),
        ("POST", f"{API}/elsewhere/join"),
    ):
        answer = await client.request(method, path, headers=header, json={} if method == "POST" else None)
        assert answer.status_code == 403, (path, answer.text)
        assert "account on this server" in answer.text


@pytest.mark.threat("F2")
async def test_pages_for_accounts_here_know_no_guest(zed: Visitor, browsers: Browsers) -> None:
    browser = await entered(zed, browsers)
    proof = next(form.values["form_proof"] for form in browser.page.forms)
    for path in ("/share", "/settings"):
        assert "/auth/sign_in" in (await browser.client.get(path)).headers["location"]
        answer = await browser.client.post(path, data={"form_proof": proof, "text": "hello"})
        assert answer.status_code == 403, answer.text
        assert "needs an account on this server" in answer.text


@pytest.mark.threat("F4")
async def test_revoked_means_now(zed: Visitor, browsers: Browsers, there: Peer) -> None:
    browser = await entered(zed, browsers)
    async with zed.whole.store.transaction() as tx:
        await peers.block(tx, there.host.partition(":")[0], "spam")
    assert not await is_in(browser)
    async with zed.whole.store.transaction() as tx:
        await peers.unblock(tx, there.host.partition(":")[0])
    assert await is_in(browser)
    await browser.open("/phyle")
    await browser.press("Leave the booth")
    assert not await is_in(browser)


@pytest.mark.threat("F4")
async def test_who_left_the_booth_has_left_it_in_the_ledger_too(zed: Visitor) -> None:
    header, client = await token(zed), zed.whole.client
    kept = await zed.whole.fetch("SELECT public, secret FROM cooperative.session_keys")
    assert len(kept) == 1
    assert (await client.post(f"{API}/booth/leave", headers=header)).status_code == 200
    assert (await client.get(f"{API}/members/me", headers=header)).status_code == 401
    await append.drain(zed.whole.store)
    assert await zed.whole.value("SELECT count(*) FROM cooperative.session_keys") == 0
    assert await zed.whole.value("SELECT count(*) FROM cooperative.entries WHERE kind = 'leave_booth'") == 1
    assert await zed.whole.value("SELECT count(*) FROM cooperative.slices WHERE kind = 'session'") == 0


@pytest.mark.threat("I14")
async def test_the_request_behind_a_session_cannot_be_changed(zed: Visitor) -> None:
    await token(zed)
    async with zed.whole.store.reading() as tx:
        ana = await actors.by_name(tx, "ana")
    assert ana is not None
    sound = await audited(zed.whole, ana)
    assert sound.sound, sound.findings
    assert sound.booth is not None
    assert sound.booth.confirmed == 1
    seq = await zed.whole.value("SELECT seq FROM cooperative.entries WHERE kind = 'enter_booth'")
    change = "convert_to(replace(convert_from(value, 'UTF8'), '\"POST\"', '\"PUT\"'), 'UTF8')"
    await owned(zed.whole, f"UPDATE cooperative.openings SET value = {change} WHERE name = 'request' AND seq = {seq}")
    found = (await audited(zed.whole, ana)).findings[0]
    assert (found.seq, found.what) == (seq, "enter_booth")


def test_a_link_lasts_for_minutes_and_a_session_for_hours() -> None:
    assert entering.LINK_LASTS.total_seconds() <= 30 * 60
    assert entering.LASTS.total_seconds() <= 4 * 3600
