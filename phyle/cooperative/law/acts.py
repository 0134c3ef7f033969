"""Acts: what a person, the host or the operator signs (FEP-8b32, `eddsa-jcs-2022`, with the key itself as method)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from phyle.cooperative.law.spelling import spell
from phyle.cooperative.law.values import Hash, Key, Moment, read
from phyle.errors import Malformed, Unproven
from phyle.identity import multikey

Author = Literal["member-key", "server-key", "attested", "operator", "host"]
"""How the author of an act is known: by a key that only the member holds; by one that the member's own instance keeps;
by the word of a server whose request we hold; the last two are this instance itself, at the command line or by itself.
"""

HOST, OPERATOR = "host", "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest checkpoint that the signer saw: a tree's size and its root in hex."""

    size: int
    root: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The signature as FEP-8b32 writes it; `verificationMethod` is the key itself, as did:key."""

    type: Literal["DataIntegrityProof"]
    cryptosuite: Literal["eddsa-jcs-2022"]
    verificationMethod: str  # noqa: N815 - the wire's name
    proofPurpose: Literal["assertionMethod"]  # noqa: N815 - the wire's name
    created: str
    proofValue: str  # noqa: N815 - the wire's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """`phyle`: the origin of the ledger it is for. `by`: a member's id, "host" or "operator". `payload`: as the kind
    wants it. `nonce`: 16 random bytes in hex. `expires`: milliseconds; the act counts only if received before."""

    phyle: str
    kind: str
    by: str
    payload: Any
    nonce: str
    expires: Moment
    head: Head | None = None
    proof: Proof


def read_act(document: Any) -> Act:
    """An act from parsed JSON. Malformed, naming the member that does not fit; the signature is not verified yet."""
    act = read(Act, document)
    if len(act.nonce) != 32 or not set(act.nonce) <= set("0123456789abcdef"):
        raise Malformed("nonce must be 32 hexadecimal digits")
    return act


def act_hash(document: Mapping[str, Any]) -> str:
    """What identifies an act, its signature included."""
    return sha256(spell(document)).hexdigest()


def method_of(key: str) -> str:
    """The verification method of a Multikey: did:key with itself as fragment."""
    return f"did:key:{key}#{key}"


def key_of(proof: Proof) -> Key:
    """The Multikey that a proof says it is by. Malformed if the method is not a did:key."""
    key = proof.verificationMethod.partition("#")[2]
    if proof.verificationMethod != method_of(key):
        raise Malformed("proof.verificationMethod must be a did:key with itself as fragment")
    return Key(key)


def sign(document: Mapping[str, Any], key: Ed25519PrivateKey, *, at: int) -> dict[str, Any]:
    """The act with its proof. `at`: milliseconds."""
    public = multikey.encode(key.public_key())
    created = datetime.fromtimestamp(at // 1000, UTC)
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": method_of(public),
        "proofPurpose": "assertionMethod",
        "created": f"{created:%Y-%m-%dT%H:%M:%SZ}",
    }
    value = multikey.base58(key.sign(_signed(options, document)))
    return {**document, "proof": {**options, "proofValue": value}}


def verify(document: Mapping[str, Any], key: str) -> None:
    """Unproven unless the act's proof is by this Multikey."""
    proof = document["proof"]
    if proof["verificationMethod"] != method_of(key):
        raise Unproven("The act is signed by another key than its author's.", cause=proof["verificationMethod"])
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    bare = {name: value for name, value in document.items() if name != "proof"}
    try:
        _public(key).verify(multikey.unbase58(proof["proofValue"]), _signed(options, bare))
    except (InvalidSignature, Malformed) as error:
        raise Unproven("The signature of the act does not fit what it says.") from error


def _signed(options: Mapping[str, Any], bare: Mapping[str, Any]) -> bytes:
    """What eddsa-jcs-2022 signs (W3C vc-di-eddsa section 3.3.4)."""
    return sha256(spell(options)).digest() + sha256(spell(bare)).digest()


@lru_cache(maxsize=65_536)
def _public(key: str) -> Ed25519PublicKey:
    public = multikey.decode(key)
    if not isinstance(public, Ed25519PublicKey):
        raise Unproven("The key is not an Ed25519 key.")
    return public
