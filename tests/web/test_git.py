"""Git over HTTP, with the real git: clone in every way, fetch, push, and who may."""

import os
from pathlib import Path
from typing import Any

import pytest

from phyle.commons import protection, pushes, repositories
from phyle.commons.git import commands, spawning
from phyle.errors import Unavailable
from tests.commons.git.cloning import Work, address, begun, granted, made, password
from tests.instance import Instance, Member
from tests.servers import eventually


@pytest.fixture
async def ana(here: Instance) -> Member:
    return await here.member("ana")


async def _pushed(here: Instance, ana: Member, folder: Path, *, commits: int = 3) -> tuple[Work, str, str]:
    """Ana's work tree with some commits, all pushed; the address to clone from, and the one to push to."""
    repository = await made(here.store, ana.actor)
    secret = await password(here.store, ana.actor)
    work = await begun(folder)
    for number in range(commits):
        await work.commit(f"file{number}.txt", f"{number}\n" * 100)
    target = address(here.origin, repository, secret)
    await work.git("push", "--quiet", target, "main")
    return work, address(here.origin, repository), target


async def test_what_is_pushed_can_be_cloned(here: Instance, ana: Member, tmp_path: Path) -> None:
    work, source, _ = await _pushed(here, ana, tmp_path / "work")
    there = Work(tmp_path)
    await there.git("clone", "--quiet", source, "clone")
    assert await Work(tmp_path / "clone").one("rev-parse", "HEAD") == await work.one("rev-parse", "HEAD")
    assert await Work(tmp_path / "clone").one("symbolic-ref", "HEAD") == "refs/heads/main"


@pytest.mark.parametrize("version", ["0", "1", "2"])
async def test_every_version_of_the_protocol(here: Instance, ana: Member, tmp_path: Path, version: str) -> None:
    work, source, target = await _pushed(here, ana, tmp_path / "work")
    there = Work(tmp_path)
    await there.git("-c", f"protocol.version={version}", "clone", "--quiet", source, "clone")
    await work.commit("more.txt", "more\n")
    await work.git("-c", f"protocol.version={version}", "push", "--quiet", target, "main")
    clone = Work(tmp_path / "clone")
    await clone.git("-c", f"protocol.version={version}", "fetch", "--quiet")
    assert await clone.one("rev-parse", "origin/main") == await work.one("rev-parse", "HEAD")


async def test_long_questions_are_sent_compressed(here: Instance, ana: Member, tmp_path: Path) -> None:
    """Whoever has much that the server does not know asks in several rounds, each of which git compresses."""
    work, source, target = await _pushed(here, ana, tmp_path / "work")
    await Work(tmp_path).git("clone", "--quiet", source, "clone")
    clone = Work(tmp_path / "clone", "Ben")
    commit = "commit refs/heads/main\ncommitter Ben <b@b> 4000000000 +0000\ndata 1\nx\n"
    await clone.git("fast-import", "--quiet", "--force", stdin=("reset refs/heads/main\n" + commit * 300).encode())
    new = await work.commit("new.txt", "new")
    await work.git("push", "--quiet", target, "main")
    said = await clone.git("fetch", "origin", GIT_TRACE_CURL="1")
    assert "Content-Encoding: gzip" in said.said
    assert await clone.one("rev-parse", "origin/main") == new


async def test_shallow_and_partial(here: Instance, ana: Member, tmp_path: Path) -> None:
    _, source, _ = await _pushed(here, ana, tmp_path / "work", commits=5)
    there = Work(tmp_path)
    await there.git("clone", "--quiet", "--depth=2", source, "shallow")
    assert await Work(tmp_path / "shallow").one("rev-list", "--count", "HEAD") == "2"
    await Work(tmp_path / "shallow").git("fetch", "--quiet", "--unshallow")
    assert await Work(tmp_path / "shallow").one("rev-list", "--count", "HEAD") == "5"
    await there.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", source, "partial")
    missing = await Work(tmp_path / "partial").one("rev-list", "--objects", "--missing=print", "HEAD")
    assert missing.count("?") == 5
    await Work(tmp_path / "partial").git("checkout", "--quiet", "main")
    assert (tmp_path / "partial" / "file3.txt").read_text() == "3\n" * 100


