"""Epochs: when entries are lost for good, the ledger begins again, in the open, and the members must confirm it."""

from dataclasses import dataclass, replace

from phyle.cooperative.law.acts import Head
from phyle.cooperative.law.kinds import Given, act
from phyle.cooperative.law.phyle_keys import check_origin
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash
from phyle.errors import Refused
from phyle.powers import OPERATOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """A new epoch. `origin`: its name. `old`: the newest head of the old one that anybody can show, whose later entries
    are lost. `reason`: an opening for all to read."""

    origin: str
    old: Head
    reason: Hash


def next_origin(origin: str) -> str:
    """The origin of the epoch after this one."""
    place, _, number = origin.rpartition("/")
    return f"{place}/{int(number) + 1}"


def _check(state: State, given: Given) -> None:
    restart: Restart = given.payload
    check_origin(restart.origin)
    expected = next_origin(phyle(state).origin)
    if restart.origin != expected:
        raise Refused(f"The epoch after this one is called {expected}.")
    if restart.old.size <= given.seq:
        raise Refused("No entry is lost: the ledger has all that were published, and goes on as it is.")


def _apply(state: State, given: Given) -> None:
    """Until the members ratify it, the phyle decides on nothing else (see `phyles.UNCONFIRMED`)."""
    here = phyle(state)
    founded = here.charter is not None
    state.put(replace(here, origin=given.payload.origin, restarted=given.seq, unconfirmed=founded))


ACTS = {"restart": act(Restart, _check, _apply, by=["operator"], power=OPERATOR, ever=True)}
