"""Proofs in documents: what they hold against, and what makes them worthless."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from phyle import canonical
from phyle.errors import Unproven
from phyle.identity import keys, proofs
from phyle.identity.multikey import base58

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
KEY = keys.ed25519(keys.new_ed25519())
PUBLIC = KEY.public_key()
METHOD = "https://a.example/actors/1#ed25519-key"
CONTEXT = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v2"]
NOTE = {"@context": CONTEXT, "id": "https://a.example/objects/1", "type": "Note", "content": "é", "longitude": -71.18}


def holds(document: dict[str, Any]) -> bool:
    """Whether the document's proof is by our key."""
    return proofs.verify(proofs.claimed(document, now=NOW), document, PUBLIC)


def signed(**changes: Any) -> dict[str, Any]:
    """NOTE with a proof."""
    return proofs.create({**NOTE, **changes}, key=KEY, method=METHOD, now=NOW)


def test_a_proof_holds_until_something_changes() -> None:
    document = signed()
    assert holds(document)
    assert proofs.claimed(document, now=NOW).method == METHOD
    for changed in (
        {**document, "content": "e"},
        {**document, "more": None},
        {name: value for name, value in document.items() if name != "id"},
        {**document, "proof": {**document["proof"], "created": "2026-03-01T11:59:59Z"}},
        {**document, "proof": {**document["proof"], "verificationMethod": METHOD + "2"}},
        {**document, "proof": {**document["proof"], "challenge": "x"}},
        {**document, "proof": {**document["proof"], "proofValue": "z" + "1" * 64}},
    ):
        assert not holds(changed)
    claim = proofs.claimed(document, now=NOW)
    assert not proofs.verify(claim, document, keys.ed25519(keys.new_ed25519()).public_key())
    assert not proofs.verify(claim, document, keys.rsa(keys.new_rsa()).public_key())


def test_an_embedded_document_takes_its_context_from_the_proof() -> None:
    document = signed()
    assert holds({name: value for name, value in document.items() if name != "@context"})
    assert holds({**document, "@context": [*CONTEXT, "https://more.example/"]})
    assert not holds({**document, "@context": CONTEXT[:1]})
    assert not holds({**document, "@context": CONTEXT[::-1]})


def test_a_document_without_context_can_be_proven() -> None:
    bare = {name: value for name, value in NOTE.items() if name != "@context"}
    assert holds(proofs.create(bare, key=KEY, method=METHOD, now=NOW))


@pytest.mark.parametrize("hashed", [True, False])
def test_older_proofs_that_leave_the_context_out_hold(*, hashed: bool) -> None:
    options = {name: value for name, value in signed()["proof"].items() if name not in ("@context", "proofValue")}
    config = {**options, "@context": CONTEXT} if hashed else options
    digest = sha256(canonical.dump(config)).digest() + sha256(canonical.dump(NOTE)).digest()
    document = {**NOTE, "proof": {**options, "proofValue": base58(KEY.sign(digest))}}
    assert holds(document)
    assert not holds({**document, "@context": CONTEXT[:1]})


def test_of_several_proofs_the_first_understood_counts() -> None:
    document = signed()
    assert holds({**document, "proof": [None, {"type": "Ed25519Signature2020"}, document["proof"]]})
    with pytest.raises(Unproven):
        holds({**document, "proof": [{}] * 8 + [document["proof"]]})


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Ed25519Signature2020"},
        {"cryptosuite": "eddsa-rdfc-2022"},
        {"proofPurpose": "authentication"},
        {"verificationMethod": {"id": METHOD}},
        {"proofValue": None},
        {"proofValue": "uAAAA"},
        {"proofValue": "z0"},
        {"created": None},
        {"created": "2026-03-01T12:00:00"},
        {"created": "yesterday"},
        {"created": f"2026-03-01T12:00:00.{'0' * 1000}Z"},
        {"created": "2026-03-01T13:00:01Z"},
        {"expires": "2026-03-01T12:00:00Z"},
        {"expires": 1},
    ],
)
def test_a_proof_that_says_too_little_proves_nothing(change: dict[str, Any]) -> None:
    document = signed()
    with pytest.raises(Unproven):
        proofs.claimed({**document, "proof": {**document["proof"], **change}}, now=NOW)


@pytest.mark.parametrize("proof", [None, [], "x", 1, [[]], {}])
def test_no_proof_is_no_proof(proof: Any) -> None:
    with pytest.raises(Unproven):
        proofs.claimed({**NOTE, "proof": proof}, now=NOW)


def test_an_old_proof_holds_as_long_as_the_key_does() -> None:
    document = proofs.create(NOTE, key=KEY, method=METHOD, now=NOW - timedelta(days=4000))
    assert holds(document)
