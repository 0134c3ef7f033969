"""The keys of the phyle: a new one is signed by the old and endorsed by two mandates; or, if the old is lost or stolen,
it comes by decision, which names the last entry that the old key is trusted for."""

import re
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from phyle.cooperative.law.kinds import Given, act
from phyle.cooperative.law.mandates import holds, steward
from phyle.cooperative.law.members import KeyUse, own
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.possession import check
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Id, Key
from phyle.errors import Malformed, Refused
from phyle.powers import mandate

Which = Literal["log", "credential"]
ENDORSERS = 2
_ORIGIN = re.compile(r"[a-z0-9][a-z0-9.:\-]{0,252}/ledger/[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPeriod:
    """From which entry a key of the phyle holds, and up to which (excluded, None: it holds). `last_trusted`: the last
    entry that it is trusted for, if it was lost or stolen. The slice's id is the use, a dot, and the key."""

    SLICE: ClassVar[str] = "key_period"

    which: Which
    key: Key
    first: int
    end: int | None = None
    last_trusted: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endorsement:
    """Who endorsed which new key; the slice's id is its use."""

    SLICE: ClassVar[str] = "endorsement"

    key: Key
    by: tuple[Id, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endorse:
    """A holder of a mandate with the scope `keys` endorses a new key of the phyle."""

    which: Which
    key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateKey:
    """The new key takes the place of the old. `by_old`, `by_new`: either key's signature that it does."""

    which: Which
    key: Key
    by_old: str
    by_new: str


def check_origin(origin: str) -> None:
    """Malformed unless it is HOST/ledger/EPOCH."""
    if _ORIGIN.fullmatch(origin) is None:
        raise Malformed("A ledger is called by its host, /ledger/ and the number of its epoch.")


def begin_keys(state: State, seq: int) -> None:
    """The keys that the ledger begins with hold from its first entry."""
    here = phyle(state)
    state.put(KeyPeriod(which="log", key=here.log_key, first=seq), f"log.{here.log_key}")
    state.put(KeyPeriod(which="credential", key=here.credential_key, first=seq), f"credential.{here.credential_key}")


def check_new(state: State, key: Key) -> None:
    """Refused unless the key was never used here, by the phyle or by a member."""
    here = phyle(state)
    used = any(state.get(KeyPeriod, f"{which}.{key}") is not None for which in ("log", "credential"))
    if used or key in (here.log_key, here.credential_key) or state.get(KeyUse, key) is not None:
        raise Refused("This key is or was in use here already; every key has one use.")


def rotate(state: State, which: Which, key: Key, seq: int, *, last_trusted: int | None = None) -> None:
    """Put a new key of the phyle in the place of the old one, from an entry on."""
    here = phyle(state)
    old = here.log_key if which == "log" else here.credential_key
    period = state.require(KeyPeriod, f"{which}.{old}")
    state.put(replace(period, end=seq, last_trusted=last_trusted), f"{which}.{old}")
    state.put(KeyPeriod(which=which, key=key, first=seq), f"{which}.{key}")
    state.put(replace(here, log_key=key) if which == "log" else replace(here, credential_key=key))
    state.drop(Endorsement, which)


def _check_endorse(state: State, given: Given) -> None:
    own(state, given)
    steward(state, given, "keys")
    check_new(state, given.payload.key)
    found = state.get(Endorsement, given.payload.which)
    if found is not None and found.key == given.payload.key and given.by in found.by:
        raise Refused("You have endorsed this key already.")


def _endorse(state: State, given: Given) -> None:
    """Endorsing another key begins anew."""
    endorse: Endorse = given.payload
    found = state.get(Endorsement, endorse.which)
    others = found.by if found is not None and found.key == endorse.key else ()
    state.put(Endorsement(key=endorse.key, by=(*others, Id(given.by))), endorse.which)


def _check_rotate(state: State, given: Given) -> None:
    turn: RotateKey = given.payload
    here = phyle(state)
    if here.phase == "gathering":
        raise Refused("While the phyle is gathering nobody can endorse a new key.")
    check_new(state, turn.key)
    found = state.get(Endorsement, turn.which)
    endorsers = found.by if found is not None and found.key == turn.key else ()
    if sum(holds(state, id, "keys", given.at) for id in endorsers) < ENDORSERS:
        raise Refused(f"A new key is endorsed by {ENDORSERS} members who hold mandates with the scope keys.")
    old = here.log_key if turn.which == "log" else here.credential_key
    check(turn.by_old, old, here.origin, turn.which, turn.key)
    check(turn.by_new, turn.key, here.origin, turn.which, turn.key)


def _rotate(state: State, given: Given) -> None:
    rotate(state, given.payload.which, given.payload.key, given.seq)


def _about(payload: Endorse | RotateKey) -> tuple[tuple[str, str], ...]:
    return (
        ("endorsement", payload.which),
        ("key", payload.key),
        ("key_period", f"log.{payload.key}"),
        ("key_period", f"credential.{payload.key}"),
    )


ACTS = {
    "endorse_key": act(Endorse, _check_endorse, _endorse, power=mandate("keys"), needs=_about, own=True),
    "rotate_key": act(RotateKey, _check_rotate, _rotate, by=["host"], power=mandate("keys"), needs=_about, ever=True),
}
