"""State: what was fetched, what is absent, what a fork changes, and what nobody knows."""

from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar

import pytest

from phyle.cooperative.law.state import NotLoaded, OpenedVote, SheetWithheld, State
from phyle.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    SLICE: ClassVar[str] = "some_leaf"

    size: int


def test_a_fork_changes_nothing_below_until_it_is_absorbed() -> None:
    whole = State()
    whole.load("some_leaf", "a", Leaf(size=1))
    fork = whole.fork()
    fork.put(Leaf(size=2), "a")
    fork.put(Leaf(size=3), "b")
    inner = fork.fork()
    inner.drop(Leaf, "a")
    assert (whole.get(Leaf, "a"), fork.get(Leaf, "a"), inner.get(Leaf, "a")) == (Leaf(size=1), Leaf(size=2), None)
    assert dict(inner.all(Leaf)) == {"b": Leaf(size=3)}
    fork.absorb(inner)
    whole.absorb(fork)
    assert list(whole.everything()) == [(("some_leaf", "b"), Leaf(size=3))]
    with pytest.raises(Refused, match="no such some leaf"):
        whole.require(Leaf, "a")


def test_groups_are_apart_and_in_order() -> None:
    whole = State()
    for id in ("x/2", "x/1", "y/1", "z"):
        whole.load("some_leaf", id, Leaf(size=len(id)))
    assert [id for id, _ in whole.all(Leaf, "x")] == ["x/1", "x/2"]
    assert [id for id, _ in whole.all(Leaf)] == ["z"]


def test_what_was_not_fetched_is_asked_for_and_never_taken_for_absent() -> None:
    part = State(whole=False)
    for ask, wanted in (
        (lambda: part.get(Leaf, "a"), ("some_leaf", "a")),
        (lambda: list(part.fork().all(Leaf, "x")), ("group", "some_leaf/x")),
        (lambda: part.blob("00"), ("blob", "00")),
        (lambda: part.sheet("b"), ("sheet", "b")),
    ):
        with pytest.raises(NotLoaded) as missing:
            ask()
        assert missing.value.wanted == wanted
    part.load("some_leaf", "a", None)
    assert part.get(Leaf, "a") is None
    part.load_group("some_leaf", "x", {"x/1": Leaf(size=1)})
    assert part.get(Leaf, "x/1") == Leaf(size=1)
    assert part.get(Leaf, "x/2") is None


def test_blobs_are_known_by_their_hash_and_sheets_may_be_withheld() -> None:
    state = State()
    fork = state.fork()
    hash = fork.keep(b"text")
    assert hash == sha256(b"text").hexdigest()
    assert fork.blob(hash) == b"text"
    with pytest.raises(NotLoaded):
        state.blob(hash)
    state.absorb(fork)
    assert state.fork().blob(hash) == b"text"
    state.load_sheet("open", (OpenedVote(member="a", value={}, salt=""),))
    state.load_sheet("gone", None)
    assert len(state.fork().sheet("open")) == 1
    with pytest.raises(SheetWithheld):
        state.sheet("gone")
