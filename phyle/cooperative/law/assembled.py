"""What an assembly is, and what the proposals on its agenda take from it."""

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id, Line

NO_QUORUM = "The assembly had no quorum, so nothing on its agenda has passed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """A meeting of all members, for a time. `text`: the invitation, a blob. `asked_by`: who asked for it, until they
    are enough. `roll`: a blob with who could vote when it opened, `eligible` and `active` of them; `present`: a blob
    with who came. `notice`: a blob that says of each elector how they had notice. `minutes`: a blob, Markdown."""

    SLICE: ClassVar[str] = "assembly"

    kind: Literal["ordinary", "extraordinary"]
    by: Id
    called: int
    title: Line
    text: Hash
    opens: int
    closes: int
    phase: Literal["asked", "called", "open", "closed", "minuted", "approved", "lapsed", "cancelled"] = "called"
    asked_by: tuple[Id, ...] = ()
    agenda: tuple[Id, ...] = ()
    noticed: int = 0
    notice: Hash | None = None
    second_call: bool = False
    roll: Hash | None = None
    eligible: int = 0
    active: int = 0
    present: Hash | None = None
    came: int = 0
    quorate: bool = False
    minutes: Hash | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """A member who is there; the slice's id is assembly/member."""

    SLICE: ClassVar[str] = "attendance"

    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """Which assembly minutes are of; the slice's id is the hash of their text."""

    SLICE: ClassVar[str] = "minutes"

    assembly: Id


def closing_of(state: State, proposal: Proposal) -> int:
    """When the assembly closes, and its ballots with it; 0 for a proposal that is on no agenda."""
    if proposal.assembly is None:
        return 0
    return state.require(Assembly, proposal.assembly).closes


def without_quorum(state: State, proposal: Proposal) -> tuple[bool, int]:
    """Whether the assembly that voted on a proposal had no quorum, and when it meets again for it, 0 if it does not."""
    if proposal.assembly is None:
        return False, 0
    assembly = state.require(Assembly, proposal.assembly)
    if assembly.phase == "called" and assembly.second_call:
        return True, assembly.opens
    return not assembly.quorate, 0


def approve(state: State, text: str) -> None:
    """A resolution on this text: if these are minutes, they are approved."""
    minutes = state.get(Minutes, text)
    if minutes is not None:
        assembly = state.require(Assembly, minutes.assembly)
        state.put(replace(assembly, phase="approved"), minutes.assembly)
