"""The Peer Production License row by row: what its text says, and what its summaries only wish."""

import pytest

from phyle.cooperative.licences.deciding import decide
from phyle.cooperative.licences.facts import KINDS, Facts, Held, Kind, Purpose, Said

NOTHING = Said()
WORKERS = Said(surplus_to_workers=True, indivisible_reserves=False, outside_investors=False, waged_non_members=False)
OF_WORKERS: tuple[Kind, ...] = ("worker-cooperative", "worker-collective")
ALONE: tuple[Kind, ...] = ("individual", "sole-producer")
OTHERS: tuple[Kind, ...] = (
    "consumer-cooperative",
    "multi-stakeholder-cooperative",
    "platform-cooperative",
    "non-profit",
    "public-body",
)


def outcome(user: Kind, purpose: Purpose, said: Said = NOTHING, *, breach: bool = False, grant: Held = "none") -> str:
    """The outcome and its clauses."""
    found = decide("PPL", Facts(user=user, purpose=purpose, said=said, breach=breach, grant=grant))
    assert found.table == "PPL/1"
    return f"{found.outcome}{' (interpretive)' if found.interpretive else ''}: {found.clause}"


@pytest.mark.parametrize("user", ALONE)
def test_whoever_works_alone(user: Kind) -> None:
    assert outcome(user, "non-commercial") == "allowed: 3, 4(b)"
    assert outcome(user, "commercial") == "allowed-on-declaration (interpretive): 3, 4(c)(i), 4(c)(ii)"
    assert outcome(user, "commercial", Said(employees=False, profit=True)).startswith("allowed-on-declaration")


@pytest.mark.parametrize("user", ALONE)
def test_whoever_employs_others_does_not_work_alone(user: Kind) -> None:
    for purpose in ("non-commercial", "commercial"):
        assert outcome(user, purpose, Said(employees=True, profit=True)) == "refused: 4(d), 8(d), 8(e)"
        assert outcome(user, purpose, Said(employees=True)) == "refused: 4(d), 8(d), 8(e)"
    assert outcome(user, "non-commercial", Said(employees=True, profit=False)) == "allowed: 3, 4(b)"
    assert outcome(user, "commercial", Said(employees=True, profit=False)) == "needs-negotiation: 4(c)(i)"


@pytest.mark.parametrize("user", OF_WORKERS)
def test_worker_owned_with_all_surplus_to_its_workers(user: Kind) -> None:
    assert outcome(user, "non-commercial") == "allowed: 3, 4(b)"
    assert outcome(user, "commercial", WORKERS) == "allowed: 4(c)(i), 4(c)(ii)"


@pytest.mark.parametrize("user", OF_WORKERS)
@pytest.mark.parametrize(
    "said",
    [
        Said(surplus_to_workers=True, indivisible_reserves=True, outside_investors=False, waged_non_members=False),
        Said(surplus_to_workers=True, indivisible_reserves=False, outside_investors=True, waged_non_members=False),
        Said(surplus_to_workers=False, indivisible_reserves=False, outside_investors=False, waged_non_members=False),
        Said(surplus_to_workers=False, indivisible_reserves=True, outside_investors=True, waged_non_members=True),
        Said(),
    ],
)
def test_worker_owned_with_reserves_or_investors(user: Kind, said: Said) -> None:
    assert outcome(user, "commercial", said) == "needs-negotiation: 4(c)(ii)"
    assert outcome(user, "non-commercial", said) == "allowed: 3, 4(b)"


@pytest.mark.parametrize("user", OF_WORKERS)
@pytest.mark.parametrize("waged", [True, None])
def test_worker_owned_with_waged_non_members(user: Kind, waged: bool | None) -> None:
    said = Said(surplus_to_workers=True, indivisible_reserves=False, outside_investors=False, waged_non_members=waged)
    assert outcome(user, "commercial", said) == "contested (interpretive): 4(c)(i), 4(d)"
    assert outcome(user, "non-commercial", said) == "allowed: 3, 4(b)"


@pytest.mark.parametrize("user", OTHERS)
def test_other_co_operatives_associations_and_public_bodies(user: Kind) -> None:
    assert outcome(user, "non-commercial") == "allowed: 3, 4(b)"
    assert outcome(user, "commercial", WORKERS) == "needs-negotiation: 4(b), 4(c)(i)"


@pytest.mark.parametrize("said", [Said(), Said(employees=True, profit=True), Said(employees=True), Said(profit=True)])
def test_a_private_firm_with_wage_labour_is_permitted_no_use_at_all(said: Said) -> None:
    for purpose in ("non-commercial", "commercial"):
        assert outcome("private-firm", purpose, said) == "refused: 4(d), 8(d), 8(e)"


@pytest.mark.parametrize("said", [Said(employees=False), Said(profit=False)])
def test_a_private_firm_without_wage_labour_or_profit(said: Said) -> None:
    assert outcome("private-firm", "non-commercial", said) == "allowed: 3, 4(b)"
    assert outcome("private-firm", "commercial", said) == "needs-negotiation: 4(b), 4(c)(i)"


@pytest.mark.parametrize("user", KINDS)
def test_an_earlier_breach_and_a_licence_of_ones_own(user: Kind) -> None:
    for purpose in ("non-commercial", "commercial"):
        assert outcome(user, purpose, WORKERS, breach=True) == "refused: 1(g), 7(a)"
        assert outcome(user, purpose, grant="negotiated", breach=True) == "refused: 1(g), 7(a)"
        assert outcome(user, purpose, grant="reciprocity") == "allowed: the grant"
        assert outcome(user, purpose, grant="negotiated") == "allowed: the grant"


def test_contribution_appears_in_no_clause() -> None:
    """Whoever contributes has no more than others, unless the licensors grant it."""
    assert outcome("non-profit", "commercial") == "needs-negotiation: 4(b), 4(c)(i)"
    assert outcome("non-profit", "commercial", grant="reciprocity") == "allowed: the grant"
