"""The rules by which papers become a decision: data, total and exact. What cannot be applied has not passed.

Of the papers for, against, abstain and block, `cast` are for + against + block, `present` are cast + abstain,
`eligible` is the roll at the opening less the recused, `active` are the full members with an act in the ledger in as
many of the last days as the charter says. A share of nothing is not passed. A block without a reason counts as against:
who counts sees to that before a rule is asked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias, assert_never

Base = Literal["cast", "present", "eligible", "active"]

ASSEMBLY = "members"
"""The body of all electors; every other body has the name of an office or of an outside house."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The papers of one body, and the numbers that shares of it are taken of."""

    for_: int = 0
    against: int = 0
    abstain: int = 0
    block: int = 0
    eligible: int = 0
    active: int = 0

    @property
    def cast(self) -> int:
        """Papers that take a side."""
        return self.for_ + self.against + self.block

    @property
    def present(self) -> int:
        """Papers of any kind."""
        return self.cast + self.abstain

    def base(self, of: Base) -> int:
        """The number that a share `of` this base is taken of."""
        return {"cast": self.cast, "present": self.present, "eligible": self.eligible, "active": self.active}[of]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quorum:
    """How many must be present: `at_least` persons (`capped`, as in every tier: or all, if they are fewer), and each of
    `shares` (a share, and of what). `second`: what is asked instead at a second call, None where the same holds."""

    at_least: int = 1
    capped: bool = False
    shares: tuple[tuple[Fraction, Base], ...] = ()
    second: "Quorum | None" = None

    def called(self, second_call: bool) -> "Quorum":
        """The quorum of the first or the second call."""
        return self.second if second_call and self.second is not None else self


