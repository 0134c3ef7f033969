"""Closed forms for hands and blocks against a search through every coalition and everything that it could do."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from phyle.cooperative.charter import collusion
from phyle.cooperative.charter.collusion import NEVER, Sizes
from phyle.cooperative.charter.notation import quorum_of, rule_of
from phyle.cooperative.charter.rules import ONE_PRESENT, Counts, Quorum, Rule, judge
from tests.cooperative.charter.rules_drawn import quorums, rules

OFFICES = {"stewards": 2, "keepers": 1}
OUTSIDERS = 2
BODIES = (*OFFICES, "outside")

Person = frozenset[str]


def people(members: int) -> list[Person]:
    """Members, with offices as close together as they can be, and outsiders."""
    inside = [
        frozenset(("members", *(name for name, seats in OFFICES.items() if index < seats))) for index in range(members)
    ]
    return [*inside, *[frozenset(("outside",))] * OUTSIDERS]


def coalitions(everybody: list[Person]) -> Iterator[list[Person]]:
    """Every coalition, the smallest first; of those that look alike only one."""
    seen: set[tuple[tuple[str, ...], ...]] = set()
    for size in range(len(everybody) + 1):
        for chosen in combinations(everybody, size):
            alike = tuple(sorted(tuple(sorted(person)) for person in chosen))
            if alike not in seen:
                seen.add(alike)
                yield list(chosen)


def in_body(persons: list[Person], body: str) -> int:
    return sum(body in person for person in persons)


def searched_hands(rule: Rule, quorum: Quorum, members: int, active: int) -> int:
    everybody = people(members)
    for coalition in coalitions(everybody):
        bodies = {}
        for body in ("members", *BODIES):
            eligible = in_body(everybody, body)
            mine = in_body(coalition, body)
            bodies[body] = Counts(for_=mine, eligible=eligible, active=active if body == "members" else eligible)
        if judge(rule, bodies, quorum).passed:
            return len(coalition)
    return NEVER


def searched_blocks(rule: Rule, quorum: Quorum, members: int, active: int) -> int:
    everybody = people(members)
    names = ("members", *BODIES)
    for coalition in coalitions(everybody):
        for away in product(*(range(in_body(coalition, body) + 1) for body in names)):
            bodies = {}
            for body, absent in zip(names, away, strict=True):
                eligible, mine = in_body(everybody, body), in_body(coalition, body)
                bodies[body] = Counts(
                    for_=eligible - mine,
                    block=mine - absent,
                    eligible=eligible,
                    active=active if body == "members" else eligible,
                )
            if not judge(rule, bodies, quorum).passed:
                return len(coalition)
    return NEVER


def sizes(members: int, active: int) -> Sizes:
    return Sizes(members=(members,), active=(active,), offices=tuple(OFFICES.items()), houses=(("outside", OUTSIDERS),))


@given(rules(BODIES), quorums(), st.integers(1, 4), st.data())
@settings(max_examples=300, deadline=None)
def test_hands_are_those_of_the_smallest_coalition(
    rule: Rule, quorum: Quorum, members: int, data: st.DataObject
) -> None:
    active = data.draw(st.integers(1, members))
    assert collusion.hands(rule, quorum, sizes(members, active))[0] == searched_hands(rule, quorum, members, active)


@given(rules(BODIES), quorums(), st.integers(1, 4), st.data())
@settings(max_examples=200, deadline=None)
def test_blocks_are_those_of_the_smallest_coalition(
    rule: Rule, quorum: Quorum, members: int, data: st.DataObject
) -> None:
    active = data.draw(st.integers(1, members))
    assert collusion.blocks(rule, quorum, sizes(members, active))[0] == searched_blocks(rule, quorum, members, active)


@given(rules(BODIES), quorums())
@settings(max_examples=50, deadline=None)
def test_all_sizes_at_once_are_each_size_alone(rule: Rule, quorum: Quorum) -> None:
    several = Sizes(
        members=(1, 2, 7, 30),
        active=(1, 1, 3, 30),
        offices=tuple(OFFICES.items()),
        houses=(("outside", OUTSIDERS),),
    )
    for count in (collusion.hands, collusion.blocks):
        alone = [count(rule, quorum, sizes(n, a))[0] for n, a in zip(several.members, several.active, strict=True)]
        assert list(count(rule, quorum, several)) == alone


def figures(written: object, members: int, quorum: Quorum = ONE_PRESENT) -> tuple[int, int]:
    rule = rule_of(written)
    these = sizes(members, members)
    return collusion.hands(rule, quorum, these)[0], collusion.blocks(rule, quorum, these)[0]


def test_figures_that_can_be_checked_by_hand() -> None:
    third = quorum_of("at least 1/3 of eligible")
    assert figures("more than 1/2 of cast", 10) == (1, 5)
    assert figures("more than 1/2 of cast", 10, third) == (4, 5)
    assert figures("more than 1/2 of eligible", 10) == (6, 5)
    assert figures("at least 2/3 of eligible", 9) == (6, 4)
    assert figures("at least 2/3 of cast", 10_000, quorum_of("at least 1/2 of eligible")) == (5000, 3334)
    assert figures("no standing objection", 10, third) == (4, 1)
    assert figures("passed unless at least 1/4 of eligible object", 10) == (1, 3)
    assert figures({"house": "outside", "rule": "at least 2"}, 10) == (3, 1), "two outsiders, and one member present"


def test_whoever_sits_twice_is_counted_once() -> None:
    weighted = {
        "weighted": [{"body": "members", "weight": 1}, {"body": "stewards", "weight": 1}],
        "passes": "more than 1/2",
    }
    # Two stewards take a half by their office and two tenths of the other half as members.
    assert figures(weighted, 10)[1] == 2


def test_delegates_and_sponsors_are_counted_as_persons() -> None:
    half, quorum = rule_of("more than 1/2 of eligible"), ONE_PRESENT
    delegates = replace(sizes(10, 10), papers=3)
    assert collusion.hands(half, quorum, delegates) == (2,), "two delegates have six papers"
    assert collusion.blocks(half, quorum, delegates) == (2,)
    sponsored = replace(delegates, sponsors=4)
    assert collusion.hands(half, quorum, sponsored) == (4,), "and nobody sponsors for somebody else"
    assert collusion.hands(half, quorum, replace(sponsored, sponsors=11)) == (NEVER,)
    assert collusion.blocks(half, quorum, replace(sponsored, sponsors=10)) == (1,)
