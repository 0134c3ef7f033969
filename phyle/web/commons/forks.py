"""Forks at the API: made from here or from elsewhere, how far they are, listed, brought up to date."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from phyle.commons import forks, obligations, permission, showing
from phyle.commons.activities import copying
from phyle.commons.activities.forks import name as name_one
from phyle.commons.obligations import Obliged
from phyle.commons.repositories import Visibility
from phyle.commons.showing import Described
from phyle.cooperative.seeing import Sight
from phyle.errors import Missing
from phyle.web import routes
from phyle.web.asked import Asked
from phyle.web.commons.opening import opened
from phyle.web.commons.repositories import READ, WRITE, shown, wanted
from phyle.web.commons.turns import costly
from phyle.web.cooperative.endpoints import BASE, Endpoint, change, get
from phyle.web.cooperative.shapes import shown as as_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Forking:
    """`origin`: what is forked, by its name here, as `@name.git@host`, or by its address. `name`: of the fork; without
    one it is called like its origin. A fork is of its origin's kind, and is read by no more people."""

    origin: str
    name: str = ""
    visibility: Visibility = "public"
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A fork, wherever it is: its id, name, where it is cloned from, since when it is known here."""

    uri: str
    name: str
    clone: str
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the fetching of a fork is. `bytes`: what has come; `said`: for people."""

    state: forks.State
    said: str
    origin: str
    clone: str
    bytes: int
    tries: int
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """The address of a fork."""

    address: str


async def fork(asked: Asked) -> Described:
    """Fork a repository, from here or from any other phyle, with its whole history. It is there at once; `progress`
    says how far its objects are. Nobody has to allow it: what may be read may be forked."""
    made = await asked.around.fork_repository(asked.me, asked.text("origin", most=2048), wanted(asked))
    return await shown(asked, made)


async def list_forks(asked: Asked, viewer: Sight) -> list[Listed]:
    """All forks of a repository that ever told of themselves, whoever keeps them. None can be left out."""
    found = await showing.found(asked.tx, asked.viewer.actor_id, asked.args["name"])
    known = await forks.of(asked.tx, found.id)
    return [Listed(uri=each.uri, name=each.name, clone=each.clone, told_at=each.told_at) for each in known]


async def name_fork(asked: Asked) -> list[Listed]:
    """Name a fork that is not listed: its own server is asked, and if that says what it was forked from, it is listed
    there. Also where that server and this one do not speak."""
    async with asked.store.transaction() as tx:
        found = await showing.found(tx, asked.me.id, asked.args["name"])
        await name_one(tx, asked.me, asked.text("address", most=2048))
        known = await forks.of(tx, found.id)
    return [Listed(uri=each.uri, name=each.name, clone=each.clone, told_at=each.told_at) for each in known]


async def progress(asked: Asked, viewer: Sight) -> Progress:
    """How far the fetching of a fork is."""
    found = await showing.found(asked.tx, asked.viewer.actor_id, asked.args["name"])
    return _progress(await forks.copy(asked.tx, found.id))


async def update(asked: Asked) -> Progress:
    """Bring a fork up to date: its branches follow those of its origin as far as they have nothing of their own. A copy
    that failed is tried again. This takes a grant as maintainer."""
    async with asked.store.transaction() as tx:
        found = await showing.found(tx, asked.me.id, asked.args["name"])
        await permission.require(tx, asked.me.id, found, "push-protected")
        await copying.begin(tx, found.id, asked.me.id)
        return _progress(await forks.copy(tx, found.id))


@costly
async def show_obligations(asked: Asked) -> Any:
    """What a fork must keep of the licences and notices of its origin, and what it has dropped of them. Whole files are
    read, so that it may take a moment."""
    return as_json(await obligations.of(asked.store, asked.viewer.actor_id, await opened(asked)))


def _progress(copy: forks.Copy | None) -> Progress:
    if copy is None:
        raise Missing("This was forked from nothing.")
    return Progress(
        state=copy.state,
        said=copy.said,
        origin=copy.origin,
        clone=copy.clone,
        bytes=copy.bytes,
        tries=copy.tries,
        finished_at=copy.finished_at,
    )


ENDPOINTS: tuple[Endpoint, ...] = (
    change("POST", "/forks", fork, Described, body=Forking, scope=WRITE),
    get("/repositories/<name>/forks", list_forks, list[Listed], scope=READ),
    change("POST", "/repositories/<name>/forks", name_fork, list[Listed], body=Naming, scope=WRITE),
    get("/repositories/<name>/progress", progress, Progress, scope=READ),
    Endpoint(
        route=routes.get(
            f"{BASE}/repositories/<name>/obligations", show_obligations, who="anyone", scope=READ, holds="nothing"
        ),
        answers=Obliged,
        query={},
    ),
    change("POST", "/repositories/<name>/update", update, Progress, scope=WRITE),
)
