"""`phyle doctor` looks at git and at every repository."""

import shutil

import pytest

from phyle.cli import doctor_git
from phyle.cli.findings import Finding
from phyle.commons.git import commands, spawning
from phyle.store.embedded import Doors
from phyle.store.transaction import Store
from tests.commons.git.cloning import made, on_disk
from tests.people import member


async def _found(store: Store, database: str) -> list[Finding]:
    doors = Doors(dsn_owner=database, dsn_server=database)
    return [finding async for finding in doctor_git.git_findings(store.settings, doors)]


async def test_every_repository_is_checked(store: Store, database: str) -> None:
    async with store.transaction() as tx:
        ana = await member(tx, "ana")
    await made(store, ana, "whole")
    lost = await made(store, ana, "lost")
    shutil.rmtree(on_disk(store, lost))
    version, whole, gone = await _found(store, database)
    assert version.sentence == f"version {await commands.version()}"
    assert (whole.level, whole.sentence.split(":")[0]) == ("ok", "whole")
    assert (gone.level, gone.sentence.split(":")[0]) == ("bad", "lost")


async def test_git_is_missing(store: Store, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    commands._versions.clear()
    spawning.executable.cache_clear()
    monkeypatch.setenv("PATH", "/nonexistent")
    try:
        (finding,) = await _found(store, database)
    finally:
        spawning.executable.cache_clear()
    assert (finding.level, "apt install git" in finding.sentence) == ("weak", True)


async def test_git_is_too_old(store: Store, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    commands._versions.clear()
    monkeypatch.setattr(commands, "OLDEST", (99, 0))
    (finding,) = await _found(store, database)
    assert (finding.level, "too old" in finding.sentence) == ("weak", True)
    assert "2.38" in finding.sentence
