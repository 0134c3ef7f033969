"""Mandates: offices held for a term, recallable, each with scopes of power."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from phyle.cooperative.law.kinds import DAY, Given, Item, consequence
from phyle.cooperative.law.phyles import charter, schedule, unschedule
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Id, Word
from phyle.errors import Refused

Source = Literal["founding", "election", "sortition", "decision"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """One person in one office; the slice's id is office/member. `until`: when the term ends, in milliseconds; `ended`:
    when it ended, 0 while it lasts. A `caretaker` stays after the term until somebody follows, for a while. `terms`:
    the how manieth in a row it is; the founders' does not count."""

    SLICE: ClassVar[str] = "mandate"

    office: Word
    member: Id
    since: int
    until: int
    source: Source
    ended: int = 0
    caretaker: bool = False
    terms: int = 1


def office_ids(state: State) -> tuple[str, ...]:
    """The offices of the charter in force."""
    return tuple(charter(state).offices)


def live(state: State, office: str, member: str, at: int) -> bool:
    """Whether a member holds an office at a time."""
    mandate = state.get(Mandate, f"{office}/{member}")
    return mandate is not None and not mandate.ended and mandate.since <= at < mandate.until


def holders(state: State, office: str, at: int) -> list[str]:
    """Who holds an office at a time, by id."""
    return [m.member for _, m in state.all(Mandate, office) if not m.ended and m.since <= at < m.until]


def caretaking(state: State, office: str, member: str) -> bool:
    """Whether the holder only stays until somebody follows: after the term, or as a founder."""
    mandate = state.require(Mandate, f"{office}/{member}")
    return mandate.caretaker or mandate.source == "founding"


def holds(state: State, member: str, scope: str, at: int) -> bool:
    """Whether a member holds any office with this scope."""
    offices = charter(state).offices.items()
    return any(scope in office.scope and live(state, name, member, at) for name, office in offices)


def steward(state: State, given: Given, scope: str) -> None:
    """Refused unless the author holds a live mandate of this scope."""
    if not holds(state, given.by, scope, given.at):
        raise Refused(f"This takes a mandate with the scope {scope}, and you hold none.")


def terms_in_row(state: State, office: str, member: str, at: int) -> int:
    """How many terms somebody has served of late. Only a pause of a whole term breaks the row."""
    last = state.get(Mandate, f"{office}/{member}")
    if last is None:
        return 0
    pause = at - (last.ended or last.until)
    return 0 if pause >= charter(state).offices[office].term_days * DAY else last.terms


def give(state: State, office: str, member: str, at: int, source: Source, *, until: int | None = None) -> None:
    """Begin a mandate. Founders give way, and as many caretakers of the office as there are no seats for."""
    terms = charter(state).offices[office]
    mandate = Mandate(
        office=Word(office),
        member=Id(member),
        since=at,
        until=until or at + terms.term_days * DAY,
        source=source,
        terms=0 if source == "founding" else terms_in_row(state, office, member, at) + 1,
    )
    if source != "founding":
        _give_way(state, office, member, terms.seats, at)
    unschedule(state, "mandate", f"{office}/{member}")
    state.put(mandate, f"{office}/{member}")
    schedule(state, mandate.until, "mandate", f"{office}/{member}")


def _give_way(state: State, office: str, member: str, seats: int, at: int) -> None:
    """The longest-serving caretakers go first."""
    others = [(id, one) for id, one in state.all(Mandate, office) if not one.ended and one.member != member]
    sitting = len(others)
    for id, other in sorted(others, key=lambda pair: (pair[1].since, pair[0])):
        if other.source == "founding" or (other.caretaker and sitting >= seats):
            end(state, id, at)
            sitting -= 1


def end(state: State, id: str, at: int) -> None:
    """End a mandate before its term."""
    mandate = state.require(Mandate, id)
    state.put(replace(mandate, ended=at), id)
    unschedule(state, "mandate", id)


def vacate(state: State, member: str, at: int) -> None:
    """End all mandates of somebody who can no longer hold any."""
    for office in office_ids(state):
        id = f"{office}/{member}"
        mandate = state.get(Mandate, id)
        if mandate is not None and not mandate.ended:
            end(state, id, at)


def abolish(state: State, offices: Iterable[str], at: int) -> None:
    """End all mandates of offices that the charter no longer knows."""
    for office in sorted(offices):
        for id, mandate in list(state.all(Mandate, office)):
            if not mandate.ended:
                end(state, id, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateEnded:
    """The term of a mandate is over; or, as a caretaker, it goes on until `caretaker_until`."""

    office: Word
    member: Id
    caretaker_until: int = 0


def due_end(state: State, at: int, item: Item) -> MandateEnded:
    """At the end of a term the holder stays as caretaker, for as long as the charter says and nobody follows."""
    mandate = state.require(Mandate, item.id)
    office = charter(state).offices.get(mandate.office)
    alone = len(holders(state, mandate.office, item.time - 1)) <= (office.seats if office else 0)
    if office is None or mandate.caretaker or not office.caretaker_days or not alone:
        return MandateEnded(office=mandate.office, member=mandate.member)
    until = item.time + office.caretaker_days * DAY
    return MandateEnded(office=mandate.office, member=mandate.member, caretaker_until=until)


def apply_end(state: State, at: int, ended: MandateEnded) -> None:
    """End the mandate, or let it go on as a caretaker's."""
    id = f"{ended.office}/{ended.member}"
    mandate = state.require(Mandate, id)
    if ended.caretaker_until:
        state.put(replace(mandate, caretaker=True, until=ended.caretaker_until), id)
        schedule(state, ended.caretaker_until, "mandate", id)
    else:
        state.put(replace(mandate, ended=at), id)


def needs_end(item: Item) -> tuple[tuple[str, str], ...]:
    """The mandates of the same office."""
    return (("mandate", item.id), ("group", f"mandate/{item.id.partition('/')[0]}"))


CONSEQUENCES = {"mandate": consequence(MandateEnded, due_end, apply_end, needs=needs_end)}
