"""The table that says who answers what, whom, and under which scope. Undeclared or doubled is an error at start."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from phyle.identity import scopes

Who = Literal["anyone", "app", "user"]
Door = Literal["api", "page", "open"]
Hold = Literal["reading", "writing", "nothing"]
Power = Literal["none", "self"]
Handler = Callable[[Any], Awaitable[Any]]

_SAFE = frozenset({"GET"})
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method of one path.

    `who`: anyone; app (any token, also one without a person); user (a person). `scope`: what a token must hold, ""
    where every token is enough. `door`: `api` is asked with a token, `page` with a session's cookie, `open` looks at
    neither, because who asks proves it in another way or need not. `holds`: what is open while the handler runs: a
    connection for reading, a transaction, or nothing (then the handler opens `asked.store` itself, because it also
    waits for other things). `hot`: asked so often that it is answered before Quart; only for what reads. `power`:
    reserved for what needs a mandate.
    """

    method: str
    path: str
    handler: Handler
    who: Who
    scope: str
    door: Door
    holds: Hold
    hot: bool = False
    power: Power = "none"


def _declared(
    method: str, path: str, handler: Handler, who: Who, scope: str | None, door: Door, holds: Hold | None
) -> Route:
    if scope is None:
        raise ValueError(f"{method} {path} declares no scope")
    held: Hold = holds or ("reading" if method in _SAFE else "writing")
    return Route(method=method, path=path, handler=handler, who=who, scope=scope, door=door, holds=held)


def get(path: str, handler: Handler, *, who: Who, scope: str, holds: Hold | None = None, hot: bool = False) -> Route:
    """An API route that reads."""
    return replace(_declared("GET", path, handler, who, scope, "api", holds), hot=hot)


def post(path: str, handler: Handler, *, who: Who, scope: str, holds: Hold | None = None) -> Route:
    """An API route that changes something."""
    return _declared("POST", path, handler, who, scope, "api", holds)


def put(path: str, handler: Handler, *, who: Who, scope: str, holds: Hold | None = None) -> Route:
    """An API route that replaces something."""
    return _declared("PUT", path, handler, who, scope, "api", holds)


def patch(path: str, handler: Handler, *, who: Who, scope: str, holds: Hold | None = None) -> Route:
    """An API route that changes parts of something."""
    return _declared("PATCH", path, handler, who, scope, "api", holds)


def delete(path: str, handler: Handler, *, who: Who, scope: str, holds: Hold | None = None) -> Route:
    """An API route that removes something."""
    return _declared("DELETE", path, handler, who, scope, "api", holds)


def page(method: str, path: str, handler: Handler, *, who: Who = "anyone", holds: Hold | None = None) -> Route:
    """A page for people, asked with the session's cookie. Every method but GET is checked for forgery."""
    return _declared(method, path, handler, who, "", "page", holds)


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
        if route.who == "user" and route.door == "api" and not route.scope:
            raise ValueError(f"{name} acts for a person and declares no scope")
        if route.scope and route.scope not in scopes.KNOWN:
            raise ValueError(f"{name} declares the unknown scope {route.scope!r}")
        if route.hot and route.method != "GET":
            raise ValueError(f"{name} changes something and cannot be hot")
        if (key := (route.method, _shape(route.path))) in seen:
            raise ValueError(f"{name} is in the table twice")
        seen.add(key)
    return table


def _shape(path: str) -> str:
    return "/".join("<>" if part.startswith("<") else part for part in path.split("/"))
