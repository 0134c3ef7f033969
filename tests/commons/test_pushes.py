"""Pushes are written down before and settled after, whatever dies in between."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from phyle.commons import pushes
from phyle.commons.events import Pushed
from phyle.commons.git import commands, editing, leftovers, merging, names, refs
from phyle.commons.git.changed import Changed
from phyle.commons.git.people import Person
from phyle.commons.pushes import Settled
from phyle.commons.repositories import Repository
from phyle.errors import Conflict, Missing
from phyle.identity.actors import Actor
from phyle.store.transaction import Store, Tx
from tests.commons.git.cloning import made, on_disk
from tests.people import member

MAIN = "refs/heads/main"


@pytest.fixture
async def ana(store: Store) -> Actor:
    async with store.transaction() as tx:
        return await member(tx, "ana")


@pytest.fixture
async def repository(store: Store, ana: Actor) -> Repository:
    return await made(store, ana)


@pytest.fixture
def folder(store: Store, repository: Repository) -> Path:
    return on_disk(store, repository)


def _ana() -> Person:
    return Person(name="Ana", email="ana@example.org", at=datetime.now(UTC))


async def _commit(folder: Path, content: str, parent: str | None = None) -> str:
    """A commit that no ref names."""
    blob = (await commands.run(folder, "hash-object", "-w", "--stdin", stdin=content.encode(), kind="write")).strip()
    tree = await commands.run(folder, "mktree", stdin=b"100644 blob " + blob + b"\ta.txt\n", kind="write")
    return await merging.commit(folder, tree.decode().strip(), [parent] if parent else [], content, _ana(), _ana())


async def _told(store: Store) -> list[Any]:
    """The pushes that were told, in order: ids of jobs' bodies would do, but the settled rows say the same."""
    rows: list[Any] = await store.pool.fetch("SELECT id, done FROM commons.pushes WHERE done <> '[]' ORDER BY id")
    return rows


async def _recovered(store: Store) -> None:
    async with store.transaction() as tx:
        await pushes.recover(tx, {})


async def _dead(store: Store, repository: Repository, *changes: Changed) -> int:
    """A push that this process began and does no more, as if it had been another one that was killed."""
    async with pushes.under_way(store, repository.id, None, changes) as push:
        return push


async def test_what_we_change_ourselves_is_told(store: Store, repository: Repository, folder: Path, ana: Actor) -> None:
    seen: list[int] = []

    async def also(tx: Tx, push: int) -> None:
        seen.append((await pushes.get(tx, push)).id)

    swap = pushes.swapping(store, repository.id, ana.id, also=also)
    made_commit = await editing.edit(folder, MAIN, {"a": b"a"}, "Begin", _ana(), _ana(), expected=None, swap=swap)
    (told,) = await _told(store)
    assert told["done"] == [{"ref": MAIN, "old": names.ZERO, "new": made_commit}]
    assert seen == [told["id"]]
    with pytest.raises(Conflict):
        await editing.edit(folder, MAIN, {"a": b"b"}, "Begin", _ana(), _ana(), expected=None, swap=swap)
    assert len(await _told(store)) == 1
    await swap(folder, MAIN, new=None, old=made_commit)
    assert (await _told(store))[1]["done"] == [{"ref": MAIN, "old": made_commit, "new": names.ZERO}]


async def test_killed_before_git_did_anything(store: Store, repository: Repository, folder: Path) -> None:
    await _dead(store, repository, Changed(ref=MAIN, old=names.ZERO, new=await _commit(folder, "a")))
    await _recovered(store)
    assert await _told(store) == []
    assert await store.pool.fetchval("SELECT count(*) FROM commons.pushes WHERE settled_at IS NULL") == 0


async def test_killed_after_git_did_it(store: Store, repository: Repository, folder: Path) -> None:
    commit = await _commit(folder, "a")
    push = await _dead(store, repository, Changed(ref="refs/heads/wood", old=names.ZERO, new=commit))
    await refs.update(folder, "refs/heads/wood", new=commit, old=None)
    await _recovered(store)
    await _recovered(store)
    assert [row["id"] for row in await _told(store)] == [push]
    assert await refs.head(folder) == "refs/heads/wood"
    assert await store.pool.fetchval("SELECT default_branch FROM commons.repositories") == "wood"


