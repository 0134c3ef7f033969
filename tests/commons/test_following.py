"""Following a project: what its followers on any server read of what was pushed."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from phyle.commons import following, repositories
from phyle.commons.activities import pushes
from phyle.commons.following import Commit, Moved
from phyle.commons.git import names
from phyle.commons.git.changed import Changed
from phyle.commons.repositories import Repository
from phyle.identity import actors
from tests.between import accepted, received
from tests.commons.git.cloning import Work, address, begun, made, on_disk, password
from tests.instance import Instance
from tests.peer import Peer
from tests.servers import eventually


async def seeded(here: Instance, folder: Path) -> tuple[Repository, Work, str]:
    """Ana's empty repository, her work tree with two commits, where she pushes to."""
    ana = await here.member("ana")
    repository = await made(here.store, ana.actor)
    work = await begun(folder)
    for number in range(2):
        await work.commit(f"{number}.txt", f"{number}\n", f"Sow row {number}")
    return repository, work, address(here.origin, repository, await password(here.store, ana.actor))


async def followed(here: Instance, there: Peer, repository: Repository, who: int) -> str:
    """Somebody elsewhere follows one of its actors; them."""
    mia = there.actor(f"mia{who}")
    async with here.store.reading() as tx:
        uri = (await actors.by_id(tx, who)).uri
    await accepted(here, there, there.activity("Follow", mia, uri))
    await received(there, "Accept")
    return uri


async def notes(there: Peer) -> list[str]:
    return [each["object"]["content"] for each in there.of_type("Create")]


async def test_who_follows_the_group_on_mastodon_reads_of_pushes(here: Instance, there: Peer, tmp_path: Path) -> None:
    repository, work, target = await seeded(here, tmp_path / "work")
    group = await followed(here, there, repository, repository.circle)
    await work.git("push", "--quiet", target, "main")
    (create,) = await received(there, "Create")
    note = create["object"]
    assert (note["type"], note["attributedTo"]) == ("Note", group)
    assert "ana pushed 2 commits to main" in note["content"]
    assert "Sow row 1" in note["content"]
    assert note["phyle:push"].startswith(f"{here.origin}/actors/{repository.id}/pushes/")
    answer = await here.client.get(note["phyle:push"], headers={"Accept": "application/activity+json"})
    assert (answer.status_code, answer.json()["type"]) == (200, "Push")


