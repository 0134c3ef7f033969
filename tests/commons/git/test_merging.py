"""Merges, edits and tags without a work tree, against what the real git says of them afterwards."""

import asyncio
import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from phyle.commons.git import commands, copying, editing, merging, objects, people, refs
from phyle.commons.git.conflicts import Conflicts
from phyle.commons.git.merging import Merged
from phyle.commons.git.people import Person
from phyle.errors import Conflict, Missing, TooLarge, Unprocessable
from tests.commons.git.cloning import Work, begun

ANA = Person(name="Ana <Lovelace>\n", email="ana@example.org", at=datetime(2026, 3, 1, 12, tzinfo=UTC))
BEN = Person(
    name="Ben", email="ben@example.org", at=datetime(2026, 3, 2, tzinfo=timezone(timedelta(hours=-5, minutes=-30)))
)
MAIN, SIDE = "refs/heads/main", "refs/heads/side"


@pytest.fixture
async def bare(tmp_path: Path) -> Path:
    """An empty bare repository."""
    folder = tmp_path / "repositories" / "1.git"
    folder.parent.mkdir()
    await commands.run(folder, "init", "--quiet", "--bare", "--template=", kind="write")
    return folder


@pytest.fixture
async def work(bare: Path, tmp_path: Path) -> Work:
    """A work tree with a commit in main, pushed to the bare one by its path."""
    work = await begun(tmp_path / "work")
    await work.commit("a.txt", "one\ntwo\nthree\n")
    await work.git("push", "--quiet", str(bare), "main")
    return work


async def _branched(work: Work, bare: Path, ours: str, theirs: str) -> tuple[str, str]:
    """Both branches changed a.txt; the commits of main and side."""
    await work.git("checkout", "--quiet", "-b", "side")
    side = await work.commit("a.txt", theirs)
    await work.git("checkout", "--quiet", "main")
    main = await work.commit("b.txt", "b") if not ours else await work.commit("a.txt", ours)
    await work.git("push", "--quiet", str(bare), "main", "side")
    return main, side


async def test_a_merge_has_two_parents_and_both_changes(bare: Path, work: Work) -> None:
    main, side = await _branched(work, bare, "", "one\nTWO\nthree\n")
    merged = await merging.merge(bare, MAIN, side, "merge", "Merge side\r\n\r\nWhy.", BEN, ANA)
    assert isinstance(merged, Merged)
    assert (await refs.oids(bare, [MAIN]))[MAIN] == merged.commit
    shown = (await commands.run(bare, "cat-file", "commit", merged.commit)).decode()
    assert shown == (
        f"tree {merged.tree}\nparent {main}\nparent {side}\n"
        f"author Ben <ben@example.org> {int(BEN.at.timestamp())} -0530\n"
        f"committer Ana Lovelace <ana@example.org> {int(ANA.at.timestamp())} +0000\n\nMerge side\n\nWhy.\n"
    )
    assert [entry.name for entry in await objects.tree(bare, merged.tree)] == ["a.txt", "b.txt"]
    assert (await objects.read(bare, objects.at(merged.commit, "a.txt")))[1] == b"one\nTWO\nthree\n"


async def test_a_squash_has_one_parent(bare: Path, work: Work) -> None:
    main, side = await _branched(work, bare, "", "one\nTWO\nthree\n")
    merged = await merging.merge(bare, MAIN, side, "squash", "All of it", BEN, ANA, expected=main)
    assert isinstance(merged, Merged)
    assert (await commands.run(bare, "rev-list", "--parents", "-1", merged.commit)).split()[1:] == [main.encode()]


async def test_a_fast_forward_makes_no_commit(bare: Path, work: Work) -> None:
    await work.git("checkout", "--quiet", "-b", "side")
    side = await work.commit("c.txt", "c")
    await work.git("push", "--quiet", str(bare), "side")
    merged = await merging.merge(bare, MAIN, side, "fast-forward", "", BEN, ANA)
    assert isinstance(merged, Merged)
    assert merged.commit == side
    with pytest.raises(Unprocessable, match="nothing to merge"):
        await merging.merge(bare, MAIN, side, "merge", "Again", BEN, ANA)


async def test_what_is_no_fast_forward_is_refused(bare: Path, work: Work) -> None:
    main, side = await _branched(work, bare, "", "x\n")
    with pytest.raises(Unprocessable, match="no fast-forward"):
        await merging.merge(bare, MAIN, side, "fast-forward", "", BEN, ANA)
    assert (await refs.oids(bare, [MAIN]))[MAIN] == main