async def test_killed_in_the_middle(store: Store, repository: Repository, folder: Path) -> None:
    """Each ref is old or new; those that are new are told, and the lock that was left stops nobody."""
    commit = await _commit(folder, "a")
    changes = [Changed(ref=f"refs/heads/{name}", old=names.ZERO, new=commit) for name in ("one", "two")]
    push = await _dead(store, repository, *changes)
    await refs.update(folder, "refs/heads/one", new=commit, old=None)
    (folder / "refs/heads/two.lock").write_text("")
    (folder / "objects/tmp_objdir-incoming-x").mkdir()
    await _recovered(store)
    async with store.reading() as tx:
        assert (await pushes.get(tx, push)).changes == (changes[0],)
    await refs.update(folder, "refs/heads/two", new=commit, old=None)
    assert not (folder / "objects/tmp_objdir-incoming-x").exists()


async def test_killed_after_git_did_it_and_somebody_went_on(store: Store, repository: Repository, folder: Path) -> None:
    first = await _commit(folder, "a")
    second = await _commit(folder, "b", first)
    push = await _dead(store, repository, Changed(ref=MAIN, old=names.ZERO, new=first))
    await refs.update(folder, MAIN, new=first, old=None)
    await pushes.swapping(store, repository.id, None)(folder, MAIN, new=second, old=first)
    await _recovered(store)
    assert (await _told(store))[0]["id"] == push
    assert len(await _told(store)) == 2


async def test_killed_before_git_did_anything_and_tried_again(
    store: Store, repository: Repository, folder: Path
) -> None:
    """The second attempt did exactly what the first one wanted: it is told, and the first is not."""
    commit = await _commit(folder, "a")
    change = Changed(ref=MAIN, old=names.ZERO, new=commit)
    await _dead(store, repository, change)
    await pushes.swapping(store, repository.id, None)(folder, MAIN, new=commit, old=None)
    (second,) = await _told(store)
    await _recovered(store)
    assert await _told(store) == [second]
    await pushes.swapping(store, repository.id, None)(folder, MAIN, new=None, old=commit)
    third, fourth = await _dead(store, repository, change), await _dead(store, repository, change)
    await refs.update(folder, MAIN, new=commit, old=None)
    await _recovered(store)
    told = [row["id"] for row in await _told(store)]
    assert (third in told) != (fourth in told)


async def test_what_is_under_way_is_left_alone(store: Store, repository: Repository, folder: Path) -> None:
    commit = await _commit(folder, "a")
    change = Changed(ref=MAIN, old=names.ZERO, new=commit)
    async with pushes.under_way(store, repository.id, None, [change]) as push:
        dead = await _dead(store, repository, Changed(ref="refs/heads/x", old=names.ZERO, new=commit))
        (folder / "objects/tmp_objdir-incoming-x").mkdir()
        await _recovered(store)
        assert (folder / "objects/tmp_objdir-incoming-x").exists()
        async with store.transaction() as tx:
            assert await pushes.settle(tx, push, [change], Settled())
            assert not await pushes.settle(tx, push, [change], Settled())
    await _recovered(store)
    assert not (folder / "objects/tmp_objdir-incoming-x").exists()
    async with store.reading() as tx:
        with pytest.raises(Missing):
            await pushes.get(tx, dead)


async def test_given_up_too_early_is_told_after_all(store: Store, repository: Repository, folder: Path) -> None:
    """Another process thought that this one was dead, and saw that nothing had happened yet."""
    change = Changed(ref=MAIN, old=names.ZERO, new=await _commit(folder, "a"))
    push = await _dead(store, repository, change)
    await _recovered(store)
    async with store.transaction() as tx:
        assert await pushes.settle(tx, push, [change], Settled())
    assert len(await _told(store)) == 1


async def test_the_event_is_in_the_commit(store: Store, repository: Repository, folder: Path) -> None:
    """Whoever hears of a push hears of it exactly if it is settled."""
    told = store.subscriptions[Pushed]
    await pushes.swapping(store, repository.id, None)(folder, MAIN, new=await _commit(folder, "a"), old=None)
    count = await store.pool.fetchval("SELECT count(*) FROM store.jobs WHERE name = $1", told.jobs[0])
    assert count == 1


async def test_what_lies_about_is_swept(folder: Path) -> None:
    old = [folder / "refs/heads/x.lock", folder / "objects/pack/tmp_pack_x", folder / "edit-1.index"]
    for path in old:
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text("")
        os.utime(path, (0, 0))
    young = folder / "refs/heads/y.lock"
    young.write_text("")
    await leftovers.sweep(folder)
    assert [path.exists() for path in (*old, young)] == [False, False, False, True]
