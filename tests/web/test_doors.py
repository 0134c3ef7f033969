"""Every route of the table, walked in every role."""

import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from phyle.identity import scopes
from phyle.web.client.table import ROUTES
from phyle.web.routes import Route
from tests.serving import Person, Server

NAMED = {"<tag>": "garden", "<name>": "garden", "<path:stream>": "user"}
COUNTED = {"/api/v1/accounts"}  # making an account is limited and slow


def path_of(route: Route) -> str:
    return re.sub(r"<[^>]+>", lambda match: NAMED.get(match[0], "1"), route.path)


async def ask(client: httpx.AsyncClient, route: Route) -> int:
    response = await client.request(route.method, path_of(route))
    assert response.status_code not in (405, 500), f"{route.method} {route.path}: {response.status_code}"
    assert "error" in response.json() or response.status_code < 400
    return response.status_code


def other_scope(needed: str) -> str:
    """A scope that does not cover the needed one."""
    return next(scope for scope in ("read:lists", "write:lists", "push") if not scopes.allows(scope, needed))


@pytest.mark.threat("F2")
@pytest.mark.threat("F3")
async def test_every_route_lets_in_exactly_whom_it_declares(server: Server, ana: Person) -> None:
    anyone = server.client()
    app = server.client(await server.token(None))
    for route in ROUTES:
        if route.door == "open":
            continue
        status = await ask(anyone, route)
        assert (status == 401) == (route.who != "anyone"), f"anyone: {route.method} {route.path}: {status}"
        status = await ask(app, route)
        assert (status == 403) == (route.who == "user"), f"app: {route.method} {route.path}: {status}"


@pytest.mark.threat("F2")
@pytest.mark.threat("F3")
async def test_every_route_refuses_a_token_of_another_scope(server: Server, ana: Person) -> None:
    clients: dict[str, httpx.AsyncClient] = {}
    for route in ROUTES:
        if route.door == "open" or not route.scope:
            continue
        scope = other_scope(route.scope)
        if scope not in clients:
            clients[scope] = server.client(await server.token(await server.account(ana), scope))
        status = await ask(clients[scope], route)
        assert status == 403, f"{scope}: {route.method} {route.path}: {status}"


@pytest.mark.threat("F3")
async def test_no_write_route_takes_a_token_for_reading(server: Server, ana: Person) -> None:
    reader = server.client(await server.token(await server.account(ana), "read"))
    for route in ROUTES:
        if route.door != "open" and route.method != "GET":
            status = await ask(reader, route)
            assert status == 403, f"{route.method} {route.path}: {status}"


async def test_a_full_token_is_let_in_everywhere(server: Server, ana: Person) -> None:
    for route in ROUTES:
        if route.path not in COUNTED and route.door != "open":
            status = await ask(ana.client, route)
            assert status not in (401, 403), f"{route.method} {route.path}: {status}"


@pytest.mark.threat("F3")
def test_only_reading_is_done_under_scopes_for_reading() -> None:
    for route in ROUTES:
        kind = route.scope.partition(":")[0]
        if route.scope and route.path != "/api/v1/media/<id>":
            assert (kind in ("read", "profile")) == (route.method == "GET") or kind == "push", route


@pytest.mark.threat("F11")
async def test_nothing_is_changed_by_get(server: Server, ana: Person) -> None:
    reads = {route.path for route in ROUTES if route.method == "GET"}
    walked = 0
    for route in ROUTES:
        if route.method != "GET" and route.path not in reads:
            response = await ana.client.get(path_of(route))
            body: Any = response.json()
            assert response.status_code in (404, 405), f"{route.path}: {response.status_code}"
            assert set(body) == {"error"}
            if response.status_code == 405:
                assert route.method in response.headers["allow"]
            walked += 1
    assert walked > 30


NAMES = (
    "acct account_id agreement all any bot category choices client_id client_name client_secret code comment "
    "created_at "
    "display_name duration email exclude_types fields_attributes forward grant_type home id in_reply_to_id language "
    "languages last_read_id limit local locked max_id media_ids min_id none note notifications notify offset "
    "only_media password pinned poll q reblogs redirect_uri redirect_uris resolve scope scopes sensitive since_id "
    "source spoiler_text status status_ids tagged timeline token type types username visibility website"
)
PARAMETERS = NAMES.split()
HOSTILE: tuple[Any, ...] = (
    "9223372036854775807",
    "99999999999999999999",
    "-1",
    "1e400",
    "\u202e\ufeff\ud7ff\U0010ffff",
    "\0",
    "' OR 1=1 --",
    "%00%ff",
    "",
    None,
    1.5,
    2**63,
    [],
    [[1], {"a": 1}, None],
    {"0": {"name": 1, "value": [2]}, "last_read_id": {"x": 1}},
)


@pytest.mark.parametrize("hostile", HOSTILE, ids=repr)
async def test_nothing_that_is_sent_makes_it_fail(server: Server, ana: Person, hostile: Any) -> None:
    body = dict.fromkeys(PARAMETERS, hostile)
    text = hostile if isinstance(hostile, str) else "x"
    for route in ROUTES:
        if route.path in COUNTED:
            continue
        path = re.sub(r"<[^>]+>", quote(text, safe="") or "x", route.path)
        answers = [await ana.client.request(route.method, path, params=dict.fromkeys(PARAMETERS, text))]
        if route.method != "GET":
            answers.append(await ana.client.request(route.method, path_of(route), json={**body, "status": "x"}))
        for answer in answers:
            assert answer.status_code < 500 or "streaming" in path, f"{route.method} {path}: {answer.text[:300]}"
