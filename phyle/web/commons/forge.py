"""Repositories for other servers: branches and commits by id, forks, stars and people as collections."""

from datetime import UTC, datetime
from typing import Any

from phyle.commons import forks, grants, permission, pushes, repositories
from phyle.commons.activities import documents
from phyle.commons.activities import pushes as telling
from phyle.commons.browsing import places
from phyle.commons.git import names, refs, storage
from phyle.commons.git.commands import run
from phyle.commons.repositories import Repository
from phyle.errors import Missing, Unprocessable
from phyle.identity import actors
from phyle.store.transaction import Tx
from phyle.web import negotiation
from phyle.web.actors import document
from phyle.web.answers import Answer, redirect
from phyle.web.asked import Asked
from phyle.web.commons.turns import costly
from phyle.web.routes import Route, public

_FORMAT = "%H%x00%an%x00%at%x00%ct%x00%B"
_HEX = frozenset("0123456789abcdef")


async def _readable(tx: Tx, number: int) -> Repository:
    """A repository that everybody may read: nobody logs in at these addresses."""
    found = await repositories.get(tx, number)
    await permission.require(tx, None, found, "read")
    return found


@costly
async def branch(asked: Asked) -> Any:
    """A branch; a person with a browser is led to its files."""
    async with asked.store.reading() as tx:
        found = await _readable(tx, asked.id("number"))
    name = asked.args["name"]
    try:
        ref = names.branch(name)
    except Unprocessable:
        raise Missing("There is no such branch.") from None
    if not await refs.oids(await storage.existing(asked.settings, found.id), [ref]):
        raise Missing("There is no such branch.")
    if negotiation.wants_html(asked.headers.get("accept", "")):
        return redirect(f"{repositories.clone_address(asked.settings, found)}/tree/{name}", status=302)
    return document(documents.branch(asked.settings, found, name))


@costly
async def show_commit(asked: Asked) -> Any:
    """A commit; a person with a browser is led to its page."""
    async with asked.store.reading() as tx:
        found = await _readable(tx, asked.id("number"))
    hash = asked.args["hash"]
    if len(hash) != 40 or not _HEX.issuperset(hash):
        raise Missing("There is no such commit.")
    folder = await storage.existing(asked.settings, found.id)
    commit = await refs.commit_of(folder, hash)
    if not await places.reachable(folder, commit):
        raise Missing("There is no such commit.")
    said = await run(folder, "log", "-1", f"--format={_FORMAT}", "--end-of-options", commit, "--")
    if negotiation.wants_html(asked.headers.get("accept", "")):
        return redirect(f"{repositories.clone_address(asked.settings, found)}/commit/{hash}", status=302)
    sha, author, created, committed, message = said.decode(errors="replace").split("\0", 4)
    shown = documents.commit(
        asked.settings,
        found,
        hash=sha,
        message=message,
        author=author[:200],
        created=_instant(created),
        committed=_instant(committed),
    )
    return document(shown)


def _instant(seconds: str) -> datetime:
    return datetime.fromtimestamp(min(int(seconds), 1 << 37), UTC)


@costly
async def push(asked: Asked) -> Answer:
    """One ref that was pushed."""
    async with asked.store.reading() as tx:
        found = await _readable(tx, asked.id("number"))
        done = await pushes.get(tx, asked.id("push"))
        pusher = (await actors.by_ids(tx, [done.pusher or 0])).get(done.pusher or 0)
    place = asked.id("place")
    if done.repository != found.id or place >= len(done.changes):
        raise Missing("There is no such push.")
    return document(await telling.document(asked.store, found, done, place, pusher))


async def list_forks(asked: Asked) -> Answer:
    """Every fork that ever told of itself, and was found to be one. Nothing here leaves any out."""
    found = await _readable(asked.tx, asked.id("number"))
    known = await forks.of(asked.tx, found.id)
    uri = f"{repositories.uri(asked.settings, found)}/forks"
    return document(documents.collection(uri, [each.uri for each in known]))


async def list_likes(asked: Asked) -> Answer:
    """How many like it."""
    found = await _readable(asked.tx, asked.id("number"))
    uri = f"{repositories.uri(asked.settings, found)}/likes"
    return document(documents.collection(uri, [], total=await forks.stars(asked.tx, found.id)))


async def list_team(asked: Asked) -> Answer:
    """Who holds a grant in it."""
    found = await _readable(asked.tx, asked.id("number"))
    held = await grants.of(asked.tx, found.id)
    known = await actors.by_ids(asked.tx, [each.holder for each in held])
    uri = f"{repositories.uri(asked.settings, found)}/team"
    named = dict.fromkeys(known[each.holder].uri for each in held if not known[each.holder].gone)
    return document(documents.collection(uri, list(named)))


ROUTES: tuple[Route, ...] = (
    public("GET", "/actors/<number>/branches/<path:name>", branch, holds="nothing"),
    public("GET", "/actors/<number>/commits/<hash>", show_commit, holds="nothing"),
    public("GET", "/actors/<number>/pushes/<push>/<place>", push, holds="nothing"),
    public("GET", "/actors/<number>/forks", list_forks),
    public("GET", "/actors/<number>/likes", list_likes),
    public("GET", "/actors/<number>/team", list_team),
)