async def test_a_push_is_written_down_and_told_once(here: Instance, ana: Member, tmp_path: Path) -> None:
    work, _, target = await _pushed(here, ana, tmp_path / "work")
    first = await work.one("rev-parse", "HEAD")
    second = await work.commit("again.txt", "again\n")
    await work.git("tag", "-m", "first", "v1")
    said = await work.git("push", "--atomic", target, "main", "v1")
    assert "[new tag]" in said.said
    async with here.store.reading() as tx:
        repository = (await tx.row("SELECT id FROM commons.repositories"))["id"]  # type: ignore[arg-type,index]
        latest, before = await pushes.of(tx, repository)
    assert [(each.ref, each.old, each.new) for each in latest.changes if "heads" in each.ref] == [
        ("refs/heads/main", first, second)
    ]
    assert {each.ref for each in latest.changes} == {"refs/heads/main", "refs/tags/v1"}
    assert before.changes[0].created
    assert latest.pusher == ana.actor.id
    assert await here.value("SELECT pushed_at IS NOT NULL AND bytes > 0 FROM commons.repositories")


async def test_the_first_branch_decides_what_head_names(here: Instance, ana: Member, tmp_path: Path) -> None:
    repository = await made(here.store, ana.actor)
    work = await begun(tmp_path / "work")
    await work.commit("a.txt", "a")
    await work.git(
        "push", "--quiet", address(here.origin, repository, await password(here.store, ana.actor)), "main:wood"
    )
    assert await here.value("SELECT default_branch FROM commons.repositories") == "wood"
    await Work(tmp_path).git("clone", "--quiet", address(here.origin, repository), "clone")
    assert await Work(tmp_path / "clone").one("symbolic-ref", "HEAD") == "refs/heads/wood"


async def test_protected_branches_are_neither_rewritten_nor_deleted(
    here: Instance, ana: Member, tmp_path: Path
) -> None:
    work, _, target = await _pushed(here, ana, tmp_path / "work")
    before = await work.one("rev-parse", "HEAD")
    await work.git("push", "--quiet", target, "main:side")
    await work.git("commit", "--quiet", "--amend", "-m", "Another past")
    refused = await work.git("push", "--force", target, "main", check=False)
    assert refused.code
    assert "non-fast-forward" in refused.said
    refused = await work.git("push", target, ":main", check=False)
    assert refused.code
    assert "This is the default branch: nobody deletes it" in refused.said
    await work.git("push", "--quiet", "--force", target, "main:side")  # one that nothing protects
    await work.git("push", "--quiet", target, ":side")
    assert await work.one("ls-remote", target) == f"{before}\tHEAD\n{before}\trefs/heads/main"


async def test_what_is_refused_is_refused_alone_and_says_why(here: Instance, ana: Member, tmp_path: Path) -> None:
    work, _, target = await _pushed(here, ana, tmp_path / "work")
    said = await work.git("push", target, "main:refs/heads/side", "main:refs/merge-requests/1/1", check=False)
    assert said.code
    assert "[new branch]      main -> side" in said.said
    assert "written by this server only" in said.said
    said = await work.git("push", "--atomic", target, "main:other", "main:refs/strange/x", check=False)
    assert said.code
    assert "All or nothing" in said.said
    assert "Only branches (refs/heads/)" in said.said
    assert "other" not in await work.one("ls-remote", target)
    await work.git("tag", "v1")
    await work.git("push", "--quiet", target, "v1")
    await work.commit("more.txt", "more")
    await work.git("tag", "--force", "v1")
    said = await work.git("push", "--force", target, "v1", check=False)
    assert "A tag stays where it is" in said.said


async def test_contributors_push_what_is_not_protected(here: Instance, ana: Member, tmp_path: Path) -> None:
    _, source, _ = await _pushed(here, ana, tmp_path / "work")
    ben = await here.member("ben")
    async with here.store.reading() as tx:
        repository = (await tx.row("SELECT id FROM commons.repositories"))["id"]  # type: ignore[arg-type,index]
    target = source.replace("//", f"//ben:{await password(here.store, ben.actor)}@")
    await Work(tmp_path).git("clone", "--quiet", source, "clone")
    clone = Work(tmp_path / "clone", "Ben")
    await clone.commit("bens.txt", "ben")
    said = await clone.git("push", target, "main", check=False)
    assert said.code
    assert "403" in said.said
    assert "Fork it" in said.said
    await here.fetch(
        "INSERT INTO commons.grants (id, repository, holder, role) VALUES (1, $1, $2, 'contributor')",
        repository,
        ben.actor.id,
    )
    said = await clone.git("push", target, "main", "main:bens", check=False)
    assert said.code
    assert "This branch is protected" in said.said
    assert "[new branch]" in said.said


