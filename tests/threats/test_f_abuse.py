"""F. The API, asked for too much or for what nothing can be: a limit, a refusal, never a failure."""

import asyncio
from urllib.parse import quote

import h2.config
import h2.connection
import h2.events
import pytest

from phyle.identity import limits
from phyle.web.client.status_entities import status
from tests.serving import Person, Server, Start, answered
from tests.web.test_entities import ORIGIN, post, view


@pytest.mark.threat("F9")
async def test_tokens_of_applications_are_limited(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anyone can register an application, and each of its tokens is a row that stays."""
    few = limits.Limit(name="few", most=3, window=limits.APPLICATION_TOKENS_FROM_ADDRESS.window)
    monkeypatch.setattr(limits, "APPLICATION_TOKENS_FROM_ADDRESS", few)
    server = await start(PHYLE_LIMITS="on")
    client = server.client()
    application = answered(
        await client.post("/api/v1/apps", data={"client_name": "x", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob"}), 200
    )
    wanted = {name: application[name] for name in ("client_id", "client_secret")}
    for expected in (200, 200, 200, 429):
        answered(await client.post("/oauth/token", data={"grant_type": "client_credentials", **wanted}), expected)
    answered(await client.post("/oauth/token", data={"grant_type": "authorization_code", "code": "x", **wanted}), 400)


@pytest.mark.threat("C12")
async def test_preferences_of_the_wrong_type(ana: Person) -> None:
    for privacy in (["public"], {"public": 1}, 5, True):
        await ana.patch("/api/v1/accounts/update_credentials", 422, json={"source": {"privacy": privacy}})


@pytest.mark.threat("B18")
@pytest.mark.parametrize("name", ["../oauth/authorize?client_id=x", "x#y", '"><b>', "a/b", "été", "a b"])
async def test_the_link_of_a_hashtag_leads_to_the_hashtag(name: str) -> None:
    (tag,) = status(view(post(tags=[name])), None, ORIGIN)["tags"]
    assert tag == {"name": name, "url": f"{ORIGIN}/tags/{quote(name, safe='')}"}


@pytest.mark.threat("F1")
async def test_no_search_without_a_person_asks_others(server: Server) -> None:
    token = await server.token(None)
    for client in (server.client(), server.client(token)):
        answered(await client.get("/api/v2/search", params={"q": "https://a.example/1", "resolve": "true"}), 403)


@pytest.mark.threat("F8")
@pytest.mark.parametrize("upgraded", [True, False])
async def test_no_tunnel_through_a_proxy_reaches_anything(start: Start, *, upgraded: bool) -> None:
    """A proxy that passes on an upgrade to HTTP/2 sees nothing of what follows: it cannot say from whom it comes."""
    server = await start(PHYLE_TRUSTED_PROXIES="127.0.0.1")
    headers = [(":method", "GET"), (":path", "/api/v2/instance"), (":scheme", "http"), (":authority", "localhost")]
    spoken = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    if upgraded:
        settings = spoken.initiate_upgrade_connection()
        asked = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
        writer.write(f"{asked}HTTP2-Settings: {(settings or b'').decode()}\r\n\r\n".encode())
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
    else:
        spoken.initiate_connection()
    stream = spoken.get_next_available_stream_id()
    spoken.send_headers(stream, [*headers, ("x-forwarded-for", "203.0.113.9")], end_stream=True)
    writer.write(spoken.data_to_send())
    statuses = {}
    while stream not in statuses:
        for event in spoken.receive_data(await asyncio.wait_for(reader.read(65_536), 10)):
            if isinstance(event, h2.events.ResponseReceived):
                statuses[event.stream_id] = dict(event.headers)[b":status"]
    writer.close()
    assert set(statuses.values()) == {b"400"}


@pytest.mark.threat("F1")
async def test_a_token_is_counted_however_it_is_written(start: Start) -> None:
    server = await start(PHYLE_LIMITS="on")
    token = (await server.person("ana")).token
    left = []
    for header in (f"Bearer {token}", f"bearer {token}", f"BEARER   {token}", f"bEarer {token}"):
        client = server.client()
        client.headers["Authorization"] = header
        left.append(int((await client.get("/api/v1/preferences")).headers["X-RateLimit-Remaining"]))
    assert left == list(range(left[0], left[0] - 4, -1))