async def test_conflicts_are_told_line_by_line(bare: Path, work: Work) -> None:
    main, side = await _branched(work, bare, "one\nzwei\nthree\n", "one\ndeux\nthree\n")
    found = await merging.merge(bare, MAIN, side, "merge", "Merge", BEN, ANA)
    assert isinstance(found, Conflicts)
    (file,) = found.files
    assert (file.path, file.kinds) == ("a.txt", ("CONFLICT (contents)",))
    assert [(hunk.line, hunk.ours, hunk.theirs) for hunk in file.hunks] == [(2, ("zwei",), ("deux",))]
    assert [(stage.number, stage.mode) for stage in file.stages] == [(1, "100644"), (2, "100644"), (3, "100644")]
    theirs = await commands.run(bare, "cat-file", "blob", file.stages[2].oid)
    assert theirs == b"one\ndeux\nthree\n"
    assert (await refs.oids(bare, [MAIN]))[MAIN] == main


async def test_a_file_that_one_side_removed_is_a_conflict_without_lines(bare: Path, work: Work) -> None:
    await work.git("checkout", "--quiet", "-b", "side")
    await work.git("rm", "--quiet", "a.txt")
    await work.git("commit", "--quiet", "-m", "Remove it")
    side = await work.one("rev-parse", "HEAD")
    await work.git("checkout", "--quiet", "main")
    await work.commit("a.txt", "changed\n")
    await work.git("push", "--quiet", str(bare), "main", "side")
    found = await merging.merge(bare, MAIN, side, "merge", "Merge", BEN, ANA)
    assert isinstance(found, Conflicts)
    assert found.files[0].kinds == ("CONFLICT (modify/delete)",)
    assert "deleted in" in found.files[0].messages[0]
    assert [stage.number for stage in found.files[0].stages] == [1, 2]


async def test_somebody_was_faster(bare: Path, work: Work) -> None:
    main, side = await _branched(work, bare, "", "x\n")
    faster = await editing.edit(bare, MAIN, {"d.txt": b"d"}, "Faster", ANA, ANA, expected=main)
    with pytest.raises(Conflict, match="faster"):
        await merging.merge(bare, MAIN, side, "merge", "Merge", BEN, ANA, expected=main)
    assert (await refs.oids(bare, [MAIN]))[MAIN] == faster


async def test_histories_with_nothing_in_common(bare: Path, work: Work) -> None:
    await work.git("checkout", "--quiet", "--orphan", "side")
    side = await work.commit("a.txt", "other")
    await work.git("push", "--quiet", str(bare), "side")
    with pytest.raises(Unprocessable, match="nothing in common"):
        await merging.merge(bare, MAIN, side, "merge", "Merge", BEN, ANA)


async def test_edits_keep_modes_and_everything_else(bare: Path, work: Work) -> None:
    (work.folder / "run.sh").write_text("#!/bin/sh\n")
    (work.folder / "run.sh").chmod(0o755)
    await work.git("add", "run.sh")
    main = await work.commit("deep/er/x.txt", "x")
    await work.git("push", "--quiet", str(bare), "main")
    files = {"run.sh": b"#!/bin/sh\necho\n", "deep/new.txt": b"new", "a.txt": None}
    made = await editing.edit(bare, MAIN, files, "Edit", ANA, ANA, expected=main)
    said = (await commands.run(bare, "ls-tree", "-r", made)).decode()
    assert [(line.split()[0], line.split()[3]) for line in said.splitlines()] == [
        ("100644", "deep/er/x.txt"),
        ("100644", "deep/new.txt"),
        ("100755", "run.sh"),
    ]
    assert not [name for name in await asyncio.to_thread(os.listdir, bare) if "index" in name]
    with pytest.raises(Unprocessable, match="Nothing is different"):
        await editing.edit(bare, MAIN, {"deep/new.txt": b"new"}, "Same", ANA, ANA, expected=made)


async def test_the_first_commit_of_an_empty_repository(bare: Path) -> None:
    made = await editing.edit(bare, MAIN, {"README.md": b"# Hello\n"}, "Begin", ANA, ANA, expected=None)
    assert (await refs.oids(bare, [MAIN]))[MAIN] == made
    with pytest.raises(Conflict):
        await editing.edit(bare, MAIN, {"README.md": b"# No\n"}, "Begin", ANA, ANA, expected=None)


@pytest.mark.parametrize(
    "path", ["", "/a", "a/", "../a", "a/../b", ".git/config", "a/.GIT/x", ".git./x", "a//b", "a\nb", "a\0b", "x" * 1001]
)
async def test_paths_that_no_file_has(bare: Path, path: str) -> None:
    with pytest.raises(Unprocessable):
        await editing.edit(bare, MAIN, {path: b"x"}, "Edit", ANA, ANA, expected=None)


