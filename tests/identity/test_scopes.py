"""Scopes are sets of rights."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.identity import scopes
from phyle.identity.oauth_errors import InvalidScope

lists = st.lists(st.sampled_from(scopes.KNOWN), min_size=1, max_size=6).map(" ".join)


@pytest.mark.parametrize(
    ("granted", "needed"),
    [
        ("read", "read:statuses"),
        ("read", "profile"),
        ("read:accounts", "profile"),
        ("write", "write:media"),
        ("follow", "write:follows"),
        ("follow", "read:mutes"),
        ("push read", "push"),
        ("read write", "follow"),
    ],
)
def test_a_scope_contains_its_parts(granted: str, needed: str) -> None:
    assert scopes.allows(granted, needed)


@pytest.mark.parametrize(
    ("granted", "needed"),
    [
        ("", "read"),
        ("read", "write:statuses"),
        ("read:statuses", "read"),
        ("read:statuses", "read:search"),
        ("follow", "write:statuses"),
        ("write", "push"),
        ("profile", "read:accounts"),
        ("read write follow push", "no such scope"),
        ("read write follow push", ""),
        ("admin:read", "read"),
        ("READ", "read"),
    ],
)
def test_a_scope_contains_nothing_else(granted: str, needed: str) -> None:
    assert not scopes.allows(granted, needed)


@given(granted=lists, asked=lists)
def test_what_is_narrowed_never_holds_more(granted: str, asked: str) -> None:
    try:
        narrowed = scopes.narrow(asked, granted)
    except InvalidScope:
        assert not scopes.rights(asked) <= scopes.rights(granted)
    else:
        assert scopes.rights(narrowed) == scopes.rights(asked) <= scopes.rights(granted)


@given(granted=lists)
def test_asking_for_nothing_gives_something_that_was_allowed(granted: str) -> None:
    assert scopes.rights(scopes.narrow(None, granted)) <= scopes.rights(granted)
    assert scopes.narrow("", granted) == scopes.narrow(None, granted)


@given(words=st.text())
def test_words_that_are_no_scopes_are_named(words: str) -> None:
    if set(words.split()) <= set(scopes.KNOWN):
        return
    try:
        kept = scopes.read(words)
    except InvalidScope:
        return
    assert set(kept.split()) <= set(scopes.KNOWN)


def test_reading_keeps_the_order_and_drops_repetitions_and_administration() -> None:
    assert scopes.read("write read write admin:read") == "write read"
    assert scopes.read(["read", "push"]) == "read push"
    assert scopes.read(None) == "read"
    with pytest.raises(InvalidScope, match="administrators"):
        scopes.read("admin:read admin:write")
    with pytest.raises(InvalidScope, match="'reed'"):
        scopes.read("reed")
