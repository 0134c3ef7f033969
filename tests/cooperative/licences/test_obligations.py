"""What a fork must keep: every licence and notice of the original; it may add, and choose where there is a choice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.cooperative.licences.expressions import parse
from phyle.cooperative.licences.manifests import Manifest, manifest
from phyle.cooperative.licences.obligations import Dropped, keeps, obligations

TAG, HOLDER = "SPDX-License-Identifier", "SPDX-FileCopyrightText"


def work(texts: str = "MIT PPL", **files: tuple[str, str]) -> Manifest:
    """Files, each with its licence and holder."""
    given = {name: f"{HOLDER}: {holder}\n{TAG}: {licence}\n" for name, (licence, holder) in files.items()}
    told = {f"LICENSES/{id}.txt": "..." for id in texts.split()}
    return manifest((name, text.encode()) for name, text in (given | told).items())


ORIGINAL = work(a=("MIT", "Ann"), b=("PPL", "Bo"), c=("MIT OR PPL", "Ann"))


def test_what_a_fork_takes_over() -> None:
    found = obligations(ORIGINAL, ORIGINAL)
    assert found.kept
    assert [(each.licence, each.files, each.holders) for each in found.keep] == [
        ("MIT", 1, ("Ann",)),
        ("MIT OR PPL", 1, ("Ann",)),
        ("PPL", 1, ("Bo",)),
    ]


def test_it_may_add_and_choose() -> None:
    fork = work(a=("MIT AND ISC", "Ann"), b=("PPL", "Bo"), c=("PPL", "Ann"), d=("ISC", "Cleo"))
    assert obligations(ORIGINAL, fork).kept


def test_it_may_take_nothing_away() -> None:
    fork = work("MIT", a=("MIT OR ISC", "Ann"), b=("PPL", "Cleo"))
    found = obligations(ORIGINAL, fork)
    assert found.dropped == (
        Dropped(path="", what="text", was="PPL"),
        Dropped(path="a", what="licence", was="MIT", now="MIT OR ISC"),
        Dropped(path="b", what="notice", was="Bo"),
    )
    assert found.gone == ("c",)


def test_a_file_that_says_nothing_more_has_dropped_it() -> None:
    bare = manifest([("a", b"x"), ("b", b"x"), ("c", b"x")])
    assert {each.what for each in obligations(ORIGINAL, bare).dropped} == {"licence", "notice"}


@pytest.mark.parametrize(
    ("was", "now", "kept"),
    [
        ("MIT", "MIT", True),
        ("MIT", "MIT AND PPL", True),
        ("MIT", "MIT OR PPL", False),
        ("MIT AND PPL", "MIT", False),
        ("MIT AND PPL", "PPL AND ISC AND MIT", True),
        ("MIT OR PPL", "PPL AND ISC", True),
        ("MIT OR PPL", "ISC", False),
        ("(MIT OR PPL) AND ISC", "MIT AND ISC", True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only", False),
    ],
)
def test_whether_an_expression_keeps_another(was: str, now: str, kept: bool) -> None:
    assert keeps(parse(was), parse(now)) is kept


@given(st.lists(st.sampled_from(["MIT", "PPL", "MIT OR ISC", "(PPL OR ISC) AND MIT"]), min_size=1, max_size=5))
def test_a_copy_keeps_everything_and_more_keeps_as_well(several: list[str]) -> None:
    whole = " AND ".join(f"({each})" for each in several)
    assert keeps(parse(whole), parse(whole))
    assert keeps(parse(whole), parse(f"({whole}) AND CC0-1.0"))
