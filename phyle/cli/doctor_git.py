"""What `phyle doctor` says about git and the repositories: whether all is there that they need."""

from collections.abc import AsyncIterator

from phyle.cli.findings import Finding
from phyle.commons import repositories, upkeep
from phyle.commons.git import commands, tending
from phyle.errors import Refusal
from phyle.settings import Settings
from phyle.store import migrations
from phyle.store.embedded import Doors
from phyle.store.pool import opened
from phyle.store.transaction import Store

_TOPIC = "git"


async def git_findings(settings: Settings, doors: Doors) -> AsyncIterator[Finding]:
    """The version, then every repository: each is named as it is checked, because a large one takes a while."""
    try:
        version = await commands.version()
    except Refusal as refusal:
        yield Finding(level="weak", topic=_TOPIC, sentence=f"{refusal.sentence} Nothing else depends on it.")
        return
    yield Finding(level="ok", topic=_TOPIC, sentence=f"version {version}")
    if any(migration.applied_at is None for migration in await migrations.status(doors.dsn_owner)):
        return
    async with opened(settings, doors.dsn_server, jobs={}, subscriptions={}, size=1) as store:
        async for finding in _repositories(store):
            yield finding


async def _repositories(store: Store) -> AsyncIterator[Finding]:
    async for number, name in upkeep.everyone(store):
        yield await _checked(store, number, name)


async def _checked(store: Store, number: int, name: str) -> Finding:
    folder = repositories.folder(store.settings, number)
    if not folder.is_dir():
        return Finding(level="bad", topic=_TOPIC, sentence=f"{name}: {folder} is not there: restore it from a backup")
    try:
        found = await tending.faults(folder)
    except Refusal as refusal:
        return Finding(level="weak", topic=_TOPIC, sentence=f"{name}: {refusal}")
    if found:
        lines = found.splitlines()
        sentence = f"{name}: {len(lines)} faults in {folder}, the first: {lines[0][:200]}: restore it from a backup"
        return Finding(level="bad", topic=_TOPIC, sentence=sentence)
    return Finding(level="ok", topic=_TOPIC, sentence=f"{name}: everything that its branches and tags need is there")