async def test_many_pushes_are_one_post(
    here: Instance, there: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository, work, target = await seeded(here, tmp_path / "work")
    await followed(here, there, repository, repository.circle)
    await work.git("push", "--quiet", target, "main")
    await received(there, "Create")
    for number in range(3):
        await work.commit("again.txt", f"{number}\n", f"Water {number}")
        await work.git("push", "--quiet", target, "main")
    await here.settled()
    assert len(await notes(there)) == 1
    monkeypatch.setattr(pushes, "PAUSE", timedelta())
    async with here.store.transaction() as tx:
        await tx.queue(pushes.POST, {"repository": repository.id})

    async def told() -> bool:
        return len(await notes(there)) == 2

    await eventually(told)
    last = (await notes(there))[-1]
    assert all(f"Water {number}" in last for number in range(3))
    assert await here.value("SELECT count(*) FROM commons.untold_pushes") == 0


async def test_who_follows_the_repository_gets_a_push(here: Instance, there: Peer, tmp_path: Path) -> None:
    repository, work, target = await seeded(here, tmp_path / "work")
    uri = await followed(here, there, repository, repository.id)
    await work.git("push", "--quiet", target, "main")
    (push,) = await received(there, "Push")
    assert (push["actor"], push["context"]) == (uri, uri)
    assert push["attributedTo"] == (await here.value("SELECT uri FROM identity.actors WHERE name = 'ana'"))
    assert push["target"] == f"{uri}/branches/main"
    assert push["hashAfter"] == await work.one("rev-parse", "HEAD")
    assert "hashBefore" not in push
    assert (push["object"]["totalItems"], len(push["object"]["orderedItems"])) == (2, 2)
    branch = (await here.client.get(push["target"], headers={"Accept": "application/json"})).json()
    assert (branch["type"], branch["context"], branch["ref"]) == ("Branch", uri, "refs/heads/main")
    commit = (await here.client.get(push["object"]["orderedItems"][0]["id"], headers={"Accept": "*/*"})).json()
    assert (commit["type"], commit["summary"]) == ("Commit", "Sow row 1")
    outbox = (await here.client.get(f"{uri}/outbox", params={"page": "true"})).json()
    assert outbox["orderedItems"] == [push["id"]]


@pytest.mark.threat("E7")
async def test_of_what_is_not_for_everybody_nobody_hears(here: Instance, there: Peer, tmp_path: Path) -> None:
    repository, work, target = await seeded(here, tmp_path / "work")
    for who in (repository.id, repository.circle):
        await followed(here, there, repository, who)
    async with here.store.transaction() as tx:
        await repositories.change(tx, repository, repositories.Change(visibility="private"))
    await work.git("push", "--quiet", target, "main")
    await here.settled()
    assert there.of_type("Push") == there.of_type("Create") == []
    assert (await here.client.get(f"/actors/{repository.id}/outbox?page=true")).status_code == 404


@pytest.mark.threat("G5")
async def test_words_of_commits_name_nobody_and_tag_nothing(here: Instance, there: Peer, tmp_path: Path) -> None:
    repository, work, target = await seeded(here, tmp_path / "work")
    bob = await here.member("bob")
    await followed(here, there, repository, repository.circle)
    await work.commit("x.txt", "x", "@bob #urgent <b>https://evil.example/</b>\u202e")
    await work.git("push", "--quiet", target, "main")
    (create,) = await received(there, "Create")
    note = create["object"]
    assert [tag["type"] for tag in note["tag"]] == []
    assert "<b>" not in note["content"]
    assert "\u202e" not in note["content"]
    assert 'href="https://evil' not in note["content"]
    assert await bob.get("/api/v1/notifications") == []


def change(ref: str, old: str = "1" * 40, new: str = "2" * 40) -> Changed:
    return Changed(ref=ref, old=old, new=new)


@pytest.mark.parametrize(
    ("moved", "said"),
    [
        ({"change": change("refs/heads/main"), "total": 1}, "ana pushed 1 commit to main:"),
        ({"change": change("refs/heads/main"), "total": 1000}, "ana pushed at least 1000 commits to main:"),
        ({"change": change("refs/heads/main"), "total": 0, "commits": ()}, "ana moved main: p/compare/"),
        ({"change": change("refs/heads/new", names.ZERO), "total": 3}, "and 2 more\np/commits/new"),
        ({"change": change("refs/heads/old", new=names.ZERO), "total": 0}, "ana deleted the branch old."),
        ({"change": change("refs/tags/v1", names.ZERO), "total": 0}, "ana set the tag v1: p/tags"),
        ({"change": change("refs/tags/v1", new=names.ZERO), "total": 0}, "ana deleted the tag v1."),
    ],
)
def test_what_is_said_of_a_ref(moved: dict[str, Any], said: str) -> None:
    commit = Commit(hash="2" * 40, author="Ana", created=0, committed=0, message="Sow\n\nmore")
    assert said in following.sentence("ana", [Moved(**{"commits": (commit,), **moved})], page="p")


async def test_what_came_with_a_push_is_what_was_not_there(here: Instance, tmp_path: Path) -> None:
    repository, work, target = await seeded(here, tmp_path / "work")
    first = await work.one("rev-parse", "HEAD")
    await work.git("push", "--quiet", target, "main")
    await work.git("checkout", "--quiet", "-b", "topic")
    await work.git("commit", "--quiet", "--allow-empty", "--allow-empty-message", "-m", "")
    tip = await work.one("rev-parse", "HEAD")
    await work.git("push", "--quiet", target, "topic")
    folder = on_disk(here.store, repository)
    born = await following.moved(folder, change("refs/heads/topic", names.ZERO, tip), default="main")
    assert ([commit.hash for commit in born.commits], born.total) == ([tip], 1)
    whole = await following.moved(folder, change("refs/heads/main", names.ZERO, first), default="main")
    assert [commit.title for commit in whole.commits] == ["Sow row 1", "Sow row 0"]
    lost = await following.moved(folder, change("refs/heads/main", "3" * 40, first), default="main")
    assert lost.total == 2