async def test_a_server_without_git_says_so(here: Instance, ana: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = await made(here.store, ana.actor)
    commands._versions.clear()
    spawning.executable.cache_clear()
    monkeypatch.setenv("PATH", "/nonexistent")
    try:
        answer = await here.client.get(f"/@{repository.name}.git/info/refs?service=git-upload-pack")
    finally:
        spawning.executable.cache_clear()
    assert answer.status_code == 503
    assert answer.text == f"{spawning.MISSING}\n"
    assert int(answer.headers["retry-after"]) > 60


async def test_the_dumb_protocol_is_refused(here: Instance, ana: Member) -> None:
    repository = await made(here.store, ana.actor)
    for query in ("", "?service=git-archive", "?service="):
        answer = await here.client.get(f"/@{repository.name}.git/info/refs{query}")
        assert (answer.status_code, "smart protocol" in answer.text) == (403, True)
    assert (await here.client.get(f"/@{repository.name}.git/objects/info/packs")).status_code == 404
    head = await here.client.head(f"/@{repository.name}.git/info/refs?service=git-upload-pack")
    assert (head.status_code, head.content) == (200, b"")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await here.client.post(f"/@{repository.name}.git/git-receive-pack", content=b"0000", headers=form)
    assert answer.status_code == 403


async def test_nobody_learns_which_repositories_there_are(here: Instance, ana: Member) -> None:
    ben = await here.member("ben")
    await made(here.store, ana.actor, "closed", "private")
    answers = []
    for name in ("closed", "nowhere"):
        path = f"/@{name}.git/info/refs?service=git-upload-pack"
        anonymous = await here.client.get(path)
        stranger = await here.client.get(path, auth=("ben", await password(here.store, ben.actor)))
        answers.append((anonymous.status_code, anonymous.text, stranger.status_code, stranger.text))
        assert anonymous.headers["www-authenticate"].startswith("Basic ")
    assert answers[0] == answers[1]
    assert answers[0][0::2] == (401, 404)
    own = await here.client.get("/@closed.git/info/refs?service=git-upload-pack", auth=("ana", ana.token))
    assert own.status_code == 200


async def test_a_push_that_cannot_be_settled_is_no_success_and_is_told_later(
    here: Instance, ana: Member, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, _, target = await _pushed(here, ana, tmp_path / "work")
    new = await work.commit("more.txt", "more")

    async def away(*_: object) -> bool:
        raise Unavailable("The database does not answer right now.")

    with monkeypatch.context() as patched:
        patched.setattr(pushes, "settle", away)
        said = await work.git("push", target, "main", check=False)
        assert said.code
    assert await here.value("SELECT count(*) FROM commons.pushes WHERE settled_at IS NULL") == 1
    await eventually(lambda: here.value("SELECT count(*) = 0 FROM commons.pushes WHERE settled_at IS NULL"), seconds=30)
    steps = await here.fetch("SELECT done FROM commons.pushes WHERE done <> '[]' ORDER BY id")
    assert [step["done"][0]["new"] for step in steps][-1] == new
    assert len(steps) == 2
    assert "up-to-date" in (await work.git("push", target, "main")).said


async def test_what_changed_while_a_push_was_on_its_way_counts(
    here: Instance, ana: Member, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A maintainer who became a contributor before the last byte came writes no protected branch any more."""
    work, source, _ = await _pushed(here, ana, tmp_path / "work")
    ben = await here.member("ben")
    async with here.store.reading() as tx:
        repository = await repositories.named(tx, "seeder")
    assert repository is not None
    grant = await granted(here.store, repository, ben.actor, "maintainer")
    target = source.replace("//", f"//ben:{await password(here.store, ben.actor)}@")
    await work.commit("large", os.urandom(3_000_000))
    original = protection.refused
    asked = 0

    async def meanwhile(*args: Any, **words: Any) -> dict[str, str]:
        nonlocal asked
        asked += 1
        if asked == 2:
            await here.fetch("UPDATE commons.grants SET role = 'contributor' WHERE id = $1", grant)
        return await original(*args, **words)

    monkeypatch.setattr(protection, "refused", meanwhile)
    said = await work.git("push", target, "main", check=False)
    assert said.code
    assert asked == 2
    assert "protected" in said.said
