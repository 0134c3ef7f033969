"""Whether a rule has a shape that can be applied, and whose collusion can be counted exactly."""

from collections.abc import Callable, Iterator

from phyle.cooperative.charter.clauses import Charter
from phyle.cooperative.charter.collusion import MOST_WAYS, Sizes, TooManyWays, ways
from phyle.cooperative.charter.fields import Problems
from phyle.cooperative.charter.powers import Power
from phyle.cooperative.charter.rules import (
    ASSEMBLY,
    Any,
    AtLeast,
    House,
    NoStandingObjection,
    Quorum,
    Rule,
    Weighted,
    bodies_named,
    found,
    parts,
)

MOST_PARTS = 100
"""Of one rule, those within others too."""


def shape(charter: Charter, power: Power, problems: Problems) -> None:
    """Note what is wrong with the shape of a power's rule."""
    wrongs = [*_wrongs(charter, power.rule, ASSEMBLY)]
    for because, write in wrongs or _too_much(charter, power):
        problems.add(power.article, power.line, f"the rule of {power.key} cannot stand", because, write)


def _too_much(charter: Charter, power: Power) -> Iterator[tuple[str, str]]:
    if sum(1 for _ in _all_parts(power.rule)) > MOST_PARTS:
        yield f"it has more than {MOST_PARTS} parts, which nobody can follow", "a simpler rule"
        return
    named = bodies_named(power.rule)
    sizes = Sizes(
        members=(1,),
        active=(1,),
        offices=tuple((name, office.seats) for name, office in charter.offices.items() if name in named),
        houses=tuple((name, house.seats) for name, house in charter.houses.items() if name in named),
    )
    try:
        ways(power.rule, power.quorum, sizes)
    except TooManyWays:
        because = f"it leaves more than {MOST_WAYS} ways in which different groups come together"
        yield because, "fewer houses among alternatives"


def seats(charter: Charter, body: str) -> int:
    """How many can sit in a body that is not the assembly, 0 if there is no such body."""
    if body in charter.offices:
        return charter.offices[body].seats
    return charter.houses[body].seats if body in charter.houses else 0


def _wrongs(charter: Charter, rule: Rule, body: str) -> Iterator[tuple[str, str]]:
    match rule:
        case House(body="members"):
            yield "the members need no house to vote in", "their rule by itself"
        case House():
            if body != ASSEMBLY or found(rule.rule, lambda part: isinstance(part, House | Weighted)):
                yield "a house cannot speak for another house", "each house by itself"
            yield from _body(charter, rule.body, rule.quorum)
        case Weighted():
            for house in rule.houses:
                yield from _body(charter, house.body, house.quorum)
        case AtLeast() if body != ASSEMBLY and rule.n > seats(charter, body) > 0:
            yield f"{body} has only {seats(charter, body)} seats", f'"at least {seats(charter, body)}"'
        case Any():
            yield from _any(rule)
        case NoStandingObjection() if rule.override is not None:
            yield from _override(rule.override)
        case _:
            pass
    inner = rule.body if isinstance(rule, House) else body
    for part in parts(rule):
        yield from _wrongs(charter, part, inner)


def _body(charter: Charter, body: str, quorum: Quorum) -> Iterator[tuple[str, str]]:
    if body == ASSEMBLY:
        return
    if not seats(charter, body):
        yield f"there is no office or house {body}", f"{ASSEMBLY}, or an office or house of this charter"
    elif quorum.at_least > seats(charter, body):
        yield f"{body} has only {seats(charter, body)} seats", "a quorum that it can reach"


def _any(rule: Any) -> Iterator[tuple[str, str]]:
    # With these, who must stand together to prevent something could not be said exactly.
    if found(rule, lambda part: isinstance(part, Weighted)):
        yield "a weighted rule among alternatives makes the weights void", "it outside `any`"
    bodies = [part.body for part in _all_parts(rule) if isinstance(part, House)]
    if len(set(bodies)) < len(bodies):
        yield "the same house stands in two alternatives", "one house with `any` within it"


def _override(override: Rule) -> Iterator[tuple[str, str]]:
    if found(override, _is(House, Weighted)):
        yield "an objection is overcome where it was made, not by another house", "a share of cast or eligible"


def _is(*kinds: type) -> Callable[[Rule], bool]:
    return lambda part: isinstance(part, kinds)


def _all_parts(rule: Rule) -> Iterator[Rule]:
    yield rule
    for part in parts(rule):
        yield from _all_parts(part)
