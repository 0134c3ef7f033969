"""Published vectors of eddsa-jcs-2022, FEP-8b32 and FEP-521a, read from the folder that PHYLE_VECTORS names."""

import json
import os
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from phyle import canonical
from phyle.clock import now
from phyle.identity import multikey, proofs
from phyle.identity.keys import strong

FOLDER = os.environ.get("PHYLE_VECTORS", "")
pytestmark = pytest.mark.skipif(not FOLDER, reason="PHYLE_VECTORS does not name the folder of published vectors")


def suite(name: str) -> str:
    """A file of the W3C suite."""
    return Path(FOLDER, "eddsa-jcs-2022", name).read_text()


def scenario(fep: str, number: int) -> tuple[list[Any], list[str]]:
    """The JSON blocks and the quoted texts of one scenario of a FEP's feature file."""
    text = Path(FOLDER, "fep", f"fep-{fep}.feature").read_text().split("Scenario: ")[number]
    _, *parts = text.split('"""')
    blocks = [json.loads(part) for part in parts[::2]]
    return blocks, re.findall(r'"([^"\n]+)"', text.split('"""', 1)[0] + "".join(parts[1::2]))


def test_the_suites_hashes_and_signature() -> None:
    signed, unsigned = json.loads(suite("signedJCS.json")), json.loads(suite("unsigned.json"))
    pair = json.loads(suite("keyPair.json"))
    assert canonical.dump(unsigned).decode() == suite("canonDocJCS.txt")
    assert canonical.dump(json.loads(suite("proofConfigJCS.json"))).decode() == suite("proofCanonJCS.txt")
    claim = proofs.claimed(signed, now=now())
    assert claim.signature.hex() == suite("sigHexJCS.txt").strip()
    assert proofs.verify(claim, signed, multikey.decode(pair["publicKeyMultibase"]))
    secret = multikey.decode_secret(pair["privateKeyMultibase"])
    assert proofs.create(unsigned, key=secret, method=claim.method, now=claim.created) == signed


def test_fep_8b32_signing() -> None:
    (document, expected), (secret, time, method) = scenario("8b32", 1)
    key = multikey.decode_secret(secret)
    assert proofs.create(document, key=key, method=method, now=datetime.fromisoformat(time)) == expected


def test_fep_8b32_verifying() -> None:
    (document, actor), _ = scenario("8b32", 2)
    claim = proofs.claimed(document, now=now())
    (key,) = (multikey.read(method, controller=actor["id"]) for method in actor["assertionMethod"])
    assert claim.method == key.id
    assert proofs.verify(claim, document, key.key)
    assert not proofs.verify(claim, {**document, "type": "Delete"}, key.key)


def test_fep_521a_ed25519() -> None:
    (expected,), (data, actor) = scenario("521a", 1)
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(data))
    assert multikey.document(key_id=f"{actor}#ed25519-key", controller=actor, key=key) == expected
    assert multikey.read(expected, controller=actor).key == key


def test_fep_521a_rsa() -> None:
    (expected,), (data, actor) = scenario("521a", 2)
    key = strong(load_der_public_key(bytes.fromhex(data)))
    assert multikey.document(key_id=f"{actor}#rsa-key", controller=actor, key=key) == expected
    assert multikey.read(expected, controller=actor).key == key
