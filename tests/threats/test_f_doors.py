"""F. OAuth, sessions, API: what holds at every door."""

import logging
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

import pytest

from phyle.errors import Unavailable
from phyle.powers import NONE
from phyle.web import clients
from phyle.web.answers import html
from phyle.web.asked import Asked
from phyle.web.forgery import FIELD, proof
from phyle.web.forms import MOST_BYTES
from phyle.web.front import Raw, Receive, Scope, Send
from phyle.web.routes import get, page, post
from tests.serving import Person, Server, Start, answered, spoken

SECRET = "kD3nWc0v1A-this-must-stay-secret-9xZ"


@pytest.mark.threat("F1")
async def test_a_token_has_the_same_limits_through_every_header(server: Server, ana: Person) -> None:
    reader = await server.token(await server.account(ana), "read:accounts")
    for scheme in ("Bearer", "bearer", "BEARER"):
        client = server.client()
        client.headers["Authorization"] = f"{scheme} {reader}"
        answered(await client.get("/api/v1/accounts/verify_credentials"), 200)
        answered(await client.post("/api/v1/statuses", json={"status": "x"}), 403)
    for scheme in ("Basic", "Token", "Digest"):
        client = server.client()
        client.headers["Authorization"] = f"{scheme} {reader}"
        answered(await client.get("/api/v1/accounts/verify_credentials"), 401)


@pytest.mark.threat("F16")
async def test_a_token_in_the_address_or_in_a_form_proves_nothing(server: Server, ana: Person) -> None:
    anyone = server.client()
    home = "/api/v1/timelines/home"
    for name in ("access_token", "bearer_token", "token"):
        answered(await anyone.get(home, params={name: ana.token}), 401)
        answered(await anyone.post("/api/v1/statuses", data={name: ana.token, "status": "x"}), 401)


@pytest.mark.threat("F1")
async def test_a_cookie_opens_no_door_of_the_api(server: Server, ana: Person) -> None:
    for name in (f"phyle-session-{server.port}", "phyle-session-8080", "__Host-phyle-session"):
        answered(await server.client(cookie=f"{name}={ana.token}").get("/api/v1/timelines/home"), 401)


@pytest.mark.threat("F8")
async def test_who_we_believe_about_addresses(start: Start) -> None:
    async def address(asked: Asked) -> str:
        return asked.address

    tables = {"routes": [get("/address", address, who="anyone", scope="")]}
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    server = await start(tables=tables)
    assert (await server.client(**forged).get("/address")).json() == "127.0.0.1"
    behind = await start(tables=tables, PHYLE_TRUSTED_PROXIES="127.0.0.0/8")
    assert (await behind.client(**forged).get("/address")).json() == "203.0.113.9"


