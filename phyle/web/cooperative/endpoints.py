"""Endpoints: routes of this API, each with what it asks for and what it answers, so that its document cannot drift."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_origin

from phyle.conversation.paging import Page
from phyle.cooperative import seeing
from phyle.cooperative.law.table import LAW
from phyle.cooperative.seeing import Sight
from phyle.powers import Power
from phyle.web import routes
from phyle.web.answers import Answer, Listing
from phyle.web.asked import Asked
from phyle.web.client.pages import between
from phyle.web.cooperative.shapes import shown
from phyle.web.routes import Route

BASE = "/api/phyle/v1"
READ, WRITE = "read:phyle", "write:phyle"
PAGED: Mapping[str, str] = {
    "limit": "At most so many, 40 at the most.",
    "max_id": "Only what began before this time in milliseconds (entries: index), as `Link` gives it.",
    "since_id": "Only what began after it.",
    "min_id": "What began right after it.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """`answers`: the type of what comes back; `listed`: several of them, paged by `Link`. `query`: parameters of the
    address with what they mean. `act`: the kind of act that it enters, if it takes the payload's own words. `enters`:
    every kind of act that may be entered for whoever asks, at once or when it has been done. `body`: the type of what
    is given, where no act says so. `media`: of the answer, if it is no JSON."""

    route: Route
    answers: Any
    listed: bool = False
    query: Mapping[str, str]
    act: str = ""
    enters: tuple[str, ...] = ()
    body: Any = None
    media: str = "application/json"


Read = Callable[[Asked, Sight], Awaitable[Any]]
ReadPage = Callable[[Asked, Sight, Page], Awaitable[tuple[Sequence[Any], Sequence[int]]]]


def get(
    path: str,
    handler: Read,
    answers: Any,
    *,
    who: routes.Who = "anyone",
    query: Mapping[str, str] | None = None,
    power: Power | None = None,
    media: str = "application/json",
    scope: str = READ,
) -> Endpoint:
    """Something that is read. The handler is given who asks; what it gives back is shown as JSON."""

    async def run(asked: Asked) -> Any:
        found = await handler(asked, await seeing.sight(asked.tx, asked.viewer.actor_id))
        return found if isinstance(found, Answer) else shown(found)

    route = routes.get(f"{BASE}{path}", _as(run, handler), who=who, scope=scope, power=power)
    return Endpoint(route=route, answers=answers, query=query or {}, media=media)


def pages(
    path: str,
    handler: ReadPage,
    answers: Any,
    *,
    who: routes.Who = "anyone",
    query: Mapping[str, str] | None = None,
    scope: str = READ,
) -> Endpoint:
    """A list that is read page by page, newest first. The handler gives the items and the numbers they are paged by.
    ValueError for what is answered as one item."""
    if get_origin(answers) is not list:
        raise ValueError(f"GET {path} answers a list: say list[...]")

    async def run(asked: Asked) -> Listing:
        viewer = await seeing.sight(asked.tx, asked.viewer.actor_id)
        items, cursors = await handler(asked, viewer, between(asked))
        listing = Listing(items=shown(items))
        return replace(listing, newest=max(cursors), oldest=min(cursors)) if cursors else listing

    route = routes.get(f"{BASE}{path}", _as(run, handler), who=who, scope=scope)
    return Endpoint(route=route, answers=answers, listed=True, query={**(query or {}), **PAGED})


def change(
    method: str,
    path: str,
    handler: Callable[[Asked], Awaitable[Any]],
    answers: Any,
    *,
    act: str = "",
    enters: tuple[str, ...] = (),
    body: Any = None,
    who: routes.Who = "user",
    holds: routes.Hold = "nothing",
    power: Power | None = None,
    scope: str = WRITE,
) -> Endpoint:
    """Something that is done. The handler opens what it needs itself, because acts are entered by others. `enters`: the
    kinds of act that it may enter, where what is given is not their payload. ValueError for a kind that there is
    not."""
    if unknown := set(enters) - LAW.acts.keys():
        raise ValueError(f"{method} {path} enters {sorted(unknown)}: no such act")
    made = {"POST": routes.post, "PUT": routes.put, "PATCH": routes.patch, "DELETE": routes.delete}[method]

    async def run(asked: Asked) -> Any:
        return shown(await handler(asked))

    route = made(f"{BASE}{path}", _as(run, handler), who=who, scope=scope, holds=holds, power=power)
    return Endpoint(
        route=route, answers=answers, query={}, act=act, enters=enters or ((act,) if act else ()), body=body
    )


def _as(run: Any, handler: Any) -> Any:
    """The handler's name and words, by which the table and its document call it."""
    run.__doc__, run.__name__ = handler.__doc__, getattr(handler, "__name__", "deed")
    return run