async def test_links_and_too_large_files_are_not_edited(bare: Path, work: Work) -> None:
    (work.folder / "link").symlink_to("/etc/passwd")
    await work.git("add", "link")
    main = await work.commit("x.txt", "x")
    await work.git("push", "--quiet", str(bare), "main")
    with pytest.raises(Unprocessable, match="a link"):
        await editing.edit(bare, MAIN, {"link": b"root"}, "Edit", ANA, ANA, expected=main)
    with pytest.raises(Unprocessable, match="a file and a folder"):
        await editing.edit(bare, MAIN, {"x.txt/y": b"y", "x.txt": b"x2"}, "Edit", ANA, ANA, expected=main)
    with pytest.raises(Unprocessable, match="no room"):
        await editing.edit(bare, MAIN, {"x.txt/y": b"y"}, "Edit", ANA, ANA, expected=main)
    await editing.edit(bare, MAIN, {"x.txt": None, "x.txt/y": b"y"}, "Edit", ANA, ANA, expected=main)
    with pytest.raises(TooLarge):
        await editing.edit(bare, MAIN, {"y": b"x" * (editing.LARGEST + 1)}, "Edit", ANA, ANA, expected=main)


async def test_tags(bare: Path, work: Work) -> None:
    main = await work.one("rev-parse", "HEAD")
    made = await editing.create_tag(bare, "v1.0", main, "First\n\nAll of it.", ANA)
    assert (await refs.resolve(bare, "v1.0"), made != main) == (main, True)
    assert await editing.create_tag(bare, "bare", main, None, ANA) == main
    with pytest.raises(Conflict):
        await editing.create_tag(bare, "v1.0", main, None, ANA)
    (v1,) = [ref for ref in await refs.listing(bare, "refs/tags/") if ref.short == "v1.0"]
    assert (v1.target, v1.kind, v1.subject, v1.at) == (main, "commit", "First", ANA.at)
    await commands.run(bare, "fsck", "--strict")


async def test_names_are_looked_up_and_never_parsed(bare: Path, work: Work) -> None:
    main = await work.one("rev-parse", "HEAD")
    await work.git("push", "--quiet", str(bare), "main:refs/heads/a/b", "main:refs/merge-requests/1/1")
    for name in ("main", "a/b", "refs/heads/main", "refs/merge-requests/1/1", main, main[:9]):
        assert await refs.resolve(bare, name) == main
    for name in ("HEAD", "main~0", "main^{tree}", "@", "-n", "--all", ":/Write", "main:a.txt", "", "a", main[:5], "m*"):
        with pytest.raises(Missing):
            await refs.resolve(bare, name)


async def test_counting_between(bare: Path, work: Work) -> None:
    main, side = await _branched(work, bare, "one\n", "two\n")
    assert await refs.count_between(bare, main, side) == (1, 1)
    assert await refs.merge_base(bare, main, side) == await work.one("merge-base", "main", "side")


async def test_a_copy_has_what_refs_reach_and_nothing_else(bare: Path, work: Work, tmp_path: Path) -> None:
    main = await work.one("rev-parse", "HEAD")
    secret = await work.commit("secret.txt", "secret")
    await work.git("tag", "-m", "v1", "v1", "HEAD~1")
    await work.git("push", "--quiet", str(bare), "main", "v1")
    await work.git("push", "--quiet", "--force", str(bare), f"{main}:main", f"{secret}:refs/merge-requests/1/1")
    fork = tmp_path / "repositories" / "2.git"
    await commands.run(fork, "init", "--quiet", "--bare", "--template=", kind="write")
    assert set(await copying.copy(bare, fork)) == {MAIN, "refs/tags/v1"}
    assert await refs.resolve(fork, "v1") == main
    assert (await objects.look(bare, [secret]))[0] is not None
    assert (await objects.look(fork, [secret]))[0] is None
    assert not (fork / "objects" / "info" / "alternates").exists()
    await commands.run(fork, "fsck", "--strict", "--connectivity-only")


def test_signing_off() -> None:
    assert people.signed_off("Fix", BEN) == "Fix\n\nSigned-off-by: Ben <ben@example.org>"
    once = people.signed_off("Fix\n\nWhy.\n\nReviewed-by: Ana <a@b>", BEN)
    assert once.endswith("Reviewed-by: Ana <a@b>\nSigned-off-by: Ben <ben@example.org>")
    assert people.signed_off(once, BEN) == once
