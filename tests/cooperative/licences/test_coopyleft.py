"""The CoopCycle licence row by row: who may use a work commercially, by its article 3."""

import pytest

from phyle.cooperative.licences.deciding import decide
from phyle.cooperative.licences.facts import KINDS, Facts, Held, Kind, Purpose, Said

NOTHING = Said()
SOCIAL = Said(social_economy=True, employees=True, profit=False)


def outcome(user: Kind, purpose: Purpose, said: Said = NOTHING, *, breach: bool = False, grant: Held = "none") -> str:
    found = decide("LicenseRef-Coopyleft", Facts(user=user, purpose=purpose, said=said, breach=breach, grant=grant))
    assert found.table == "Coopyleft/1"
    return f"{found.outcome}{' (interpretive)' if found.interpretive else ''}: {found.clause}"


@pytest.mark.parametrize("user", [kind for kind in KINDS if kind != "private-firm"])
def test_all_but_commercial_use_is_granted_to_everybody(user: Kind) -> None:
    assert outcome(user, "non-commercial") == "allowed: 3, 4"


def test_a_worker_co_operative_of_the_social_economy_whose_workers_are_employees() -> None:
    assert outcome("worker-cooperative", "commercial", SOCIAL) == "allowed: 3(1°), 3(2°)"
    assert outcome("worker-cooperative", "commercial", Said(employees=True)) == "needs-negotiation: 3(1°)"
    freelancing = Said(social_economy=True, employees=False)
    assert outcome("worker-cooperative", "commercial", freelancing) == "needs-negotiation: 3(2°)"


@pytest.mark.parametrize(
    "user", ["worker-collective", "consumer-cooperative", "multi-stakeholder-cooperative", "platform-cooperative"]
)
def test_other_co_operatives_whose_workers_are_employees(user: Kind) -> None:
    assert outcome(user, "commercial", SOCIAL) == "allowed-on-declaration (interpretive): 3(1°), 3(2°)"
    assert outcome(user, "commercial", Said(social_economy=True)) == "needs-negotiation: 3(2°)"


@pytest.mark.parametrize("user", ["non-profit", "public-body"])
def test_who_is_social_but_no_co_operative(user: Kind) -> None:
    assert outcome(user, "commercial", SOCIAL) == "needs-negotiation: 3(2°)"
    assert outcome(user, "commercial") == "needs-negotiation: 3(1°)"


@pytest.mark.parametrize("user", ["individual", "sole-producer"])
def test_individuals_only_through_wage_portage(user: Kind) -> None:
    ported = Said(wage_portage=True, social_economy=True)
    assert outcome(user, "commercial", ported) == "allowed-on-declaration (interpretive): 3(1°), 3(exception)"
    assert outcome(user, "commercial", Said(wage_portage=True)) == "needs-negotiation: 3(2°)"
    assert outcome(user, "commercial", SOCIAL) == "needs-negotiation: 3(2°)"


def test_any_use_by_whoever_is_there_to_make_profits_is_commercial() -> None:
    for purpose in ("non-commercial", "commercial"):
        assert outcome("private-firm", purpose) == "refused: 3"
        assert outcome("private-firm", purpose, Said(social_economy=True)) == "needs-negotiation: 3(2°)"
    assert outcome("private-firm", "non-commercial", Said(profit=False)) == "allowed: 3, 4"
    assert outcome("private-firm", "commercial", Said(profit=False)) == "needs-negotiation: 3(2°)"


def test_an_earlier_breach_and_a_licence_of_ones_own() -> None:
    assert outcome("worker-cooperative", "commercial", SOCIAL, breach=True) == "refused: 10"
    assert outcome("private-firm", "commercial", grant="negotiated") == "allowed: 7(c), the grant"
