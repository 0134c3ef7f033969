"""A table with a gap does not start."""

from typing import Any

import pytest

from phyle.powers import NONE
from phyle.web.client.table import ROUTES
from phyle.web.front import Front, Raw
from phyle.web.routes import Route, checked, get, page, post


async def nothing(asked: Any) -> dict[str, str]:
    return {}


def route(**changes: Any) -> Route:
    given: dict[str, Any] = {
        "method": "GET",
        "path": "/x",
        "handler": nothing,
        "who": "user",
        "scope": "read",
        "door": "api",
        "holds": "reading",
        "power": "self",
    }
    return Route(**(given | changes))


@pytest.mark.threat("F2")
@pytest.mark.parametrize(
    "faulty",
    [
        route(who="somebody"),
        route(scope="read:nonsense"),
        route(scope=""),
        route(method="FETCH"),
        route(path="x"),
        route(method="POST", holds="nothing"),
        route(method="PUT", scope="read:phyle", holds="writing"),
        route(power=None),
        route(power="owner"),
    ],
)
def test_an_undeclared_or_unknown_part_is_an_error_at_start(faulty: Route) -> None:
    with pytest.raises(ValueError, match="x"):
        checked([faulty])


@pytest.mark.threat("F3")
def test_what_only_reads_may_be_asked_by_another_method() -> None:
    assert checked([route(method="POST", scope="read:phyle")])


@pytest.mark.threat("F2")
def test_a_route_cannot_be_written_without_declaring_who_and_which_scope() -> None:
    with pytest.raises(TypeError):
        get("/x", nothing)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="no scope"):
        get("/x", nothing, who="user", scope=None)  # type: ignore[arg-type]


def test_the_same_path_twice_is_an_error_at_start() -> None:
    twice = (post("/x/<a>", nothing, who="app", scope=""), post("/x/<b>", nothing, who="app", scope=""))
    with pytest.raises(ValueError, match="twice"):
        checked(twice)


def test_the_same_raw_path_twice_is_an_error_at_start(settings: Any) -> None:
    async def raw(scope: Any, receive: Any, send: Any) -> None: ...

    for path in ("/x", "/x/<a>"):
        with pytest.raises(ValueError, match="twice"):
            Front(raw, [Raw("POST", path, raw, NONE), Raw("POST", path, raw, NONE)], settings)


def test_pages_and_writes_hold_what_they_need() -> None:
    assert page("POST", "/x", nothing).holds == "writing"
    assert get("/x", nothing, who="app", scope="").holds == "reading"
    assert page("GET", "/x", nothing, holds="nothing").holds == "nothing"


def test_the_table_of_clients_is_whole() -> None:
    assert len(checked(ROUTES)) > 130
    assert all(route.door in ("api", "open") for route in ROUTES)
    assert all(route.power == ("self" if route.who == "user" else "none") for route in ROUTES)
    assert {route.path for route in ROUTES if route.door == "open"} == {
        "/api/v1/apps",
        "/oauth/token",
        "/oauth/revoke",
        "/.well-known/oauth-authorization-server",
    }
