"""Draws: a pool is entered first, the seed comes after it from signatures or secrets that nobody could choose, and who
is drawn is a pure function of the two that anybody can run again."""

from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar, Literal

from phyle.cooperative.law.phyles import phyle, schedule
from phyle.cooperative.law.spelling import digest
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id, Key

Purpose = Literal["office", "house", "jury", "lot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Another phyle whose signatures seeds are made of: named while nobody knows for which pool. The slice's id is its
    key."""

    SLICE: ClassVar[str] = "partner"

    origin: str
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """A partner as it was when the draw began, and its signature in hex once it is here."""

    origin: str
    key: Key
    signature: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """`about`: the office or house to be filled, the appeal or the ballot. `pool`: a blob with the ids in order, and
    `entry` the leaf hash (RFC 6962) of the entry that fixed it. `take`: how many are drawn. `until`: when the phase
    ends. `silent`: a blob with the members who committed in the first round and did not reveal; `missing`: how many
    kept silent in the last. `beacon`: which public source of chance was named beforehand; `output`: what it said."""

    SLICE: ClassVar[str] = "draw"

    purpose: Purpose
    about: str
    since: int
    take: int = 0
    size: int = 0
    pool: Hash | None = None
    entry: Hash | None = None
    phase: Literal["begun", "signing", "committing", "revealing", "drawn", "void"] = "begun"
    until: int = 0
    round: int = 1
    partners: tuple[Signatory, ...] = ()
    silent: Hash | None = None
    missing: int = 0
    beacon: str = ""
    output: Hash | None = None
    seed: Hash | None = None
    taken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """What one member adds to a seed: the digest of a secret, and the secret once it is revealed. The slice's id is
    draw.round/member."""

    SLICE: ClassVar[str] = "commitment"

    digest: Hash
    secret: str | None = None


# Pure functions, from which anybody can check a draw


def message(origin: str, draw: str, entry: str) -> bytes:
    """What each partner signs with Ed25519: `phyle-draw/v1`, the ledger's origin, the draw's id and the leaf hash of
    the entry that fixed the pool, each followed by a newline. Asking twice gives the same answer."""
    return f"phyle-draw/v1\n{origin}\n{draw}\n{entry}\n".encode()


def seed_of_signatures(signatures: Sequence[bytes]) -> str:
    """SHA-256 over the signatures, in the order of the partners' origins; in hex."""
    return sha256(b"".join(signatures)).hexdigest()


def seed_of_secrets(fixed: bytes, secrets: Sequence[str], beacon: str = "") -> str:
    """SHA-256 over the message that partners would have signed, what the beacon said if one was named, and the secrets
    in the order of the members' ids."""
    return sha256(fixed + b"".join(bytes.fromhex(part) for part in (beacon, *secrets))).hexdigest()


def digest_of(draw: str, member: str, secret: str) -> str:
    """What commits to a secret: SHA-256 of the canonical JSON of draw, member and secret."""
    return digest([draw, member, secret])


def ranked(seed: str, pool: Sequence[str]) -> list[str]:
    """The pool in the order of SHA-256(seed || id); those who are drawn come first."""
    start = bytes.fromhex(seed)
    return sorted(pool, key=lambda id: (sha256(start + id.encode()).digest(), id))


def explained(seed: str, pool: Sequence[str], take: int) -> str:
    """The ranking in figures, one line for each of the pool: place, hash and id; those who are drawn are marked."""
    start = bytes.fromhex(seed)
    lines = [
        f"{'*' if place < take else ' '} {place + 1:>4}  {sha256(start + id.encode()).hexdigest()}  {id}\n"
        for place, id in enumerate(ranked(seed, pool))
    ]
    return "".join(lines)


# The beginning


def begin_draw(state: State, at: int, purpose: Purpose, about: str, beacon: str = "") -> Id:
    """A draw begins: its pool is entered next. Its id cannot be chosen, so no signature over it can be known before."""
    id = Id(made_id(phyle(state).origin, purpose, about, at))
    state.put(Draw(purpose=purpose, about=about, since=at, beacon=beacon), id)
    schedule(state, at, "pool", id)
    return id


def made_id(*parts: str | int) -> str:
    """An id that follows from what it is about."""
    return b32encode(bytes.fromhex(digest(list(parts)))[:16]).decode().rstrip("=").lower()


def pending(state: State, purpose: Purpose, about: str) -> bool:
    """Whether a draw for this is under way."""
    return any(
        draw.purpose == purpose and draw.about == about and draw.phase not in ("drawn", "void")
        for _, draw in state.all(Draw)
    )


def partners(state: State) -> tuple[Signatory, ...]:
    """The partners as they are named now, by origin."""
    named = sorted((partner.origin, key) for key, partner in state.all(Partner))
    return tuple(Signatory(origin=origin, key=Key(key)) for origin, key in named)
