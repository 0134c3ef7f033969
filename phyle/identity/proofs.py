"""Proofs that travel with a document: object integrity proofs (FEP-8b32) with the cryptosuite eddsa-jcs-2022."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from phyle import canonical
from phyle.errors import Malformed, Unproven
from phyle.identity.keys import PublicKey
from phyle.identity.multikey import base58, unbase58

AHEAD = timedelta(hours=1)
MOST_PROOFS = 8
LONGEST_TIME = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofClaim:
    """What a proof says of itself: the id of the key, when it was made, the signature, and the proof as it came.

    That the key belongs to the document's actor is for the caller to find out.
    """

    method: str
    created: datetime
    signature: bytes
    options: Mapping[str, Any]


def create(document: Mapping[str, Any], *, key: Ed25519PrivateKey, method: str, now: datetime) -> dict[str, Any]:
    """A copy of the document with a proof by `key`, whose Multikey has the id `method`.

    The document must not have a proof yet; its `@context` is repeated in the proof, so that the document can be
    embedded in another one without losing it.
    """
    options: dict[str, Any] = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
        "created": f"{now:%Y-%m-%dT%H:%M:%SZ}",
    }
    if "@context" in document:
        options = {"@context": document["@context"], **options}
    signature = key.sign(_hash(options, document))
    return {**document, "proof": {**options, "proofValue": base58(signature)}}


def claimed(document: Mapping[str, Any], *, now: datetime) -> ProofClaim:
    """What the document's proof claims, the first of them if there are several that we understand.

    Unproven when there is none, it serves another purpose, has no usable time, lies in the future or has expired.
    """
    proofs = document.get("proof")
    for proof in proofs[:MOST_PROOFS] if isinstance(proofs, list) else [proofs]:
        if isinstance(proof, Mapping) and _understood(proof):
            return _claim(proof, now)
    raise Unproven("The document has no proof by eddsa-jcs-2022")


def verify(claim: ProofClaim, document: Mapping[str, Any], key: PublicKey) -> bool:
    """Whether this key made the proof over this document (W3C vc-di-eddsa section 3.3.2); Malformed if it has no JCS.

    A proof without its own `@context` is also tried with the document's: early implementations signed it, but left
    it out of what they sent.
    """
    if not isinstance(key, Ed25519PublicKey):
        return False
    bare = {name: value for name, value in document.items() if name != "proof"}
    options = {name: value for name, value in claim.options.items() if name != "proofValue"}
    if "@context" not in options:
        return _signed(claim, options, bare, key) or (
            "@context" in bare and _signed(claim, {**options, "@context": bare["@context"]}, bare, key)
        )
    if "@context" in bare and not _begins(bare["@context"], options["@context"]):
        return False
    return _signed(claim, options, {**bare, "@context": options["@context"]}, key)


def _understood(proof: Mapping[str, Any]) -> bool:
    return proof.get("type") == "DataIntegrityProof" and proof.get("cryptosuite") == "eddsa-jcs-2022"


def _claim(proof: Mapping[str, Any], now: datetime) -> ProofClaim:
    method, value = proof.get("verificationMethod"), proof.get("proofValue")
    if proof.get("proofPurpose") != "assertionMethod" or not isinstance(method, str) or not isinstance(value, str):
        raise Unproven("The proof must be an assertionMethod with a verificationMethod and a proofValue")
    created = _instant(proof.get("created"))
    if created > now + AHEAD or ("expires" in proof and _instant(proof["expires"]) <= now):
        raise Unproven("The proof is from the future or has expired")
    try:
        signature = unbase58(value)
    except Malformed as error:
        raise Unproven("The proofValue is not multibase base58btc") from error
    return ProofClaim(method=method, created=created, signature=signature, options=proof)


def _instant(text: Any) -> datetime:
    try:
        instant = datetime.fromisoformat(text) if len(text) <= LONGEST_TIME else None
    except (TypeError, ValueError):
        instant = None
    if instant is None or instant.tzinfo is None:
        raise Unproven("The proof has a time that cannot be read")
    return instant


def _begins(context: Any, start: Any) -> bool:
    """Whether the document's context is the signed one, perhaps with more after it."""
    full = context if isinstance(context, list) else [context]
    part = start if isinstance(start, list) else [start]
    return full[: len(part)] == part


def _signed(claim: ProofClaim, options: Mapping[str, Any], bare: Mapping[str, Any], key: Ed25519PublicKey) -> bool:
    try:
        key.verify(claim.signature, _hash(options, bare))
    except InvalidSignature:
        return False
    return True


def _hash(options: Mapping[str, Any], bare: Mapping[str, Any]) -> bytes:
    return sha256(canonical.dump(options)).digest() + sha256(canonical.dump(bare)).digest()
