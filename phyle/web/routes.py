"""The table that says who answers what, whom, and under which scope. Undeclared or doubled is an error at start."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from phyle.identity import scopes
from phyle.powers import NONE, SELF, Power
from phyle.powers import power as declared

Who = Literal["anyone", "app", "user"]
Door = Literal["api", "page", "open"]
Hold = Literal["reading", "writing", "nothing"]
Handler = Callable[[Any], Awaitable[Any]]

_SAFE = frozenset({"GET"})
_READS = "read"
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method of one path.

    `who`: anyone; app (any token, also one without a person); user (a person). `scope`: what a token must hold, ""
    where every token is enough. `door`: `api` is asked with a token, `page` with a session's cookie, `open` looks at
    neither, because who asks proves it in another way or need not. `holds`: what is open while the handler runs: a
    connection for reading, a transaction, or nothing (then the handler opens `asked.store` itself, because it also
    waits for other things). What is asked by another method than GET under a scope that only reads must hold a
    connection for reading, as what is asked by GET does. `hot`: asked so often that it is answered before
    Quart; only for what reads. `power`: what it takes besides: one's own account, a mandate, a decision; the law
    behind the route is what asks for it. `guests`: people in the booth whose accounts are elsewhere may walk it too,
    as members; to any other route they are nobody.
    """

    method: str
    path: str
    handler: Handler
    who: Who
    scope: str
    door: Door
    holds: Hold
    hot: bool = False
    guests: bool = False
    power: Power


def _declared(
    method: str,
    path: str,
    handler: Handler,
    who: Who,
    scope: str | None,
    door: Door,
    holds: Hold | None,
    power: Power | None = None,
) -> Route:
    """A route that acts for a person takes their own account, where nothing more is said; any other takes nothing."""
    if scope is None:
        raise ValueError(f"{method} {path} declares no scope")
    held: Hold = holds or ("reading" if method in _SAFE else "writing")
    needed = power or (SELF if who == "user" else NONE)
    return Route(method=method, path=path, handler=handler, who=who, scope=scope, door=door, holds=held, power=needed)


def get(
    path: str,
    handler: Handler,
    *,
    who: Who,
    scope: str,
    holds: Hold | None = None,
    hot: bool = False,
    power: Power | None = None,
) -> Route:
    """An API route that reads."""
    return replace(_declared("GET", path, handler, who, scope, "api", holds, power), hot=hot)


def post(
    path: str, handler: Handler, *, who: Who, scope: str, holds: Hold | None = None, power: Power | None = None
) -> Route:
    """An API route that changes something."""
    return _declared("POST", path, handler, who, scope, "api", holds, power)


def put(
    path: str, handler: Handler, *, who: Who, scope: str, holds: Hold | None = None, power: Power | None = None
) -> Route:
    """An API route that replaces something."""
    return _declared("PUT", path, handler, who, scope, "api", holds, power)


def patch(
    path: str, handler: Handler, *, who: Who, scope: str, holds: Hold | None = None, power: Power | None = None
) -> Route:
    """An API route that changes parts of something."""
    return _declared("PATCH", path, handler, who, scope, "api", holds, power)


def delete(
    path: str, handler: Handler, *, who: Who, scope: str, holds: Hold | None = None, power: Power | None = None
) -> Route:
    """An API route that removes something."""
    return _declared("DELETE", path, handler, who, scope, "api", holds, power)


def page(
    method: str,
    path: str,
    handler: Handler,
    *,
    who: Who = "anyone",
    holds: Hold | None = None,
    guests: bool = False,
    power: Power | None = None,
) -> Route:
    """A page for people, asked with the session's cookie. Every method but GET is checked for forgery."""
    return replace(_declared(method, path, handler, who, "", "page", holds, power), guests=guests)


def public(method: str, path: str, handler: Handler, *, holds: Hold | None = None) -> Route:
    """For all alike: no token is looked at, so that `Authorization` may carry something else (Basic, a signature)."""
    return _declared(method, path, handler, "anyone", "", "open", holds)


def checked(routes: Iterable[Route]) -> tuple[Route, ...]:
    """The whole table. ValueError for what is doubled, undeclared or unknown: such a server does not start."""
    table = tuple(routes)
    seen: set[tuple[str, str]] = set()
    for route in table:
        name = f"{route.method} {route.path}"
        if route.method not in _METHODS or not route.path.startswith("/"):
            raise ValueError(f"{name} is no method of a path")
        if route.who not in ("anyone", "app", "user"):
            raise ValueError(f"{name} does not declare who may ask")
        _check_power(name, route.power)
        if route.who == "user" and route.door == "api" and not route.scope:
            raise ValueError(f"{name} acts for a person and declares no scope")
        if route.scope and route.scope not in scopes.KNOWN:
            raise ValueError(f"{name} declares the unknown scope {route.scope!r}")
        if route.method not in _SAFE and route.scope.startswith(_READS) and route.holds != "reading":
            raise ValueError(f"{name} could change something under a scope that only reads")
        if route.hot and route.method != "GET":
            raise ValueError(f"{name} changes something and cannot be hot")
        if (key := (route.method, _shape(route.path))) in seen:
            raise ValueError(f"{name} is in the table twice")
        seen.add(key)
    return table


def _check_power(name: str, power: Power) -> None:
    try:
        declared(power)
    except ValueError as error:
        raise ValueError(f"{name} does not declare what power it takes: {error}") from error


def _shape(path: str) -> str:
    return "/".join("<>" if part.startswith("<") else part for part in path.split("/"))