@pytest.mark.threat("F8")
@pytest.mark.parametrize(
    ("peer", "forwarded", "believed"),
    [
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["6.6.6.6, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["6.6.6.6", "203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["203.0.113.9, nonsense"], "10.0.0.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("203.0.113.7", ["6.6.6.6"], "203.0.113.7"),
    ],
)
def test_only_what_proxies_added_counts(peer: str, forwarded: list[str], believed: str) -> None:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    assert clients.address(peer, headers, [ip_network("10.0.0.0/8")]) == believed


@pytest.mark.threat("F8")
async def test_a_forged_address_does_not_escape_the_limit(start: Start) -> None:
    server = await start(PHYLE_LIMITS="on")
    client = server.client()
    statuses = []
    for number in range(310):
        response = await client.get("/api/v1/custom_emojis", headers={"X-Forwarded-For": f"203.0.113.{number % 250}"})
        statuses.append(response.status_code)
    assert statuses[:300] == [200] * 300
    assert statuses[-1] == 429
    assert 0 < int(response.headers["retry-after"]) <= 300


async def test_clients_are_told_how_many_requests_are_left(start: Start) -> None:
    server = await start(PHYLE_LIMITS="on")
    headers = (await server.client().get("/api/v2/instance")).headers
    assert (headers["x-ratelimit-limit"], headers["x-ratelimit-remaining"]) == ("300", "299")
    assert headers["x-ratelimit-reset"].endswith("Z")


async def test_what_is_for_one_person_is_kept_by_no_cache(server: Server, ana: Person) -> None:
    mine = await ana.client.get("/api/v1/timelines/home")
    assert mine.headers["cache-control"] == "private, no-store"
    assert "cache-control" not in (await server.client().get("/api/v1/timelines/public")).headers


@pytest.mark.threat("F16")
async def test_no_secret_reaches_a_log(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    async def fail(asked: Asked) -> None:
        raise ValueError("a fault of ours")

    async def away(asked: Asked) -> None:
        raise Unavailable("Away.", cause="the disk")

    tables = {
        "routes": [
            post("/fault", fail, who="anyone", scope="", holds="nothing"),
            post("/away", away, who="anyone", scope="", holds="nothing"),
        ]
    }
    server = await start(tables=tables)
    sent: Mapping[str, Any] = {"params": {"access_token": SECRET}, "json": {"password": SECRET, "code": SECRET}}
    with caplog.at_level(logging.DEBUG):
        client = server.client(cookie=f"phyle-session-8080={SECRET}")
        failed = await client.post("/fault", **sent)
        answered(await client.post("/away", **sent), 503)
        answered(await server.client(SECRET).post("/away", **sent), 401)
    assert failed.headers["x-request-id"] in caplog.text
    assert "a fault of ours" in caplog.text
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert not [record for record in ours if SECRET in f"{record.getMessage()} {record.exc_text}"]


async def test_what_nobody_expected_tells_nothing(start: Start) -> None:
    async def fail(asked: Asked) -> None:
        raise ValueError(f"the password of the database is {SECRET}")

    tables = {"routes": [get("/api", fail, who="anyone", scope=""), page("GET", "/page", fail)]}
    server = await start(tables=tables)
    for path, kind in (("/api", "application/json"), ("/page", "text/html")):
        response = await server.client(accept="text/html").get(path)
        assert (response.status_code, SECRET in response.text) == (500, False)
        assert response.headers["content-type"].startswith(kind)


async def test_a_raw_door_refuses_and_fails_in_the_same_words(start: Start) -> None:
    async def away(scope: Scope, receive: Receive, send: Send) -> None:
        raise Unavailable(f"Away, {scope['path_args']['name']}.", retry_after=7)

    async def fail(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError(SECRET)

    server = await start(tables={"raw": [Raw("POST", "/away/<name>", away, NONE), Raw("POST", "/fail", fail, NONE)]})
    client = server.client()
    response = await client.post("/away/ana")
    assert (response.status_code, response.headers["retry-after"]) == (503, "7")
    assert response.json() == {"error": "Away, ana."}
    response = await client.post("/fail")
    assert (response.status_code, SECRET in response.text) == (500, False)
    for path in ("/away/ana", "/fail"):
        assert (await client.get(path)).status_code == 405


@pytest.mark.threat("F17")
@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /api/v2/instance HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
        b"GET /api/v2/instance HTTP/1.1\r\n\r\n",
        b"GET /api/v2/instance HTTP/1.1\r\nHost: evil example\r\n\r\n",
        b"GET /api/v2/instance HTTP/1.1\r\nHost: a@b/c\r\n\r\n",
        b"POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcdeXX0\r\n\r\n",
        b"POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"GET /api/v1/statuses/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
async def test_what_no_honest_client_sends_is_400(server: Server, request_bytes: bytes) -> None:
    assert (await spoken(server, request_bytes)).startswith(b"HTTP/1.1 400")


@pytest.mark.threat("F18")
async def test_bodies_are_bounded(server: Server, ana: Person) -> None:
    answered(await ana.client.post("/api/v1/statuses", content=b"x" * (MOST_BYTES + 1)), 413)
    head = (
        f"POST /api/v1/statuses HTTP/1.1\r\nHost: localhost:{server.port}\r\nAuthorization: Bearer {ana.token}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    endless = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    said = await spoken(server, head.encode() + endless * 30)
    assert said.startswith(b"HTTP/1.1 413") or said == b""  # the connection may be gone before the answer is read


@pytest.mark.threat("F18")
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"status": ' + b"[" * 400_000),
        ("application/x-www-form-urlencoded", b"a[]=1&" * 100_000),
        ("application/x-www-form-urlencoded", b"a" + b"[x]" * 100_000 + b"=1"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 15_000),
        ("multipart/form-data; boundary=x", b"--x\r\n" + b"a: b\r\n" * 100_000),
    ],
)
async def test_many_small_things_are_bounded(ana: Person, kind: str, body: bytes) -> None:
    response = await ana.client.post("/api/v1/statuses", content=body, headers={"Content-Type": kind})
    assert response.status_code in (400, 413), response.text


@pytest.mark.threat("F19")
@pytest.mark.parametrize("character", ["x", "é", "\U0001f9d1"])
async def test_every_text_has_a_limit(ana: Person, ben: Person, character: str) -> None:
    long = character * 60_000
    for method, path, sent in (
        ("POST", "/api/v1/statuses", {"status": long}),
        ("POST", "/api/v1/statuses", {"status": "x", "spoiler_text": long}),
        ("POST", "/api/v1/statuses", {"status": "x", "language": long}),
        ("PATCH", "/api/v1/accounts/update_credentials", {"display_name": long}),
        ("PATCH", "/api/v1/accounts/update_credentials", {"note": long}),
        ("PATCH", "/api/v1/accounts/update_credentials", {"fields_attributes": [{"name": "a", "value": long}]}),
        ("PATCH", "/api/v1/accounts/update_credentials", {"source": {"language": long}}),
        ("POST", f"/api/v1/accounts/{ben.id}/note", {"comment": long}),
        ("POST", f"/api/v1/accounts/{ben.id}/follow", {"languages": [long]}),
        ("POST", "/api/v1/reports", {"account_id": ben.id, "comment": long}),
        ("POST", "/api/v1/reports", {"account_id": ben.id, "category": long}),
        ("POST", "/api/v1/apps", {"client_name": long, "redirect_uris": "urn:ietf:wg:oauth:2.0:oob"}),
        ("POST", "/api/v1/apps", {"client_name": "x", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "website": long}),
    ):
        response = await ana.client.request(method, path, json=sent)
        assert response.status_code == 422, f"{path} {list(sent)}: {response.status_code} {response.text[:200]}"
    key = {"Idempotency-Key": "x" * 5_000}
    answered(await ana.client.post("/api/v1/statuses", headers=key, json={"status": "x"}), 422)


@pytest.mark.threat("F19")
async def test_characters_that_no_text_has(ana: Person) -> None:
    answered(await ana.client.post("/api/v1/statuses", json={"status": "a\0b"}), 400)
    answered(await ana.client.post("/api/v1/statuses", content=b'{"status": "\\ud800"}', headers=JSON), 400)
    answered(await ana.client.get("/api/v1/accounts/lookup", params={"acct": "a\0"}), 400)


JSON = {"Content-Type": "application/json"}


async def test_every_answer_carries_the_headers_that_protect_people(server: Server) -> None:
    for path in ("/", "/api/v2/instance", "/nothing", "/static/avatar.png"):
        headers = (await server.client().get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "script-src" not in headers["content-security-policy"]
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert len(headers["x-request-id"]) == 16


@pytest.mark.threat("F11")
async def test_a_form_of_another_site_is_refused(start: Start) -> None:
    async def form(asked: Asked) -> Any:
        return html(proof(asked))

    async def sent(asked: Asked) -> Any:
        return html("done")

    server = await start(tables={"routes": [page("GET", "/form", form), page("POST", "/form", sent)]})
    browser = server.client(accept="text/html")
    answer = await browser.get("/form")
    cookie = answer.headers["set-cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Lax", "Path=/", f"phyle-form-{server.port}="))
    good = {FIELD: answer.text}
    assert (await browser.post("/form", data=good)).status_code == 200
    assert (await browser.post("/form", data=good, headers={"Origin": server.origin})).status_code == 200
    for data, headers in (
        ({}, {}),
        ({FIELD: "nonsense"}, {}),
        ({FIELD: ""}, {}),
        (good, {"Origin": "https://evil.example"}),
        (good, {"Origin": "null"}),
        (good, {"Sec-Fetch-Site": "cross-site"}),
        (good, {"Sec-Fetch-Site": "same-site"}),
    ):
        assert (await browser.post("/form", data=data, headers=headers)).status_code == 403
    stranger = server.client(accept="text/html")
    assert (await stranger.post("/form", data=good)).status_code == 403
