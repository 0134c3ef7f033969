"""REF/PATH of an address: the longest ref that exists, nothing that could be an expression, nothing unreachable."""

from pathlib import Path

import pytest

from phyle.commons.browsing import places
from phyle.errors import Missing, Refusal
from tests.commons.browsing.made import Work, git


@pytest.fixture
def work(tmp_path: Path) -> Work:
    git(tmp_path, "init", "-q", "--bare", "--initial-branch=main", "x.git")
    work = Work(tmp_path / "x.git")
    work.commit({"a/b.txt": "x", "rows/a": "y"})
    work.branch("feature/rows")
    work.commit({"c": "z"}, branch="feature/rows")
    work.tag("feature/rows/old")
    work.tag("v1", "annotated")
    return work


@pytest.mark.parametrize(
    ("rest", "kind", "ref", "path"),
    [
        ("main", "branch", "main", b""),
        ("main/a/b.txt", "branch", "main", b"a/b.txt"),
        ("feature/rows/c", "branch", "feature/rows", b"c"),
        ("feature/rows/old/rows", "tag", "feature/rows/old", b"rows"),
        ("v1/a", "tag", "v1", b"a"),
        ('main/"caf\\351"', "branch", "main", b"caf\xe9"),
    ],
)
async def test_the_longest_ref_that_exists_is_meant(work: Work, rest: str, kind: str, ref: str, path: bytes) -> None:
    place = await places.find(work.folder, rest)
    assert (place.kind, place.ref, place.path) == (kind, ref, path)
    assert place.commit == git(work.folder, "rev-parse", f"{ref}^{{commit}}").decode().strip()


async def test_commits_are_found_by_their_ids_and_short_ones(work: Work) -> None:
    tip = work.tip()
    for name in (tip, tip[:8]):
        place = await places.find(work.folder, f"{name}/a")
        assert (place.kind, place.ref, place.path) == ("commit", tip, b"a")


@pytest.mark.threat("H1")
@pytest.mark.parametrize(
    "rest",
    [
        "--output=/tmp/x",
        "-x",
        "main~1",
        "main^",
        "main^{/x}",
        "main@{0}",
        "HEAD",
        "@",
        "feature",
        ":/x",
        "main:a",
        "ma*n",
        "ma?n",
        "[m]ain",
        "main-0-g{tip}",
        "refs/heads/main",
        "heads/main",
        "..",
        "main..feature/rows",
        "0" * 40,
        "abc",
        "",
        "/",
        "main\n",
    ],
)
async def test_nothing_is_read_as_an_option_an_expression_or_a_pattern(work: Work, rest: str) -> None:
    with pytest.raises(Refusal):
        await places.find(work.folder, rest.replace("{tip}", work.tip()[:12]))


async def test_what_nothing_leads_to_any_more_is_not_shown(work: Work) -> None:
    secret = work.commit({"password": "hunter2"}, branch="oops")
    assert (await places.find(work.folder, secret)).commit == secret
    places._reached.clear()
    git(work.folder, "update-ref", "-d", "refs/heads/oops")
    assert git(work.folder, "cat-file", "-t", secret).strip() == b"commit"  # git still has it
    for name in (secret, secret[:10]):
        with pytest.raises(Missing):
            await places.find(work.folder, name)
    git(work.folder, "update-ref", "refs/merge-requests/1/1", secret)
    assert (await places.find(work.folder, secret)).commit == secret


async def test_one_who_names_nothing_sees_the_default_branch_or_the_latest(work: Work, tmp_path: Path) -> None:
    for default, expected in (("main", "main"), ("gone", "feature/rows")):
        found = await places.first(work.folder, default)
        assert found is not None
        assert found.ref == expected
    git(tmp_path, "init", "-q", "--bare", "empty.git")
    assert await places.first(tmp_path / "empty.git", "main") is None
