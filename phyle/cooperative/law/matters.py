"""Matters: what can be put to a vote, in which form, and what of the charter governs it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from phyle.cooperative.charter.amendment import touched
from phyle.cooperative.charter.clauses import Charter, Power
from phyle.cooperative.charter.rules import Quorum, Share
from phyle.cooperative.law.effects.charters import Amendment
from phyle.cooperative.law.effects.table import effect_kind, read_arguments
from phyle.cooperative.law.phyles import charter, charter_of
from phyle.cooperative.law.proposed import Effect, Election, Option, Proposal, effects_of
from phyle.cooperative.law.spelling import spell
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id, Line, Word, write
from phyle.errors import Refused, Unprocessable

MOST_OPTIONS, MOST_EFFECTS = 64, 16
MOST_BYTES = 16_000
"""Of options and effects together, so that what follows from them fits into an entry too."""

PARAMS: Mapping[str, tuple[str, int]] = {"score": ("max", 100), "dot": ("dots", 1000), "quadratic": ("credits", 10_000)}
"""What a method can be told, and the most that it can be."""

ON_APPEAL = Power(
    effect="appeal",
    rule=Share(num=1, den=2, strict=True, of="cast"),
    quorum=Quorum(at_least=2, shares=((Fraction(1, 2), "eligible"),)),
    deliberation_days=3,
    ballot_days=7,
)
"""By what a jury decides an appeal, or the assembly in its place: more than half of those who take a side, with half of
them present."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What is proposed, as far as its author can change it."""

    title: Line
    text: Hash
    options: tuple[Option, ...] = ()
    effects: tuple[Effect, ...] = ()
    method: Word = Word("yesno")
    params: Mapping[Word, int] = field(default_factory=dict)
    seats: int = 1
    scope: str = ""
    election: Election | None = None


def all_effects(matter: Matter | Proposal) -> list[Effect]:
    """Everything that could follow, with an appointment for an election."""
    own = [*effects_of(matter.options), *matter.effects]
    if matter.election is None or matter.options:
        return own
    return [*own, appointment(matter.election, "winner[0]")]


def appointment(election: Election, member: str) -> Effect:
    """What being elected leads to."""
    return Effect(kind="Appoint", arguments={"office": election.office, "member": member})


_WINNER = re.compile(r"winner\[(0|[1-9][0-9]?)\]")
_ANYBODY = "a" * 26


def filled(effect: Effect, winners: Sequence[str] | None) -> Effect:
    """The effect with `winner[i]` replaced by who was elected; by anybody's id, if nobody has been yet. Refused if
    there is no such winner."""

    def fill(value: Any) -> Any:
        if isinstance(value, str) and (match := _WINNER.fullmatch(value)):
            if winners is not None and int(match[1]) >= len(winners):
                raise Refused(f"There is no {value}: only {len(winners)} won.")
            return _ANYBODY if winners is None else winners[int(match[1])]
        if isinstance(value, Mapping):
            return {name: fill(item) for name, item in value.items()}
        return [fill(item) for item in value] if isinstance(value, list | tuple) else value

    return Effect(kind=effect.kind, arguments=fill(effect.arguments))


def arguments_of(matter: Matter | Proposal, effect: Effect) -> Any:
    """The arguments as a value. In an election anybody stands in the place of the winners. Malformed if they do not
    fit."""
    return read_arguments(effect.kind, (effect if matter.election is None else filled(effect, None)).arguments)


def power_over(state: State, law: Charter, matter: Matter | Proposal) -> Power:
    """What governs the proposal under a charter: all that governs any of its effects. An amendment is governed by what
    protects each thing that it touches, under the old charter. An appeal is decided in the same way everywhere."""
    if isinstance(matter, Proposal) and matter.appeal is not None:
        return ON_APPEAL
    powers: list[Power] = []
    for effect in all_effects(matter):
        arguments = arguments_of(matter, effect)
        if isinstance(arguments, Amendment):
            changed = touched(law, charter_of(state, arguments.charter))
            if not changed:
                raise Unprocessable("The new charter says what the one in force says: there is nothing to decide.")
            powers += changed
        else:
            powers.append(law.power(effect.kind, _scope(effect, arguments, matter)))
    return law.all_of(powers)


