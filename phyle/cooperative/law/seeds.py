"""Seeds: partners sign, or members commit and reveal; what each gives is an entry."""

from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from phyle.cooperative.law.acts import HOST
from phyle.cooperative.law.ballots import ids_of
from phyle.cooperative.law.draws import Commitment, Draw, Partner, digest_of, message
from phyle.cooperative.law.kinds import Given, act
from phyle.cooperative.law.mandates import steward
from phyle.cooperative.law.members import full
from phyle.cooperative.law.phyle_keys import check_origin
from phyle.cooperative.law.phyles import active, phyle, schedule, unschedule
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id, Key
from phyle.errors import Refused, Unproven
from phyle.identity import multikey
from phyle.powers import SELF, mandate

MOST_PARTNERS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class NamePartner:
    """A steward names another phyle, by its origin and the key that it signs draws with. `leaves`: it is one no more.
    Draws that have begun keep the partners that they began with."""

    origin: str
    key: Key
    leaves: bool = False


def _check_partner(state: State, given: Given) -> None:
    active(state)
    steward(state, given, "assembly")
    name: NamePartner = given.payload
    check_origin(name.origin)
    if name.origin == phyle(state).origin:
        raise Refused("A phyle is no partner of its own.")
    named = dict(state.all(Partner))
    if name.leaves and name.key not in named:
        raise Refused("This is no partner.")
    if not name.leaves and (name.key in named or name.origin in {partner.origin for partner in named.values()}):
        raise Refused("This partner is named already.")
    if not name.leaves and len(named) >= MOST_PARTNERS:
        raise Refused(f"At most {MOST_PARTNERS} partners sign a draw.")


def _name_partner(state: State, given: Given) -> None:
    name: NamePartner = given.payload
    if name.leaves:
        state.drop(Partner, name.key)
    else:
        state.put(Partner(origin=name.origin, since=given.at), name.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignDraw:
    """A partner's signature over the message of a draw, in hex. The host fetches and enters it; any member may do so
    too, so that no host can keep a seed back that it does not like."""

    draw: Id
    origin: str
    signature: str


def _check_signature(state: State, given: Given) -> None:
    sign: SignDraw = given.payload
    if given.by != HOST:
        full(state, given)
    draw = state.require(Draw, sign.draw)
    if draw.phase != "signing":
        raise Refused("This draw waits for no signatures.")
    partner = next((each for each in draw.partners if each.origin == sign.origin), None)
    if partner is None or partner.signature is not None:
        raise Refused("This draw waits for no signature of theirs.")
    if not signed_by(partner.key, sign.signature, message(phyle(state).origin, sign.draw, draw.entry or "")):
        raise Unproven("This is not the partner's signature over this draw, in lower-case hex.", cause=sign.origin)


def signed_by(key: str, signature: str, signed: bytes) -> bool:
    """Whether a signature in lower-case hex is by an Ed25519 key."""
    public = multikey.decode(key)
    try:
        raw = bytes.fromhex(signature)
        if isinstance(public, Ed25519PublicKey) and raw.hex() == signature:
            public.verify(raw, signed)
            return True
    except (ValueError, InvalidSignature):
        return False
    return False


def _sign(state: State, given: Given) -> None:
    sign: SignDraw = given.payload
    draw = state.require(Draw, sign.draw)
    signed = tuple(replace(p, signature=sign.signature) if p.origin == sign.origin else p for p in draw.partners)
    state.put(replace(draw, partners=signed), sign.draw)
    if all(partner.signature for partner in signed):
        unschedule(state, "draw", sign.draw)
        schedule(state, given.at, "draw", sign.draw)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitSecret:
    """A member commits to a secret of 16 random bytes that only they know."""

    draw: Id
    digest: Hash


def commitment_id(draw_id: str, draw: Draw, member: str) -> str:
    """The slice's id of what a member commits to in the present round."""
    return f"{draw_id}.{draw.round}/{member}"


def _check_commit(state: State, given: Given) -> None:
    full(state, given)
    id = given.payload.draw
    draw = state.require(Draw, id)
    if draw.phase != "committing" or given.at >= draw.until:
        raise Refused("This draw takes no commitments now.")
    if draw.silent is not None and given.by in ids_of(state, draw.silent):
        raise Refused("You did not reveal your secret in the first round; this one goes on without you.")
    if state.get(Commitment, commitment_id(id, draw, given.by)) is not None:
        raise Refused("You have committed to a secret already.")


def _commit(state: State, given: Given) -> None:
    id = given.payload.draw
    state.put(Commitment(digest=given.payload.digest), commitment_id(id, state.require(Draw, id), given.by))


@dataclass(frozen=True, slots=True, kw_only=True)
class Beacon:
    """What the beacon said that a draw named beforehand, and a blob from which anybody can see that it did. It is mixed
    with the members' secrets, before any of them is revealed, so it can add chance and take none away."""

    draw: Id
    output: Hash
    evidence: Hash


def _check_beacon(state: State, given: Given) -> None:
    draw = state.require(Draw, given.payload.draw)
    if draw.phase != "committing" or given.at >= draw.until or not draw.beacon:
        raise Refused("This draw waits for no beacon.")
    if draw.output is not None:
        raise Refused("The beacon is entered already.")


def _beacon(state: State, given: Given) -> None:
    beacon: Beacon = given.payload
    state.put(replace(state.require(Draw, beacon.draw), output=beacon.output), beacon.draw)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealSecret:
    """The secret that was committed to, in hex."""

    draw: Id
    secret: str


def _check_reveal(state: State, given: Given) -> None:
    reveal: RevealSecret = given.payload
    draw = state.require(Draw, reveal.draw)
    if draw.phase != "revealing" or given.at >= draw.until:
        raise Refused("Secrets are revealed when all commitments are in, and before the time is over.")
    mine = state.get(Commitment, commitment_id(reveal.draw, draw, given.by))
    if mine is None or mine.secret is not None:
        raise Refused("There is no secret of yours to reveal.")
    if len(reveal.secret) != 32 or not set(reveal.secret) <= set("0123456789abcdef"):
        raise Refused("A secret is 32 hexadecimal digits.")
    if digest_of(reveal.draw, given.by, reveal.secret) != mine.digest:
        raise Refused("This is not the secret that you committed to.")


def _reveal(state: State, given: Given) -> None:
    id = given.payload.draw
    draw = state.require(Draw, id)
    slot = commitment_id(id, draw, given.by)
    state.put(replace(state.require(Commitment, slot), secret=given.payload.secret), slot)
    if all(each.secret for _, each in state.all(Commitment, f"{id}.{draw.round}")):
        unschedule(state, "draw", id)
        schedule(state, given.at, "draw", id)


def _about(payload: SignDraw | CommitSecret | Beacon | RevealSecret) -> tuple[tuple[str, str], ...]:
    return (("draw", payload.draw),)


ACTS = {
    "partner": act(
        NamePartner,
        _check_partner,
        _name_partner,
        power=mandate("assembly"),
        needs=lambda payload: (("group", "partner/"),),
    ),
    "sign_draw": act(SignDraw, _check_signature, _sign, by=["host", "member"], power=SELF, needs=_about),
    "commit_secret": act(CommitSecret, _check_commit, _commit, power=SELF, needs=_about),
    "beacon": act(Beacon, _check_beacon, _beacon, by=["host"], power=SELF, needs=_about),
    "reveal_secret": act(RevealSecret, _check_reveal, _reveal, power=SELF, needs=_about),
}
