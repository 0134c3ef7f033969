"""What is handed in, whatever it is: an act, or a Malformed; never an error of ours."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.cooperative.law.commitments import opens
from phyle.cooperative.law.spelling import parse, spell
from phyle.cooperative.ledger import inbox
from phyle.cooperative.ledger.openings import seal
from phyle.errors import Malformed, TooLarge

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(), max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)
ACT: dict[str, Any] = {
    "phyle": "a.test/ledger/1",
    "kind": "vote",
    "by": "a" * 26,
    "payload": {"ballot": "x", "choice": "0" * 64},
    "nonce": "0" * 32,
    "expires": 1,
    "proof": {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": "did:key:z",
        "proofPurpose": "assertionMethod",
        "created": "2026-01-01T00:00:00Z",
        "proofValue": "z1",
    },
}


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@given(st.sampled_from(sorted(ACT)), ANYTHING)
def test_an_act_with_anything_in_it_is_taken_or_refused(name: str, value: Any) -> None:
    document = {**ACT, "kind": "exit", name: value}
    try:
        taken = inbox.given(document, author="server-key")
    except (Malformed, TooLarge):
        return
    assert parse(taken.document) == document


@given(ANYTHING)
def test_a_value_is_committed_to_exactly_or_not_at_all(value: Any) -> None:
    try:
        sealed = seal("value", value)
    except Malformed:
        return
    assert opens(sealed.commitment, parse(spell(value)), sealed.salt)


@pytest.mark.parametrize(
    "value", [1.5, 10**30, "\ud800", float("nan"), {"ä": 1}, {1: 2}, deep(300), deep(5000), object()]
)
def test_what_has_no_one_spelling_is_not_committed_to(value: Any) -> None:
    with pytest.raises(Malformed):
        seal("value", value)


@pytest.mark.parametrize("payload", [deep(300), deep(5000), {"a": 0.5}, {"a": 10**30}])
def test_an_act_that_has_no_one_spelling_is_none(payload: Any) -> None:
    with pytest.raises(Malformed):
        inbox.given({**ACT, "payload": payload}, author="server-key")


@pytest.mark.parametrize("by", ["", "\x00" * 26, "A" * 26, "admin", "hosts", "a" * 27])
def test_an_author_is_a_member_the_host_or_the_operator(by: str) -> None:
    with pytest.raises(Malformed):
        inbox.given({**ACT, "by": by}, author="server-key")
