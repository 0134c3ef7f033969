"""Licensing: a work under another licence, or a licence of its own for somebody; only with what its contributors allow.

A maintainer owns no more than they made. So both take, of everybody else whose change was merged and validated, a
mandate, or that their change came under that very licence; and the same of whoever offered the work.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from phyle.cooperative.law.commons.contributions import CHANGE, Contribution
from phyle.cooperative.law.commons.maintaining import about, speaks
from phyle.cooperative.law.commons.works import Work
from phyle.cooperative.law.kinds import Given, act
from phyle.cooperative.law.state import Address, State
from phyle.cooperative.law.values import Id, Line
from phyle.cooperative.licences.expressions import parse
from phyle.errors import Refused
from phyle.powers import SELF

MOST_LICENCES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RelicenseWork:
    """A maintainer offers the work under another licence from now on. Whoever has it under the one before keeps that.
    `mandate`: whoever offered the work lets the phyle grant licences of it, or does so no more; None: as it is."""

    work: Id
    licence: Line
    mandate: bool | None = None


def without_mandate(state: State, id: str, *, under: str = "", besides: str = "") -> tuple[str, ...]:
    """Whose rights in a work nobody else can dispose of: the ids of its offerer and of the contributors of validated
    changes who gave no mandate. `under`: a licence; what came under it needs none. `besides`: one who agrees."""
    work, wanted = state.require(Work, id), parse(under) if under else None
    found = {} if work.mandate else {str(work.by): None}
    for _, each in state.all(Contribution, id):
        if each.phase != "valid" or each.what != CHANGE or each.terms is None or each.terms.mandate:
            continue
        if wanted is None or parse(each.terms.licence) != wanted:
            found[each.by] = None
    return tuple(member for member in found if member != besides)


def _check(state: State, given: Given) -> None:
    change: RelicenseWork = given.payload
    work = speaks(state, given, change.work)
    if parse(change.licence) == parse(work.licence) and change.mandate in (None, work.mandate):
        raise Refused("The work is offered like that already.")
    if change.mandate is not None and given.by != work.by:
        raise Refused("Only whoever offered the work gives a mandate for what they made, or takes it back.")
    if len(work.licences) >= MOST_LICENCES:
        raise Refused(f"A work has at most {MOST_LICENCES} licences, one after the other.")
    if parse(change.licence) != parse(work.licence):
        missing = without_mandate(state, change.work, under=change.licence, besides=given.by)
        if missing:
            raise Refused(
                f"{len(missing)} of those who made this gave no mandate for another licence: {', '.join(missing[:10])}."
            )


def _relicense(state: State, given: Given) -> None:
    change: RelicenseWork = given.payload
    work = state.require(Work, change.work)
    if parse(change.licence) != parse(work.licence):
        work = replace(work, licences=(*work.licences, (given.at, change.licence)))
    if change.mandate is not None:
        work = replace(work, mandate=change.mandate)
    state.put(work, change.work)


def _needs(change: RelicenseWork) -> Iterable[Address]:
    return (*about(change.work), ("group", f"contribution/{change.work}"))


def _mine(change: RelicenseWork, by: str) -> Iterable[Address]:
    return (("maintainer", f"{change.work}/{by}"),)


ACTS = {"relicense_work": act(RelicenseWork, _check, _relicense, power=SELF, needs=_needs, mine=_mine)}
