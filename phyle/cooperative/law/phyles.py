"""The phyle itself: what it is called in its ledger, in which phase it is, and what is on its agenda."""

from bisect import insort
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar, Literal

from phyle.cooperative.charter.clauses import Charter
from phyle.cooperative.charter.effective import at as charter_at
from phyle.cooperative.charter.text import read as read_charter
from phyle.cooperative.law.kinds import Item
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Key, Line, Word
from phyle.errors import Refused, Unprocessable

Phase = Literal["gathering", "active", "dormant", "dissolved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phyle:
    """`electors`: how many members can vote. `tacit`: how many of them came by vouching alone. `founders`: how many
    founded it. `charter_since`: since when the charter is in force. `ratified`: the charter was confirmed by the
    members after the founders' time ended (true until it ends). `proven`: somebody is known by another host or by a
    key of their own, so it is not self-attested. `trials`: since when each experiment of the charter runs.
    `restarted`: at which entry this epoch began, 0 in the first; `unconfirmed`: the members have not confirmed that."""

    SLICE: ClassVar[str] = "phyle"

    origin: str
    phase: Phase
    log_key: Key
    credential_key: Key
    host: Word
    charter: Hash | None = None
    founded: int = 0
    founders: int = 0
    electors: int = 0
    tacit: int = 0
    charter_since: int = 0
    ratified: bool = True
    proven: bool = False
    sunset: bool = False
    tiers: tuple[str, ...] = ()
    sunsets: tuple[str, ...] = ()
    trials: tuple[tuple[str, int], ...] = ()
    restarted: int = 0
    unconfirmed: bool = False
    face: tuple[tuple[Word, Line], ...] = ()
    rules: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """Which charter holds for something that goes on for a while: its hash, and what its tiers and sunsets hang on."""

    charter: Hash
    electors: int
    tiers: tuple[str, ...] = ()
    sunsets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Where the ledger is: the next sequence number, the time of the last entry, and the latest time for which
    consequences were entered: nothing that comes later was received before it. Milliseconds."""

    SLICE: ClassVar[str] = "clock"

    seq: int
    at: int
    due: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What will be due: (time, kind, id), in order."""

    SLICE: ClassVar[str] = "agenda"

    items: tuple[tuple[int, str, str], ...] = ()


def phyle(state: State) -> Phyle:
    """The phyle. Refused before its ledger has begun."""
    found = state.get(Phyle)
    if found is None:
        raise Refused("The ledger of this phyle has not begun.")
    return found


def charter(state: State) -> Charter:
    """The charter in force, with its tiers and sunsets as they stand. Refused before the founding."""
    here = phyle(state)
    if here.charter is None:
        raise Refused("This phyle is still gathering: it has no charter yet.")
    return _in_force(state.blob(here.charter), here.electors, here.tiers, here.sunsets)


def charter_as_of(state: State, frozen: Frozen) -> Charter:
    """The charter as it stood when something was frozen under it."""
    return _in_force(state.blob(frozen.charter), frozen.electors, frozen.tiers, frozen.sunsets)


def charter_of(state: State, hash: str) -> Charter:
    """The charter with this hash, as written. Unprocessable, with every problem, if it is none."""
    return _written(state.blob(hash))


def _written(text: bytes) -> Charter:
    found = _read_once(text)
    if isinstance(found, str):
        raise Unprocessable(found)
    return found


@lru_cache(maxsize=64)
def _read_once(text: bytes) -> Charter | str:
    """The charter, or why it is none: which takes as long to find out, and is asked as often."""
    try:
        return read_charter(text)
    except Unprocessable as error:
        return error.sentence


@lru_cache(maxsize=256)
def _in_force(text: bytes, electors: int, tiers: tuple[str, ...], sunsets: tuple[str, ...]) -> Charter:
    return charter_at(_written(text), electors, tiers, sunsets)


_INACTIVE = {
    "gathering": "This phyle is still gathering: nothing binding can happen before at least three have founded it.",
    "dormant": "This phyle is dormant: with fewer than three electors it can only admit, let go, export and dissolve.",
    "dissolved": "This phyle is dissolved.",
}


DORMANT = frozenset(("Admit", "Confirm", "Reinstate", "Dissolve"))
"""What a dormant phyle can decide: to be more again, or to end."""
UNCONFIRMED = frozenset((*DORMANT, "Ratify", "Resolve", "Rotate", "Rehost"))
"""What can be decided before the members have confirmed a new epoch."""


def allowed(state: State, effect: str) -> None:
    """Refused while the phyle, as it stands, cannot decide on this effect."""
    here = phyle(state)
    if here.phase != "active" and not (here.phase == "dormant" and effect in DORMANT):
        raise Refused(_INACTIVE[here.phase])
    if here.unconfirmed and effect not in UNCONFIRMED:
        raise Refused("This ledger was begun again after entries were lost; the members must confirm that first.")


def freeze(state: State) -> Frozen:
    """The charter as it stands now."""
    here = phyle(state)
    if here.charter is None:
        raise Refused("This phyle is still gathering: it has no charter yet.")
    return Frozen(charter=here.charter, electors=here.electors, tiers=here.tiers, sunsets=here.sunsets)


def active(state: State) -> Phyle:
    """The phyle, if it can decide. Refused while it is gathering, dormant or dissolved."""
    here = phyle(state)
    if here.phase == "active":
        return here
    raise Refused(_INACTIVE[here.phase])


def schedule(state: State, time: int, kind: str, id: str = "") -> None:
    """Put something on the agenda."""
    items = list((state.get(Agenda) or Agenda()).items)
    insort(items, (time, kind, id))
    state.put(Agenda(items=tuple(items)))


def unschedule(state: State, kind: str, id: str = "") -> None:
    """Take something off the agenda, whenever it was due."""
    agenda = state.get(Agenda) or Agenda()
    kept = tuple(item for item in agenda.items if item[1:] != (kind, id))
    if kept != agenda.items:
        state.put(replace(agenda, items=kept))


def unschedule_all(state: State, *kinds: str) -> None:
    """Take all items of these kinds off the agenda, or everything if none is named."""
    agenda = state.get(Agenda) or Agenda()
    kept = tuple(item for item in agenda.items if kinds and item[1] not in kinds)
    if kept != agenda.items:
        state.put(replace(agenda, items=kept))


def next_item(state: State) -> Item | None:
    """What is due first."""
    items = (state.get(Agenda) or Agenda()).items
    return Item(time=items[0][0], kind=items[0][1], id=items[0][2]) if items else None
