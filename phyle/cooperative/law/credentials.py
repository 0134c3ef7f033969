"""Credentials: what a member shows to others, and what anybody can verify without asking the phyle.

In the shape of a Verifiable Credential (W3C VC Data Model 2.0) with a proof by the phyle's credential key (FEP-8b32).
Its evidence is the very entry of the ledger that made the member one, and the proof that it stands under a signed
checkpoint. It says how things stood then; whether they still do, the ledger says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from phyle.cooperative.law.acts import Proof as ActProof
from phyle.cooperative.law.acts import key_of, method_of
from phyle.cooperative.law.entries import Consequence, Entry, read_entry
from phyle.cooperative.law.kinds import DAY
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Id, Word, read
from phyle.cooperative.tree import hashing
from phyle.cooperative.tree.keys import Kind, VerifierKey
from phyle.cooperative.tree.logged import Logged
from phyle.errors import Malformed, Refused, Unproven
from phyle.identity import multikey, proofs

VALID = 90 * DAY
CONTEXT = ("https://www.w3.org/ns/credentials/v2", {"phyle": "urn:phyle:v1#"})
TYPE = ("VerifiableCredential", "phyle:MembershipCredential")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """`id`: the account's URI. `phyle`: the origin of the ledger. `since`: of full membership, milliseconds."""

    id: str
    phyle: str
    member: Id
    klass: Word
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """`entry`: the leaf as text. `logged`: that it stands in the ledger (c2sp.org/tlog-proof)."""

    entry: str
    logged: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A credential that holds. `index`: the entry that made the member one; `size`: of the tree under the checkpoint,
    as of which it holds; `until`: when it expires, milliseconds; `credential_key`: by which it is signed."""

    subject: Subject
    issuer: str
    index: int
    size: int
    checkpoint: str
    issued: int
    until: int
    self_attested: bool
    credential_key: str


def credential(
    state: State,
    member: str,
    *,
    actor: str,
    issuer: str,
    leaf: bytes,
    logged: Logged,
    key: Ed25519PrivateKey,
    at: int,
) -> dict[str, Any]:
    """The credential of a full member. `actor` and `issuer`: URIs of their account and of the phyle's actor. `leaf`:
    the entry `Member.entry`, `logged`: its proof. `key`: the credential key. Refused for whoever is no full member."""
    found = state.require(Member, member)
    if found.standing != "member":
        raise Refused(f"Only full members have a credential; the standing is: {found.standing}.", cause=member)
    if logged.index != found.entry or not admits(read_entry(leaf), member):
        raise Refused("This entry is not the one that made the member one.", cause=str(logged.index))
    here = phyle(state)
    document = {
        "@context": list(CONTEXT),
        "type": list(TYPE),
        "issuer": issuer,
        "validFrom": _time(at),
        "validUntil": _time(at + VALID),
        "phyle:selfAttested": not here.proven,
        "credentialSubject": {
            "id": actor,
            "phyle:ledger": here.origin,
            "phyle:member": member,
            "phyle:class": found.klass,
            "phyle:since": found.since,
        },
        "phyle:evidence": {"phyle:entry": leaf.decode(), "phyle:logged": bytes(logged).decode()},
    }
    method = method_of(multikey.encode(key.public_key()))
    return proofs.create(document, key=key, method=method, now=_datetime(at))


def verify(document: Mapping[str, Any], *, credential_key: str, log_key: str, at: int) -> Verified:
    """The credential, if it holds under these keys of the phyle (Multikeys) at a time (milliseconds), as of the
    checkpoint in it. Malformed if it is none; Unproven if a signature or proof does not verify; Refused if expired."""
    subject, evidence = _read(document)
    if proven_by(document) != credential_key:
        raise Unproven("The credential is signed by another key than the phyle's.", cause=proven_by(document))
    claim = proofs.claimed(document, now=_datetime(at))
    public = multikey.decode(credential_key)
    if not proofs.verify(claim, document, public):
        raise Unproven("The signature of the credential does not fit what it says.")
    logged = Logged.read(evidence.logged.encode())
    leaf = evidence.entry.encode()
    head = logged.verify(hashing.leaf(leaf), [_log(subject.phyle, log_key)], origin=subject.phyle)
    entry = read_entry(leaf)
    if entry.seq != logged.index or not admits(entry, subject.member):
        raise Unproven("The entry that the credential stands on does not make this member one.")
    issued, until = _milliseconds(document, "validFrom"), _milliseconds(document, "validUntil")
    if until - issued > VALID:
        raise Unproven("The credential claims to hold for longer than 90 days.")
    if at >= until:
        raise Refused("The credential has expired: its member gets a new one from the phyle.")
    return Verified(
        subject=subject,
        issuer=str(document["issuer"]),
        index=logged.index,
        size=head.size,
        checkpoint=bytes(logged.note).decode(),
        issued=issued,
        until=until,
        self_attested=document["phyle:selfAttested"],
        credential_key=credential_key,
    )


def still(state: State, verified: Verified) -> str | None:
    """Why the credential no longer holds in a ledger as it stands, None if it does: this is how it is revoked."""
    member = state.get(Member, verified.subject.member)
    if member is None or phyle(state).origin.rpartition("/")[0] != verified.subject.phyle.rpartition("/")[0]:
        return "This ledger knows no such member."
    return None if member.standing == "member" else f"The member's standing is: {member.standing}."


def proven_by(document: Mapping[str, Any]) -> str:
    """The Multikey that a credential says it is signed by. Malformed if it says none."""
    proof = document.get("proof")
    if not isinstance(proof, Mapping):
        raise Malformed("The credential has no proof")
    bare = {name: value for name, value in proof.items() if name != "@context"}
    return key_of(read(ActProof, bare, "proof"))


def admits(entry: Entry, member: str) -> bool:
    """Whether an entry makes somebody a full member, or makes them one again."""
    if not isinstance(entry, Consequence):
        payload = entry.act.payload
        founded = entry.kind == "found" and member in payload.get("founders", ())
        return founded or (entry.kind == "return" and entry.act.by == member)
    if entry.kind in ("probation", "suspension"):
        confirmed = entry.kind == "suspension" or entry.payload.get("confirmed") is True
        return confirmed and bool(entry.payload.get("member") == member)
    return entry.kind == "execute" and any(
        effect.get("kind") in ("Admit", "Confirm", "Reinstate") and effect.get("arguments", {}).get("member") == member
        for effect in entry.payload.get("effects", ())
    )


def _read(document: Mapping[str, Any]) -> tuple[Subject, Evidence]:
    if not isinstance(document, Mapping) or document.get("type") != list(TYPE):
        raise Malformed("This is no credential of a membership")
    if not isinstance(document.get("issuer"), str) or not isinstance(document.get("phyle:selfAttested"), bool):
        raise Malformed("The credential does not say who issued it, or whether the phyle is self-attested")
    subject = _plain(document.get("credentialSubject"), {"ledger": "phyle", "class": "klass"})
    return read(Subject, subject, "credentialSubject"), read(Evidence, _plain(document.get("phyle:evidence"), {}))


def _plain(value: Any, names: Mapping[str, str]) -> Any:
    if not isinstance(value, Mapping):
        raise Malformed("The credential lacks its subject or its evidence")
    bare = {str(name).removeprefix("phyle:"): item for name, item in value.items()}
    return {names.get(name, name): item for name, item in bare.items()}


def _log(origin: str, key: str) -> VerifierKey:
    public = multikey.decode(key)
    if not isinstance(public, Ed25519PublicKey):
        raise Unproven("The log key is not an Ed25519 key.")
    return VerifierKey(origin, Kind.ED25519, public.public_bytes_raw())


def _datetime(at: int) -> datetime:
    return datetime.fromtimestamp(at // 1000, UTC)


def _time(at: int) -> str:
    return f"{_datetime(at):%Y-%m-%dT%H:%M:%SZ}"


def _milliseconds(document: Mapping[str, Any], name: str) -> int:
    try:
        return (
            int(datetime.strptime(str(document.get(name)), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()) * 1000
        )
    except ValueError as error:
        raise Malformed(f"The credential's {name} is no time in UTC") from error
