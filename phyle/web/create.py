"""The web's composition: tables in, one ASGI application out."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, cast

import quart
from quart import Quart, Request, request
from werkzeug.exceptions import HTTPException

from phyle.commons.creating import Wanted
from phyle.commons.evidence import Paper
from phyle.commons.repositories import Repository
from phyle.errors import Malformed, Missing, NotAllowed, Refusal, TooLarge
from phyle.identity.actors import Actor
from phyle.powers import Declared, declared
from phyle.store.transaction import Store
from phyle.web import errors, forms, source, statics
from phyle.web.answers import Answer
from phyle.web.asked import (
    CheckPapers,
    DeclareElsewhere,
    ForkRepository,
    JoinPhyle,
    Resolve,
    Surroundings,
)
from phyle.web.direct import direct
from phyle.web.door import Door, Incoming
from phyle.web.front import Front, Raw
from phyle.web.negotiation import wants_html
from phyle.web.routes import Route, checked

_LONGEST_STREAM = 900.0  # seconds; whoever streams has deadlines of its own
_MACHINES = ("/api/", "/oauth/token", "/oauth/revoke", "/.well-known/", "/nodeinfo")


async def nobody(_: str) -> int | None:
    """A `Resolve` that asks no other server."""
    return None


async def no_phyle(_: Actor, __: str) -> Any:
    """A `JoinPhyle` that finds none."""
    raise Missing


async def no_repository(_: Actor, __: str, ___: Wanted) -> Repository:
    """A `ForkRepository` that finds none."""
    raise Missing


async def no_papers(_: Actor, __: Iterable[Paper]) -> Mapping[str, Mapping[str, Any]]:
    """A `CheckPapers` that finds nothing out."""
    return {}


async def no_work(_: Actor, __: str, ___: Mapping[str, Any], ____: tuple[Paper, ...]) -> int:
    """A `DeclareElsewhere` that finds no work."""
    raise Missing


def create(
    store: Store,
    *,
    routes: Iterable[Route],
    raw: Iterable[Raw] = (),
    resolve_actor: Resolve = nobody,
    resolve_post: Resolve = nobody,
    refresh_actor: Resolve = nobody,
    join_phyle: JoinPhyle = no_phyle,
    fork_repository: ForkRepository = no_repository,
    check_papers: CheckPapers = no_papers,
    declare_elsewhere: DeclareElsewhere = no_work,
    powers: Iterable[Declared] = (),
) -> Front:
    """The application that answers `routes` through Quart and `raw` before it. ValueError for a table with faults.
    `powers`: what everything else takes that can be done here; a page shows it all.

    `resolve_actor` takes `ana@coop.org` or an address, `resolve_post` the address of a post; both give the id that it
    has here, after fetching what was not known, and are never called inside a transaction. `refresh_actor` is as
    `resolve_actor`, but also fetches what was known. `join_phyle` asks another phyle for a membership of somebody here,
    `fork_repository` another server for a repository; `check_papers` asks the phyles that issued credentials, and
    `declare_elsewhere` declares a use of a work of another phyle.
    """
    table, entries = checked((*routes, *statics.ROUTES, *source.ROUTES)), tuple(raw)
    routed = [(f"{route.method} {route.path}", route.power) for route in table]
    routed += [(f"{entry.method} {entry.path}", entry.power) for entry in entries]
    around = Surroundings(
        store=store,
        resolve_actor=resolve_actor,
        resolve_post=resolve_post,
        refresh_actor=refresh_actor,
        join_phyle=join_phyle,
        fork_repository=fork_repository,
        check_papers=check_papers,
        declare_elsewhere=declare_elsewhere,
        powers=(*declared("route", routed), *powers),
    )
    door = Door(around)
    app = _quart()
    for number, route in enumerate(table):
        app.add_url_rule(route.path, f"{number}", _view(door, route), methods=[route.method])
    for entry in entries:  # so that Quart knows the paths, and says 405 for other methods
        app.add_url_rule(entry.path, f"raw {entry.method} {entry.path}", _never, methods=[entry.method])
    hot = [direct(door, route) for route in table if route.hot]
    return Front(app, (*entries, *hot), store.settings)


async def _never(**_: str) -> quart.Response:
    raise RuntimeError("the front answers this path")


def _quart() -> Quart:
    app = Quart("phyle", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=forms.MOST_BYTES, BODY_TIMEOUT=30)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.register_error_handler(HTTPException, _refused)
    return app


def _view(door: Door, route: Route) -> Callable[..., Awaitable[quart.Response]]:
    async def view(**args: str) -> quart.Response:
        return _response(await door.answer(route, await _incoming(request, args)))

    return view


async def _incoming(asked: Request, args: dict[str, str]) -> Incoming:
    reads = asked.method in ("GET", "HEAD")
    scope: Mapping[str, Any] = cast("Mapping[str, Any]", asked.scope)
    return Incoming(
        method=asked.method,
        path=asked.path,
        args=args,
        query_string=asked.query_string,
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        body=b"" if reads else cast("bytes", await asked.get_data(cache=False)),
        address=(scope.get("client") or ("",))[0],
        request_id=scope["request_id"],
    )


def _response(answer: Answer) -> quart.Response:
    body = answer.body if answer.stream is None else answer.stream
    response = quart.Response(body, status=answer.status, content_type=answer.content_type)
    if answer.stream is not None:
        response.timeout = _LONGEST_STREAM
    for name, value in answer.headers.items():
        response.headers[name] = value
    for cookie in answer.cookies:
        response.headers.add("Set-Cookie", cookie)
    return response


async def _refused(error: HTTPException) -> quart.Response:
    """Quart's own refusals (no such path, no such method, too much) in our words."""
    path = request.path
    as_html = not path.startswith(_MACHINES) and wants_html(request.headers.get("Accept", ""))
    response = _response(errors.refused(_in_our_words(error), as_html=as_html))
    if error.code == 405 and (methods := getattr(error, "valid_methods", None)):
        response.headers["Allow"] = ", ".join(sorted(methods))
    return response


def _in_our_words(error: HTTPException) -> Refusal:
    if error.code == 405:
        return NotAllowed("This address does not take that method.")
    if error.code == 404:
        return Missing("There is nothing at this address.")
    if error.code == 413:
        return TooLarge(f"A request may have at most {forms.MOST_BYTES} bytes.")
    return Malformed("The request cannot be understood.", cause=str(error))
