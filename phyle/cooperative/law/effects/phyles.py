"""Effects on the phyle as a whole: Resolve, PublicFace, Rotate, Rehost, Dissolve."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from phyle.cooperative.law.kinds import effect
from phyle.cooperative.law.phyle_keys import check_new, rotate
from phyle.cooperative.law.phyles import Clock, phyle, unschedule_all
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Key, Line, Word
from phyle.errors import Refused

Owed = Iterable[Mapping[str, Any]]

FACES = ("name", "description", "registrations", "limits")
"""What of the public face the phyle rules over, once it is founded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A resolution in words: the text of the option, or of a document kept as a blob."""

    text: Hash | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One thing of the public face, and what it shall be."""

    what: Literal["name", "description", "registrations", "limits"]
    value: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A new key of the phyle. `last_trusted`: the last index that the old key is trusted for, if it was stolen."""

    which: Literal["log", "credential"]
    key: Key
    last_trusted: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHost:
    """Another host that the phyle lives on from now on."""

    host: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """No arguments."""


def _always(state: State, at: int, arguments: Any) -> None:
    """Nothing stands against it."""


def _nothing(state: State, at: int, arguments: Any) -> Owed:
    return ()


def _show(state: State, at: int, face: Face) -> Owed:
    here = phyle(state)
    others = tuple(pair for pair in here.face if pair[0] != face.what)
    state.put(replace(here, face=tuple(sorted((*others, (Word(face.what), face.value))))))
    return [{"what": "face", "name": face.what, "value": face.value}]


def _can_rotate(state: State, at: int, new: NewKey) -> None:
    check_new(state, new.key)
    if new.last_trusted is not None and not 0 <= new.last_trusted < state.require(Clock).seq:
        raise Refused("The last entry that the old key is trusted for is one of the ledger's.")


def _rotate(state: State, at: int, new: NewKey) -> Owed:
    rotate(state, new.which, new.key, state.require(Clock).seq, last_trusted=new.last_trusted)
    return [{"what": "rotated", "which": new.which, "key": new.key}]


def _rehost(state: State, at: int, new: NewHost) -> Owed:
    state.put(replace(phyle(state), host=new.host))
    return [{"what": "rehosted", "host": new.host}]


def _dissolve(state: State, at: int, nothing: Nothing) -> Owed:
    """Nothing is waited for any more."""
    state.put(replace(phyle(state), phase="dissolved"))
    unschedule_all(state)
    return [{"what": "dissolved"}]


EFFECTS = {
    **effect("Resolve", Prose, _always, _nothing, scope=None),
    **effect("PublicFace", Face, _always, _show, scope=lambda face: face.what),
    **effect("Rotate", NewKey, _can_rotate, _rotate),
    **effect("Rehost", NewHost, _always, _rehost),
    **effect("Dissolve", Nothing, _always, _dissolve),
}