def _scope(effect: Effect, arguments: Any, matter: Matter | Proposal) -> str:
    of = effect_kind(effect.kind).scope
    return matter.scope if of is None else of(arguments)


def concerned(matter: Matter | Proposal) -> set[str]:
    """Those whom the effects are about: nobody votes on their own expulsion or grant. Candidates vote."""
    found: set[str] = set()
    for effect in all_effects(matter):
        found |= set(effect_kind(effect.kind).recuses(arguments_of(matter, effect)))
    return found


def check_matter(state: State, matter: Matter) -> Power:
    """What governs it. Refused, Malformed or Unprocessable if it cannot be voted on."""
    if len(matter.options) > MOST_OPTIONS:
        raise Unprocessable(f"A proposal has at most {MOST_OPTIONS} options.")
    if any(len(effects) > MOST_EFFECTS for effects in (matter.effects, *(o.effects for o in matter.options))):
        raise Unprocessable(f"An option has at most {MOST_EFFECTS} effects.")
    if len(spell(write([matter.options, matter.effects]))) > MOST_BYTES:
        raise Unprocessable(f"Options and effects have at most {MOST_BYTES} bytes together; put long text into a blob.")
    if matter.election is not None:
        _check_election(state, matter, matter.election)
    else:
        _check_options(matter)
    _check_method(matter)
    power = power_over(state, charter(state), matter)
    if matter.method not in power.methods:
        raise Unprocessable(f"The charter decides this by {' or '.join(power.methods)}, not by {matter.method}.")
    return power


def _check_election(state: State, matter: Matter, election: Election) -> None:
    if matter.options:
        raise Unprocessable("In an election the candidates are the options.")
    if matter.method == "yesno":
        raise Unprocessable("An election is between candidates; put one appointment to the vote as an option instead.")
    office = charter(state).offices.get(election.office)
    if office is None:
        raise Unprocessable(f"The charter knows no office called {election.office}.")
    if office.by != "election":
        raise Unprocessable(f"The office {election.office} is filled by {office.by}, not by election.")
    if not 1 <= election.seats <= office.seats or matter.seats != election.seats:
        raise Unprocessable(
            f"An election to the office {election.office} fills 1 seat at least and {office.seats} at most."
        )


def _check_options(matter: Matter) -> None:
    without = [option for option in matter.options if not option.effects]
    if len(without) == len(matter.options):
        raise Unprocessable("A proposal needs an option with an effect: Resolve, if it is words alone.")
    if matter.method == "yesno" and len(matter.options) > 1:
        raise Unprocessable("A yes or no decision has one option.")
    if matter.method != "yesno" and len(without) != 1:
        raise Unprocessable("Among several options exactly one has no effects: that everything stays as it is.")
    if len({option.label for option in matter.options}) < len(matter.options):
        raise Unprocessable("Two options have the same name.")


def _check_method(matter: Matter) -> None:
    if not 1 <= matter.seats <= MOST_OPTIONS or (matter.method == "yesno" and matter.seats > 1):
        raise Unprocessable("As many can win as there are seats: one at least, and one alone in a yes or no decision.")
    known, most = PARAMS.get(matter.method, ("", 0))
    for name, value in matter.params.items():
        if name != known:
            raise Unprocessable(f"The method {matter.method} has no {name}.")
        if not 1 <= value <= most:
            raise Unprocessable(f"{name} lies between 1 and {most}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A proposal."""

    proposal: Id


def about_proposal(payload: Any) -> tuple[tuple[str, str], ...]:
    """What an act on a proposal needs."""
    return (("proposal", payload.proposal),)
