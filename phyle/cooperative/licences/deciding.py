"""Deciding: what a licence, or an expression of several, allows to a user on the facts that they declare."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product

from phyle.cooperative.licences import coopyleft, ppl
from phyle.cooperative.licences.expressions import All, Expression, Licence, licences, parse
from phyle.cooperative.licences.facts import SAID, Facts
from phyle.cooperative.licences.open import NONCOMMERCIAL, NONCOMMERCIAL_IDS, OPEN, OPEN_IDS, OTHER
from phyle.cooperative.licences.tables import OUTCOMES, Outcome, Table

TABLES: Mapping[str, Table] = {
    table.name: table for table in (ppl.PPL, coopyleft.COOPYLEFT, OPEN, NONCOMMERCIAL, OTHER)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What follows from declared facts, and from what. `licence`: the one of an expression that decides. `clause`: the
    clauses of its text, as a line. `table`: by which table, with its version. Never legal advice."""

    outcome: Outcome
    clause: str
    reason: str
    table: str
    licence: str
    interpretive: bool = False


def table_of(id: str) -> Table:
    """The table for a licence, by its SPDX id or a reference that is known here."""
    if id in ppl.IDS:
        return ppl.PPL
    if id in coopyleft.IDS:
        return coopyleft.COOPYLEFT
    if id in NONCOMMERCIAL_IDS:
        return NONCOMMERCIAL
    return OPEN if id in OPEN_IDS else OTHER


def decide(licence: str, facts: Facts) -> Verdict:
    """The verdict on a use under an SPDX expression: where it offers a choice, what is best for the user; where several
    must be kept, what is worst. Of equals the first. An exception (WITH) only adds permissions, so it changes nothing
    here. Malformed if the expression is none."""
    return _decided(parse(licence), facts)


def unsaid(licence: str, facts: Facts) -> tuple[str, ...]:
    """The facts that were not said and could make a difference to the verdict, whatever is said of the others."""
    expression = parse(licence)
    asked = {name for each in licences(expression) for name in table_of(each.id).asks if name in SAID}
    silent = [name for name in SAID if name in asked and getattr(facts.said, name) is None]
    outcomes = {
        answers: _decided(expression, _saying(facts, dict(zip(silent, answers, strict=True)))).outcome
        for answers in product((True, False), repeat=len(silent))
    }
    return tuple(name for place, name in enumerate(silent) if _matters(outcomes, place))


def _saying(facts: Facts, answers: Mapping[str, bool]) -> Facts:
    return replace(facts, said=replace(facts.said, **answers))


def _matters(outcomes: Mapping[tuple[bool, ...], Outcome], place: int) -> bool:
    """Whether one answer changes what follows while the others stay."""
    return any(
        answers[place] and outcome != outcomes[(*answers[:place], False, *answers[place + 1 :])]
        for answers, outcome in outcomes.items()
    )


def _decided(expression: Expression, facts: Facts) -> Verdict:
    if isinstance(expression, Licence):
        return _by_table(expression, facts)
    verdicts = [_decided(part, facts) for part in expression.parts]
    if isinstance(expression, All):
        return max(verdicts, key=_rank)
    return min(verdicts, key=_rank)


def _rank(verdict: Verdict) -> int:
    return OUTCOMES.index(verdict.outcome)


def _by_table(licence: Licence, facts: Facts) -> Verdict:
    table = table_of(licence.id)
    row = table.row(facts)
    return Verdict(
        outcome=row.outcome,
        clause=row.clause,
        reason=row.reason,
        table=table.name,
        licence=str(licence),
        interpretive=row.interpretive,
    )
