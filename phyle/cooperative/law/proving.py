"""Proof of who acts: every act is signed by the key of its author, or stands on a request that can be looked up."""

from phyle.cooperative.law import acts
from phyle.cooperative.law.commons.outsiders import outsider_of
from phyle.cooperative.law.entering import OUTSIDE, session_key
from phyle.cooperative.law.founding import Signature
from phyle.cooperative.law.kinds import ActKind, Given
from phyle.cooperative.law.members import Introduction, Member, Representative
from phyle.cooperative.law.phyles import Phyle
from phyle.cooperative.law.state import State
from phyle.errors import Refused, Unproven

Known = Member | Introduction | Representative


def prove(state: State, kind: ActKind, given: Given) -> None:
    """Unproven unless the act is signed as its author must sign; Refused if such an author may not do it."""
    entry = given.entry
    if entry.author in ("host", "operator"):
        if entry.author not in kind.by or given.by != entry.author:
            raise Refused(f"The {entry.author} cannot do this: {entry.kind}.")
        here = state.get(Phyle)
        acts.verify(entry.document, here.credential_key if here else acts.key_of(entry.act.proof))
        return
    member = state.get(Member, given.by)
    if member is None and "outsider" in kind.by:
        _prove_outsider(state, given)
        return
    if member is None:
        _prove_newcomer(state, kind, given)
        return
    if "member" not in kind.by:
        known = "newcomer" in kind.by
        raise Refused("You are known here already." if known else f"No member can do this: {entry.kind}.")
    _prove_member(state, kind, given, member)


def _prove_member(state: State, kind: ActKind, given: Given, member: Member) -> None:
    """What concerns the membership itself is signed by its own key; all else by the representative, if there is one."""
    if member.representative is not None and not kind.own:
        _prove_author(state, given, member.representative)
        return
    if kind.own and member.key is not None and given.entry.author == "attested":
        raise Unproven("This takes the ledger key of the membership; the word of a host is not enough.")
    _prove_author(state, given, member)


def _prove_newcomer(state: State, kind: ActKind, given: Given) -> None:
    """By the key with which the newcomer introduces themselves, in this act or when they signed the charter."""
    introduction: Introduction | None = given.payload if isinstance(given.payload, Introduction) else None
    if introduction is None and (signature := state.get(Signature, given.by)) is not None:
        introduction = signature.introduction
    if "newcomer" not in kind.by or introduction is None or introduction.member != given.by:
        raise Refused("Only members can do this, and you are not known as one here.")
    if introduction.key is not None and given.entry.author == "attested":
        raise Unproven("Whoever brings a key signs with it; the word of a host is not enough.")
    _prove_author(state, given, introduction)


def _prove_outsider(state: State, given: Given) -> None:
    """By the key that came with the first act of somebody who is no member, from then on."""
    known = outsider_of(state, given)
    if given.entry.author == "attested":
        raise Unproven("Whoever is no member signs with a key; the word of a host is not enough.")
    _prove_author(state, given, Representative(key=known.key, custody=known.custody, via=known.via))


def _prove_author(state: State, given: Given, known: Known) -> None:
    """By the key of the membership; or by ours, over a request of the member's own host that we hold as evidence."""
    entry = given.entry
    expected = {"member": "member-key", "server": "server-key", "none": "attested"}[known.custody]
    here = state.require(Phyle)
    if entry.author == "attested" and known.custody != "member" and known.via != here.host:
        if "request" not in entry.evidence:
            _prove_in_booth(state, given, known)
            return
        if "pinned" not in known.identity:
            raise Unproven("The register lacks the public key of this member's server, by which requests are verified.")
        acts.verify(entry.document, here.credential_key)
        return
    if known.key is None and known.via == here.host:
        raise Unproven("Members with an account here have a ledger key.")
    if entry.author != expected or known.key is None:
        raise Unproven(f"This member's acts are known by {expected}, not by {entry.author}.")
    acts.verify(entry.document, known.key)


def _prove_in_booth(state: State, given: Given, known: Known) -> None:
    """By the key of the session that the member's own host has confirmed."""
    key = session_key(state, given, known)
    if key is None:
        raise Unproven(
            "An attested act needs the request that it was made by as evidence, or a session in the booth that is open."
        )
    if given.entry.kind in OUTSIDE:
        raise Refused(f"This is not done in the booth, but by the member's own server: {given.entry.kind}.")
    if given.entry.evidence:
        raise Unproven("What is done in the booth has no evidence besides that of its session.")
    acts.verify(given.entry.document, key)
