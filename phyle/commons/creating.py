"""Making a repository whole: its row, its first maintainer's grant, its folder; and unmaking what was deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from phyle.commons import grants, permission, repositories
from phyle.commons.git import storage
from phyle.commons.repositories import Keys, Kind, Repository, Visibility
from phyle.errors import Conflict, Missing, Refused, TooMany
from phyle.identity import accounts, limits
from phyle.identity.actors import Actor
from phyle.identity.limits import Limit
from phyle.store.jobs import Body
from phyle.store.sql import queries
from phyle.store.transaction import Store, Tx

SQL = queries(__file__)

MADE = Limit(
    name="repositories",
    most=30,
    window=limits.REGISTRATIONS_FROM_ADDRESS.window,
    sentence="You have made many repositories in a short time. Please go on later.",
)
REMOVE = "commons.remove_folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants to have made. `chain`: of a fork, what it descends from, nearest first."""

    name: str
    kind: Kind = "software"
    visibility: Visibility = "public"
    description: str = ""
    chain: Sequence[Mapping[str, str]] = ()


async def create(store: Store, creator: Actor, wanted: Wanted) -> Repository:
    """A repository with an empty folder, of which its creator is the first maintainer. Not in a transaction.

    Raises Unprocessable, Conflict, TooMany. Whatever is killed in between, a job makes the folder again.
    """
    keys = await new_keys()
    async with store.transaction() as tx:
        made = await create_in(tx, creator, wanted, keys)
    await storage.create(store.settings, made.id)
    return made


async def new_keys() -> Keys:
    """Keys for both actors, made in threads."""
    return Keys(repository=await accounts.new_keys(), circle=await accounts.new_keys())


async def create_in(tx: Tx, creator: Actor, wanted: Wanted, keys: Keys) -> Repository:
    """The same for whoever holds a transaction and makes the folder after it."""
    if not await limits.within(tx, MADE, str(creator.id)):
        raise TooMany(MADE.sentence, retry_after=int(MADE.window.total_seconds()))
    made = await repositories.create(
        tx,
        creator,
        wanted.name.strip(),
        kind=wanted.kind,
        visibility=wanted.visibility,
        description=wanted.description.strip(),
        chain=wanted.chain,
        keys=keys,
    )
    await grants.give(tx, made.id, creator.id, "maintainer", given_by=None)
    return made


async def make_folder(tx: Tx, body: Body) -> None:
    """Subscriber of RepositoryCreated: the folder is there, whatever was killed since the row was written."""
    await storage.create(tx.store.settings, body["repository"])


async def mend(tx: Tx, _body: Body) -> None:
    """Recurring: every repository has its folder. A lost one is made again empty, so that it can be pushed again."""
    for row in await tx.rows(SQL.all):
        if not (repositories.folder(tx.store.settings, row["id"]) / "objects").is_dir():
            await storage.create(tx.store.settings, row["id"])


async def delete(tx: Tx, viewer: int, repository: Repository) -> None:
    """Delete for good what is archived, and is no commons of the phyle: its name is never given to another one."""
    await permission.require(tx, viewer, repository, "maintain")
    if await permission.is_commons(tx, repository):
        raise Refused("This repository is a commons of the phyle: it can be archived, but nobody deletes it.")
    if repository.archived_at is None:
        raise Conflict("Archive it first: whoever uses it has some time to notice, and to fork it.")
    await repositories.delete(tx, repository)


async def remove_folder(tx: Tx, body: Body) -> None:
    """Subscriber of RepositoryDeleted: its objects leave the disk."""
    try:
        await repositories.get(tx, body["repository"])
    except Missing:
        await storage.remove(tx.store.settings, body["repository"])
