"""Repositories are put in order while they are used, and what is wrong with them is found."""

from datetime import timedelta
from pathlib import Path

import pytest

from phyle.commons import upkeep
from phyle.commons.git import commands, tending
from phyle.store.transaction import Store
from tests.commons.git.cloning import Work, begun, made, on_disk
from tests.people import member
from tests.servers import eventually


@pytest.fixture
async def bare(tmp_path: Path) -> Path:
    """A bare repository with twenty packs."""
    folder = tmp_path / "repositories" / "1.git"
    folder.parent.mkdir()
    await commands.run(folder, "init", "--quiet", "--bare", "--template=", kind="write")
    await _filled(folder, tmp_path, 20)
    return folder


async def _filled(folder: Path, place: Path, packs: int) -> Work:
    work = await begun(place / "work")
    await work.git("-C", str(folder), "config", "receive.unpackLimit", "1")
    for number in range(packs):
        await work.commit(f"file{number}", f"{number}")
        await work.git("push", "--quiet", str(folder), "main")
    return work


def _packs(folder: Path) -> int:
    return len(list((folder / "objects/pack").glob("*.pack")))


async def test_many_packs_become_few(bare: Path) -> None:
    assert _packs(bare) == 20
    await tending.tend(bare, wholly=False)
    assert _packs(bare) < 5
    assert (bare / "objects/info/commit-graph").exists()
    assert await tending.faults(bare) == ""


async def test_what_nobody_reaches_is_kept_for_a_while_and_then_removed(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = (await commands.run(bare, "rev-parse", "main")).decode().strip()
    work = Work(tmp_path / "work")
    await work.git("push", "--quiet", "--force", str(bare), "HEAD~1:main")
    await tending.tend(bare, wholly=True)
    assert (await commands.ran(bare, "cat-file", "-e", lost)).code == 0
    monkeypatch.setattr(tending, "KEPT", "now")
    await tending.tend(bare, wholly=True)
    assert (await commands.ran(bare, "cat-file", "-e", lost)).code != 0
    assert await tending.faults(bare) == ""


async def test_what_is_lost_is_found(bare: Path) -> None:
    for path in list((bare / "objects/pack").glob("*"))[:2]:
        path.unlink()
    found = await tending.faults(bare)
    assert "missing" in found or "invalid sha1 pointer" in found  # git's words depend on which file went first


async def test_what_was_pushed_is_planned_once(store: Store, tmp_path: Path) -> None:
    async with store.transaction() as tx:
        ana = await member(tx, "ana")
    repository = await made(store, ana)
    await _filled(on_disk(store, repository), tmp_path, 3)
    async with store.transaction() as tx:
        await upkeep.plan(tx, {})
        assert await tx.value("SELECT count(*) FROM store.jobs WHERE name = 'commons.tend'") == 0  # type: ignore[arg-type]
    await store.pool.execute("UPDATE commons.repositories SET pushed_at = now()")
    for _ in range(2):
        async with store.transaction() as tx:
            await upkeep.plan(tx, {})
    (body,) = await store.pool.fetch("SELECT body FROM store.jobs WHERE name = 'commons.tend'")
    assert body["body"] == {"repository": repository.id, "wholly": True}
    await upkeep.tend(None, store, body["body"])
    assert _packs(on_disk(store, repository)) == 1
    assert await store.pool.fetchval("SELECT bytes > 0 FROM commons.repositories")


@pytest.mark.threat("H8")
async def test_what_was_taken_out_is_gone_before_more_people_can_look(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protocol version 2 gives out any object by its id, so what no branch reaches must not be there."""
    async with store.transaction() as tx:
        ana = await member(tx, "ana")
    repository = await made(store, ana, "closed", "private")
    folder = on_disk(store, repository)
    work = await _filled(folder, tmp_path, 3)
    secret = await work.one("rev-parse", "HEAD")
    await work.git("push", "--quiet", "--force", str(folder), "HEAD~1:main")
    counted = "SELECT count(*) FROM store.jobs WHERE name = 'commons.forget_unreached' AND run_at > now()"
    for visibility, jobs in (("private", 0), ("public", 1), ("public", 1), ("private", 1), ("members", 2)):
        await store.pool.execute("UPDATE commons.repositories SET visibility = $1", visibility)
        async with store.transaction() as tx:
            await upkeep.shown(tx, {"repository": repository.id})
        assert await store.pool.fetchval(counted) == jobs
    await upkeep.forget(None, store, {"repository": repository.id})
    assert (await commands.ran(folder, "cat-file", "-e", secret)).code == 0  # it may be part of a push under way
    monkeypatch.setattr(tending, "MOMENT", timedelta(0))

    async def gone() -> bool:  # times of files have whole seconds here
        await upkeep.forget(None, store, {"repository": repository.id})
        return (await commands.ran(folder, "cat-file", "-e", secret)).code != 0

    await eventually(gone)
    assert await tending.faults(folder) == ""
