"""What a proposal is, in whichever phase."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from phyle.cooperative.law.values import Hash, Id, Line, Word

Phase = Literal[
    "draft",
    "deliberation",
    "balloting",
    "counting",
    "drawing",
    "passed",
    "stayed",
    "executed",
    "sent_back",
    "failed",
    "withdrawn",
    "annulled",
]
OVER: tuple[Phase, ...] = ("executed", "sent_back", "failed", "withdrawn", "annulled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """An effect by name, with its arguments as JSON."""

    kind: str
    arguments: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """What can be chosen. Without effects it is the status quo."""

    label: Line
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Election:
    """An office to be filled: the candidates who accept become the options."""

    office: Word
    seats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who was nominated for an office, by whom, and whether they accept."""

    member: Id
    by: Id
    accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """`text`: the reasons, a blob. `until`: when the phase ends, in milliseconds. `effects`: what happens whichever
    option wins; in an election with `winner[0]` for the id of who was elected first. `params`: what the method asks for
    (`dots`, `credits`, `max`). `body`: who votes, the assembly (`members`) or a jury. `noticed`: when the electors had
    proven notice, 0 if they had none. `round`: how many ballots were opened. `second_call`: the ballot is repeated
    because too few came. `stayed_by`: proposals and appeals that keep the decision from being executed. `appeal`: the
    one that this decides. `why`: why it was sent back. `outcome`: a blob in which its author says what came of it."""

    SLICE: ClassVar[str] = "proposal"

    by: Id
    title: Line
    text: Hash
    options: tuple[Option, ...]
    method: Word
    seats: int
    phase: Phase
    created: int
    until: int = 0
    scope: str = ""
    effects: tuple[Effect, ...] = ()
    params: Mapping[Word, int] = field(default_factory=dict)
    sponsors: tuple[Id, ...] = ()
    body: Word = Word("members")
    noticed: int = 0
    notice: Hash | None = None
    round: int = 0
    second_call: bool = False
    assembly: Id | None = None
    election: Election | None = None
    candidates: tuple[Candidate, ...] = ()
    recused: tuple[Id, ...] = ()
    stayed_by: tuple[Id, ...] = ()
    appeal: Id | None = None
    decided: int = 0
    winners: tuple[int, ...] = ()
    why: str = ""
    outcome: Hash | None = None


def effects_of(options: tuple[Option, ...]) -> list[Effect]:
    """All effects of all options."""
    return [effect for option in options for effect in option.effects]


def status_quo(options: tuple[Option, ...]) -> int | None:
    """The place of the option that leaves everything as it is, None if there is none."""
    return next((place for place, option in enumerate(options) if not option.effects), None)
