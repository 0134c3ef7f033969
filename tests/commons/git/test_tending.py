"""Repositories are put in order while they are used, and what is wrong with them is found."""

from pathlib import Path

import pytest

from phyle.commons import upkeep
from phyle.commons.git import commands, tending
from phyle.store.transaction import Store
from tests.commons.git.cloning import Work, begun, made, on_disk
from tests.people import member


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
    assert "missing" in await tending.faults(bare)


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
