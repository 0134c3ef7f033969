"""Every table decides everything, says on which clause it stands, and never rewards what is worse."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phyle.cooperative.licences.deciding import TABLES, decide, table_of, unsaid
from phyle.cooperative.licences.facts import HELD, KINDS, PURPOSES, SAID, Facts, Said
from phyle.cooperative.licences.tables import OUTCOMES, Table, value_of

ANSWERS = (True, False, None)
FACTS = st.builds(
    Facts,
    user=st.sampled_from(KINDS),
    purpose=st.sampled_from(PURPOSES),
    said=st.builds(Said, **dict.fromkeys(SAID, st.sampled_from(ANSWERS))),
    breach=st.booleans(),
    grant=st.sampled_from(HELD),
)
LICENCES = st.sampled_from(["PPL", "LicenseRef-Coopyleft", "MIT", "CC-BY-NC-4.0", "LicenseRef-unheard-of"])


def everything(table: Table) -> Iterator[Facts]:
    """All facts that can make a difference to a table."""
    asked = [name for name in table.asks if name in SAID]
    for user, purpose, breach, grant in product(KINDS, PURPOSES, (False, True), ("none", "negotiated")):
        for answers in product(ANSWERS, repeat=len(asked)):
            said = Said(**dict(zip(asked, answers, strict=True)))
            yield Facts(user=user, purpose=purpose, said=said, breach=breach, grant=grant)


def rank(outcome: str) -> int:
    return OUTCOMES.index(outcome)


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_every_row_decides_something_and_all_is_decided(table: Table) -> None:
    deciding = {id(table.row(facts)) for facts in everything(table)}
    assert [row.reason for row in table.rows if id(row) not in deciding] == []


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_no_two_rows_ask_the_same(table: Table) -> None:
    asked = [(row.users, row.purposes, frozenset(row.when.items())) for row in table.rows]
    assert len(set(asked)) == len(asked)
    assert all(row.clauses and row.clause and row.reason.endswith(".") for row in table.rows)
    assert all(each in table.worst for row in table.rows for each in row.when)


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_worse_facts_never_give_a_better_outcome(table: Table) -> None:
    """What is worst of each fact is no better than anything else of it; what was not said lies between."""
    for facts in everything(table):
        outcome = rank(table.row(facts).outcome)
        for name, worst in table.worst.items():
            for worse in [worst] if value_of(facts, name) is None else [worst, None]:
                if name in SAID:
                    if value_of(facts, name) == worst:
                        continue
                    other = replace(facts, said=replace(facts.said, **{name: worse}))
                else:
                    other = replace(facts, **{name: worst})
                assert rank(table.row(other).outcome) >= outcome, (facts, name, worse)


@given(FACTS, LICENCES)
def test_commercial_use_is_never_easier_than_the_same_without_gain(facts: Facts, licence: str) -> None:
    free = decide(licence, replace(facts, purpose="non-commercial"))
    paid = decide(licence, replace(facts, purpose="commercial"))
    assert rank(free.outcome) <= rank(paid.outcome)


@given(FACTS, st.lists(LICENCES, min_size=1, max_size=4), st.sampled_from([" AND ", " OR "]))
def test_of_a_choice_the_best_of_all_together_the_worst(facts: Facts, several: list[str], word: str) -> None:
    alone = [rank(decide(each, facts).outcome) for each in several]
    together = decide(word.join(several), facts)
    assert rank(together.outcome) == (min(alone) if word == " OR " else max(alone))
    assert together == decide(together.licence, facts)
    assert together.table in TABLES
    assert together.clause


@given(FACTS, LICENCES)
def test_a_licence_of_ones_own_helps_whoever_keeps_the_terms(facts: Facts, licence: str) -> None:
    verdict = decide(licence, replace(facts, grant="reciprocity", breach=False))
    assert verdict.outcome == "allowed"


@given(FACTS, LICENCES)
def test_what_was_not_said_and_does_not_matter_changes_nothing(facts: Facts, licence: str) -> None:
    open_questions = unsaid(licence, facts)
    answered: dict[str, Any] = {name: True for name in SAID if getattr(facts.said, name) is None}
    settled = {name: value for name, value in answered.items() if name not in open_questions}
    assert (
        decide(licence, replace(facts, said=replace(facts.said, **settled))).outcome == decide(licence, facts).outcome
    )
    assert not unsaid(licence, replace(facts, said=replace(facts.said, **answered)))


def test_a_licence_by_any_of_its_names() -> None:
    assert {table_of(id).name for id in ("PPL", "LicenseRef-PPL")} == {"PPL/1"}
    assert {table_of(id).name for id in ("LicenseRef-Coopyleft", "LicenseRef-CoopCycle")} == {"Coopyleft/1"}
    assert {table_of(id).name for id in ("MIT", "CERN-OHL-S-2.0", "CC-BY-SA-4.0", "CC0-1.0")} == {"open/1"}
    assert table_of("CC-BY-NC-SA-3.0").name == "noncommercial/1"
    assert {table_of(id).name for id in ("CC-BY-ND-4.0", "BUSL-1.1", "LicenseRef-ours")} == {"other/1"}
