"""Sessions in the booth: for a few hours a key that this host keeps signs for a member whose server has no ledger keys.

That server's signed request is what begins a session. What is done in it is on the host's word.
"""

from dataclasses import dataclass
from typing import ClassVar

from phyle.cooperative.law.kinds import HOUR, Given, act
from phyle.cooperative.law.members import Introduction, Member, Representative, own
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Key, Moment, Word
from phyle.errors import Refused
from phyle.powers import SELF

LONGEST = 4 * HOUR
"""Milliseconds that a session lasts at most: for so long the host could act in somebody's name."""
PROMPTLY = HOUR
"""So soon after it was received what is done by a session is entered: else a host could say later that it came then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The newest session of a member, whose id is the slice's. `actor`: the commitment to the account that it is for;
    `entry`: where it began."""

    SLICE: ClassVar[str] = "session"

    key: Key
    actor: Hash
    until: int
    entry: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterBooth:
    """A member's server confirms that they want to enter the booth: until a time (milliseconds), this key signs for
    them. A session before it ends."""

    key: Key
    until: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveBooth:
    """The session is over: its key signs nothing more."""


def _check_enter(state: State, given: Given) -> None:
    here, enter = phyle(state), given.payload
    if "request" not in given.entry.evidence or Word("actor") not in _known(state, given).identity:
        raise Refused("Only the member's own server can confirm that they enter the booth.")
    if given.entry.at - given.at > PROMPTLY:
        raise Refused("A session that began so long ago cannot be entered any more.")
    if enter.key in (here.log_key, here.credential_key):
        raise Refused("A session has a key of its own.")
    if not given.at < enter.until <= given.at + LONGEST:
        raise Refused(f"A session in the booth lasts {LONGEST // HOUR} hours at most.")


def _enter(state: State, given: Given) -> None:
    actor = _known(state, given).identity[Word("actor")]
    session = Session(key=given.payload.key, actor=actor, until=given.payload.until, entry=given.seq)
    state.put(session, given.by)


def _known(state: State, given: Given) -> Member | Representative:
    """Whose account it is: the member's, or that of whoever acts for an organisation."""
    member = own(state, given)
    return member.representative or member


def _check_leave(state: State, given: Given) -> None:
    state.require(Session, given.by)


def _leave(state: State, given: Given) -> None:
    state.drop(Session, given.by)


def session_key(state: State, given: Given, known: Member | Introduction | Representative) -> Key | None:
    """The key that signs in the booth for the author now, None if they have no session. A session ends with the account
    that it is for: when the member moves, or somebody else represents them."""
    session = state.get(Session, given.by)
    if session is None or given.at >= session.until or given.entry.at - given.at > PROMPTLY:
        return None
    return session.key if session.actor == known.identity.get(Word("actor")) else None


def _session(payload: object, by: str) -> tuple[tuple[str, str], ...]:
    return ((Session.SLICE, by),)


ACTS = {
    "enter_booth": act(EnterBooth, _check_enter, _enter, power=SELF, mine=_session, ever=True),
    "leave_booth": act(LeaveBooth, _check_leave, _leave, power=SELF, mine=_session, ever=True),
}
OUTSIDE = frozenset({"enter_booth", "rekey", "move", "pin", "represent"})
"""What nobody does in the booth: by what a member is known is changed by requests of their own server alone, or
whoever keeps the key of a session would keep the membership."""
