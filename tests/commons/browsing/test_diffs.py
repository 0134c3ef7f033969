"""Differences as git writes them, of histories that try to be misread."""

from pathlib import Path

import pytest

from phyle.commons.browsing import blaming, comparing, diffs, history
from phyle.commons.browsing.places import Place
from tests.commons.browsing.made import Work, git


@pytest.fixture
def work(tmp_path: Path) -> Work:
    git(tmp_path, "init", "-q", "--bare", "--initial-branch=main", "x.git")
    return Work(tmp_path / "x.git")


async def test_a_renamed_and_changed_file_is_one_file(work: Work) -> None:
    text = "".join(f"line {number}\n" for number in range(30))
    old = work.commit({"a.txt": text})
    new = work.commit({"a.txt": None, "b.txt": text.replace("line 3\n", "line three\n")})
    diff = await comparing.between(work.folder, old, new)
    (file,) = diff.files
    assert (file.change, file.old, file.new, file.added, file.removed) == ("renamed", b"a.txt", b"b.txt", 1, 1)
    assert diff.whole
    assert diff.count == 1
    changed = [line for line in file.hunks[0].lines if line.sign != " "]
    assert [(line.old, line.new, line.text) for line in changed] == [(4, None, "line 3"), (None, 4, "line three")]


async def test_names_and_lines_that_look_like_headers_are_what_they_are(work: Work) -> None:
    names = {b'q"uote\\': "1", b"tab\there": "2", b"line\nfeed": "3", b"caf\xe9": "4", b"a b": "5", b":100644": "6"}
    commit = work.commit(
        {
            **names,
            "evil": "diff --git a/x b/x\n@@ -1 +1 @@\n--- a/x\n+++ b/x\n:100644 100644 " + "0" * 40 + "\nno end",
        }
    )
    diff = await comparing.of_commit(work.folder, await history.one(work.folder, commit))
    assert {file.new for file in diff.files} == {*names, b"evil"}
    evil = next(file for file in diff.files if file.new == b"evil")
    assert [line.text for line in evil.hunks[0].lines][:3] == ["diff --git a/x b/x", "@@ -1 +1 @@", "--- a/x"]
    assert evil.hunks[0].lines[-1].ends
    for file in diff.files:
        if file.new in names:
            assert [line.text for line in file.hunks[0].lines] == [names[file.new]]


async def test_a_file_that_becomes_a_link_takes_nothing_from_its_neighbour(work: Work) -> None:
    old = work.commit({"a": "text\n", "b": "one\n"})
    new = work.commit({"b": "two\n"}, links={"a": "/etc/passwd"})
    diff = await comparing.between(work.folder, old, new)
    found = {file.new: [line.text for hunk in file.hunks for line in hunk.lines] for file in diff.files}
    assert found == {b"a": ["text", "/etc/passwd"], b"b": ["one", "two"]}
    assert diff.files[0].change == "retyped"


async def test_what_is_too_much_is_cut_and_said(work: Work) -> None:
    many = work.commit({f"f{number}": "x" for number in range(diffs.MOST_FILES + 5)})
    diff = await comparing.of_commit(work.folder, await history.one(work.folder, many))
    assert len(diff.files) == diffs.MOST_FILES
    assert diff.count == diffs.MOST_FILES + 5
    assert not diff.whole
    long = work.commit({"long": "y\n" * (diffs.MOST_LINES + 100)})
    diff = await comparing.of_commit(work.folder, await history.one(work.folder, long))
    assert not diff.whole
    assert sum(len(hunk.lines) for hunk in diff.files[0].hunks) == diffs.MOST_LINES


async def test_a_patch_cut_in_the_middle_is_read_as_far_as_it_goes(work: Work) -> None:
    commit = work.commit({"a": "one\ntwo\n", "b": "three\n"})
    said = git(work.folder, "diff-tree", "-r", "--root", "--raw", "-p", "--full-index", "--no-commit-id", commit)
    for end in range(0, len(said), 7):
        diff = diffs.read(said[:end], whole=False)
        assert not diff.whole
        assert all(line.text in ("one", "two", "three") for file in diff.files for h in file.hunks for line in h.lines)


async def test_three_dots_leave_out_what_the_base_did_alone(work: Work) -> None:
    work.commit({"a": "1"})
    work.branch("side")
    work.commit({"b": "2"})
    work.commit({"c": "3"}, "On the side", branch="side")
    found = await comparing.three_dots(work.folder, work.tip("main"), work.tip("side"))
    assert [file.new for file in found.diff.files] == [b"c"]
    assert [commit.subject for commit in found.commits] == ["On the side"]
    git(
        work.folder,
        "update-ref",
        "refs/heads/lone",
        git(work.folder, "commit-tree", "-m", "Alone", work.tip() + "^{tree}").strip(),
    )
    found = await comparing.three_dots(work.folder, work.tip("main"), work.tip("lone"))
    assert found.base is None
    assert len(found.diff.files) == 2


async def test_an_author_cannot_forge_the_commits_after_theirs(work: Work) -> None:
    work.commit({"a": "1"}, "First")
    work.commit({"a": "2"}, "Second\n\n\x01 body \x02", GIT_AUTHOR_NAME="\x01 x", GIT_AUTHOR_EMAIL="\x01")
    place = Place(ref="main", kind="branch", commit=work.tip())
    steps = (await history.log(work.folder, place)).steps
    assert [step.commit.subject for step in steps] == ["Second", "First"]
    assert [step.commit.oid for step in steps] == git(work.folder, "log", "--format=%H").decode().split()


async def test_a_file_is_followed_through_its_renames(work: Work) -> None:
    text = "".join(f"line {number}\n" for number in range(30))
    work.commit({"old name": text}, "Begin")
    work.commit({"old name": None, "new": text}, "Rename")
    work.commit({"other": "x"}, "Something else")
    place = Place(ref="main", kind="branch", commit=work.tip(), path=b"new")
    part = await history.log(work.folder, place, follow=True)
    assert [(step.commit.subject, step.path) for step in part.steps] == [("Rename", b"new"), ("Begin", b"old name")]


async def test_blame_goes_on_before_a_rename_and_with_any_name(work: Work) -> None:
    text = "".join(f"line {number}\n" for number in range(30))
    first = work.commit({b'caf\xe9 "old"': text}, "Begin")
    second = work.commit({b'caf\xe9 "old"': None, b"new\nname": text.replace("line 3\n", "line three\n")}, "Rename")
    place = Place(ref="main", kind="branch", commit=second, path=b"new\nname")
    blocks = await blaming.blame(work.folder, place)
    assert [(block.origin.oid, block.first, len(block.lines)) for block in blocks] == [
        (first, 1, 3),
        (second, 4, 1),
        (first, 5, 26),
    ]
    assert blocks[1].origin.previous == (first, b'caf\xe9 "old"')
    assert blocks[0].origin.previous is None
    assert list(blocks[1].lines) == ["line three"]
