"""Upkeep: now and then, the objects of what was pushed to are put in order."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

from phyle import clock
from phyle.commons import repositories
from phyle.commons.git import storage, tending
from phyle.store.jobs import Body
from phyle.store.sql import queries
from phyle.store.transaction import Store, Tx

SQL = queries(__file__)

TEND, FORGET = "commons.tend", "commons.forget_unreached"
_WIDTH: Mapping[str, int] = {"private": 0, "members": 1, "public": 2}
EVERY = timedelta(minutes=30)
_AT_ONCE = 20
_WHOLLY_EVERY = timedelta(days=7)


async def plan(tx: Tx, _: Body) -> None:
    """Recurring: a job for each repository that is due."""
    for row in await tx.rows(SQL.due, _AT_ONCE, _WHOLLY_EVERY):
        await tx.run(SQL.tended, row["id"], row["wholly"])  # so that the next look does not plan it once more
        await tx.queue(TEND, {"repository": row["id"], "wholly": row["wholly"]})


async def tend(_net: object, store: Store, body: Body) -> None:
    """A job beside the others, because it may take minutes: puts one repository in order."""
    folder = repositories.folder(store.settings, body["repository"])
    if not folder.is_dir():
        return
    await tending.tend(folder, wholly=body["wholly"])
    size = await storage.size(folder)
    async with store.transaction() as tx:
        await tx.run(SQL.sized, body["repository"], size)


async def shown(tx: Tx, body: Body) -> None:
    """Subscriber of RepositoryChanged: when more people can read it than before, what no branch or tag reaches any more
    is removed, which whoever knows its id could have had. Not at once: a push under way may be about to name some."""
    row = await tx.row(SQL.visible, body["repository"])
    if row is None or row["visibility"] == row["before"]:
        return
    await tx.run(SQL.show, body["repository"], row["visibility"])
    if _WIDTH[row["visibility"]] > _WIDTH[row["before"] or "private"]:
        at = clock.now() + 2 * tending.MOMENT
        await tx.queue(FORGET, {"repository": body["repository"]}, run_at=at)


async def forget(_net: object, store: Store, body: Body) -> None:
    """A job beside the others: removes what nothing reaches."""
    folder = repositories.folder(store.settings, body["repository"])
    if folder.is_dir():
        await tending.forget(folder)


async def everyone(store: Store) -> AsyncIterator[tuple[int, str]]:
    """Number and name of every repository. Not inside a transaction."""
    last = 0
    while True:
        async with store.reading() as tx:
            rows = await tx.rows(SQL.all, last)
        for row in rows:
            yield row["id"], row["name"]
        if not rows:
            return
        last = rows[-1]["id"]