ONE_PRESENT = Quorum()


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """For must be more than (`strict`) or at least num/den of a base."""

    num: int
    den: int
    strict: bool
    of: Base = "cast"


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast:
    """At least `n` must be for. `capped`, as in every tier: or all who are eligible, if they are fewer."""

    n: int
    capped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NoStandingObjection:
    """Consent: no block stands, or the override is met."""

    override: "Rule | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The rule is applied to the papers of another body, with a quorum of its own."""

    body: str
    rule: "Rule"
    quorum: Quorum = ONE_PRESENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """One house of a weighted rule. Below its quorum, or with nothing cast, it fails the whole."""

    body: str
    weight: int
    quorum: Quorum = ONE_PRESENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """The sum over houses of weight * for / cast, over the sum of weights, must exceed (`strict`) or reach num/den."""

    houses: tuple[Weight, ...]
    num: int
    den: int
    strict: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PassUnlessVeto:
    """Passed unless against and block together exceed (`strict`) or reach num/den of a base. It needs proven notice."""

    num: int
    den: int
    strict: bool
    of: Base = "eligible"


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """Every one of the rules."""

    rules: tuple["Rule", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Any:
    """One of the rules at least."""

    rules: tuple["Rule", ...]


Rule: TypeAlias = Share | AtLeast | NoStandingObjection | House | Weighted | PassUnlessVeto | All | Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a rule is met, and why: one sentence for each thing that was asked, with its figures."""

    passed: bool
    why: tuple[str, ...] = field(default=())


UNAPPLICABLE = "The rule cannot be applied to these papers; what cannot be applied has not passed."

Bodies: TypeAlias = Mapping[str, Counts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What a rule is applied to: the counts that shares are taken of, and those that quorums are taken of. They are the
    same but for somebody who asks what could still happen."""

    bodies: Bodies
    quorums: Bodies


def judge(rule: Rule, bodies: Bodies, quorum: Quorum = ONE_PRESENT, *, second_call: bool = False) -> Verdict:
    """Whether the papers pass a rule and the assembly its quorum. Raises nothing: any error means not passed."""
    return _judge(rule, Count(bodies=bodies, quorums=bodies), quorum, second_call)


def _judge(rule: Rule, count: Count, quorum: Quorum, second_call: bool) -> Verdict:
    try:
        for body in {**count.bodies, **count.quorums}:
            _sound(count.bodies[body])
            _sound(count.quorums[body])
        present = _quorum(ASSEMBLY, count, quorum.called(second_call))
        verdict = _judged(rule, ASSEMBLY, count)
        return _both(present, verdict)
    except Exception:  # fail closed, whatever went wrong; the sentence must be the same on every machine
        return Verdict(passed=False, why=(UNAPPLICABLE,))


def _sound(counts: Counts) -> None:
    figures = (counts.for_, counts.against, counts.abstain, counts.block, counts.eligible, counts.active)
    if any(type(figure) is not int or figure < 0 for figure in figures) or counts.present > counts.eligible:
        raise ValueError("counts are whole numbers, and nobody votes who is not on the roll")


def _judged(rule: Rule, body: str, count: Count) -> Verdict:
    match rule:
        case All() | Any():
            return _several(rule, body, count)
        case House():
            return _both(_quorum(rule.body, count, rule.quorum), _judged(rule.rule, rule.body, count))
        case Weighted():
            return _weighted(rule, count)
        case NoStandingObjection():
            return _consent(rule, body, count)
        case Share():
            return _share(rule, body, count.bodies[body])
        case AtLeast():
            return _at_least(rule, body, count.bodies[body])
        case PassUnlessVeto():
            return _veto(rule, body, count.bodies[body])
        case _:
            assert_never(rule)


def _several(rule: All | Any, body: str, count: Count) -> Verdict:
    if not rule.rules:
        return Verdict(passed=False, why=("There is no rule that could be met.",))
    verdicts = [_judged(each, body, count) for each in rule.rules]
    passed = (all if isinstance(rule, All) else any)(verdict.passed for verdict in verdicts)
    asked = "all of these" if isinstance(rule, All) else "one of these"
    return Verdict(
        passed=passed,
        why=(f"Asked: {asked}, {_met(passed)}.", *(line for verdict in verdicts for line in verdict.why)),
    )


def _both(first: Verdict, second: Verdict) -> Verdict:
    return Verdict(passed=first.passed and second.passed, why=first.why + second.why)


def _quorum(body: str, count: Count, quorum: Quorum) -> Verdict:
    counts = count.quorums[body]
    least = max(1, min(quorum.at_least, counts.eligible)) if quorum.capped else quorum.at_least
    lines = [_line(body, f"present {counts.present}", f"at least {least}", counts.present >= least > 0)]
    for share, of in quorum.shares:
        base = counts.base(of)
        met = base > 0 and counts.present >= share * base
        lines.append(_line(body, f"present {counts.present} of {base} {of}", f"at least {share}", met))
    return _all_of(lines)


def _all_of(lines: list[tuple[bool, str]]) -> Verdict:
    return Verdict(passed=all(met for met, _ in lines), why=tuple(line for _, line in lines))


def _line(body: str, figures: str, needed: str, met: bool) -> tuple[bool, str]:
    return met, f"{body}: {figures}; needed: {needed}; {_met(met)}."


def _met(passed: bool) -> str:
    return "met" if passed else "not met"


def reached(value: Fraction, num: int, den: int, strict: bool) -> bool:
    """Whether a value exceeds or reaches num/den; the two words differ by exactly one case."""
    bar = Fraction(num, den)
    if bar <= 0:
        raise ValueError("a threshold of nothing is none")
    return value > bar if strict else value >= bar


def _bar(num: int, den: int, strict: bool) -> str:
    return f"{'more than' if strict else 'at least'} {num}/{den}"


def _share(rule: Share, body: str, counts: Counts) -> Verdict:
    base = counts.base(rule.of)
    met = base > 0 and reached(Fraction(counts.for_, base), rule.num, rule.den, rule.strict)
    figures = f"for {counts.for_} of {base} {rule.of} ({_papers(counts)})"
    return _all_of([_line(body, figures, f"{_bar(rule.num, rule.den, rule.strict)} of {rule.of}", met)])


def _papers(counts: Counts) -> str:
    return f"for {counts.for_}, against {counts.against}, block {counts.block}, abstain {counts.abstain}"


def _at_least(rule: AtLeast, body: str, counts: Counts) -> Verdict:
    if rule.n < 1:
        raise ValueError("at least nobody is no rule")
    needed = min(rule.n, counts.eligible) if rule.capped else rule.n
    met = counts.eligible > 0 and counts.for_ >= needed
    return _all_of([_line(body, f"for {counts.for_}, eligible {counts.eligible}", f"at least {needed} for", met)])


def _consent(rule: NoStandingObjection, body: str, count: Count) -> Verdict:
    counts = count.bodies[body]
    met = counts.block == 0 and counts.present > 0
    figures = f"block {counts.block}, present {counts.present}"
    verdict = _all_of([_line(body, figures, "no standing objection of anybody present", met)])
    if met or rule.override is None or counts.present == 0:
        return verdict
    override = _judged(rule.override, body, count)
    return Verdict(passed=override.passed, why=(*verdict.why, "Override of the objection:", *override.why))


def _veto(rule: PassUnlessVeto, body: str, counts: Counts) -> Verdict:
    base = counts.base(rule.of)
    objecting = counts.against + counts.block
    met = base > 0 and not reached(Fraction(objecting, base), rule.num, rule.den, rule.strict)
    figures = f"against or block {objecting} of {base} {rule.of}"
    return _all_of([_line(body, figures, f"not {_bar(rule.num, rule.den, rule.strict)} of {rule.of}", met)])


def _weighted(rule: Weighted, count: Count) -> Verdict:
    verdict = Verdict(passed=True)
    total, sum_of_weights, terms = Fraction(0), 0, []
    for house in rule.houses:
        counts = count.bodies[house.body]
        verdict = _both(verdict, _house_present(house, count))
        if house.weight < 1:
            raise ValueError("a house without weight is no house")
        sum_of_weights += house.weight
        total += Fraction(house.weight * counts.for_, counts.cast) if counts.cast else 0
        terms.append(f"{house.weight} * {counts.for_}/{counts.cast} ({house.body})")
    yes = total / sum_of_weights
    met = reached(yes, rule.num, rule.den, rule.strict)
    figures = f"({' + '.join(terms)}) / {sum_of_weights} = {yes}"
    return _both(verdict, _all_of([_line("houses", figures, _bar(rule.num, rule.den, rule.strict), met)]))


def _house_present(house: Weight, count: Count) -> Verdict:
    cast = count.quorums[house.body].cast
    side = _all_of([_line(house.body, f"cast {cast}", "at least 1", cast > 0)])
    return _both(_quorum(house.body, count, house.quorum), side)


def possible_outcomes(
    rule: Rule,
    bodies: Bodies,
    outstanding: Mapping[str, int],
    quorum: Quorum = ONE_PRESENT,
    *,
    second_call: bool = False,
) -> bool | None:
    """What the outcome will be whatever the rest of the roll does (`outstanding`: papers still to come, by body), None
    while that is open. For yes/no ballots without blocks whose papers are final; a rule about blocks is always open.

    All for is the best completion. The worst for shares is all against and for quorums that nobody comes; what passes
    both at once passes every completion.
    """
    try:
        if about_blocks(rule):
            return None
        best = {body: _with(counts, for_=outstanding.get(body, 0)) for body, counts in bodies.items()}
        worst = {body: _with(counts, against=outstanding.get(body, 0)) for body, counts in bodies.items()}
    except Exception:  # an early close is never needed
        return None
    if _judge(rule, Count(bodies=worst, quorums=bodies), quorum, second_call).passed:
        return True
    verdict = _judge(rule, Count(bodies=best, quorums=best), quorum, second_call)
    return None if verdict.passed or UNAPPLICABLE in verdict.why else False


def _with(counts: Counts, *, for_: int = 0, against: int = 0) -> Counts:
    return Counts(
        for_=counts.for_ + for_,
        against=counts.against + against,
        abstain=counts.abstain,
        block=counts.block,
        eligible=counts.eligible,
        active=counts.active,
    )


def parts(rule: Rule) -> tuple[Rule, ...]:
    """The rules that a rule directly consists of."""
    match rule:
        case All() | Any():
            return rule.rules
        case House():
            return (rule.rule,)
        case NoStandingObjection(override=Share() | AtLeast() | House() | Weighted() | All() | Any() as override):
            return (override,)
        case _:
            return ()


def found(rule: Rule, wanted: Callable[[Rule], bool]) -> bool:
    """Whether the rule or any part of it is what is wanted."""
    return wanted(rule) or any(found(part, wanted) for part in parts(rule))


def bodies_named(rule: Rule) -> frozenset[str]:
    """The houses and offices whose papers the rule counts; `members` where a weighted rule names them."""
    own = [rule.body] if isinstance(rule, House) else []
    weighed = [house.body for house in rule.houses] if isinstance(rule, Weighted) else []
    return frozenset((*own, *weighed)).union(*(bodies_named(part) for part in parts(rule)))


def about_blocks(rule: Rule) -> bool:
    """Whether any part asks for consent."""
    return found(rule, lambda part: isinstance(part, NoStandingObjection))
