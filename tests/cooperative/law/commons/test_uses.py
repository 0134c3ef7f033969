"""Uses: what is declared decides by the table, a false outcome is refused, and the licensors have the last word."""

from typing import Any

import pytest

from phyle.cooperative.law.commons.breaches import Breach
from phyle.cooperative.law.commons.uses import OBJECTION, phase_at
from phyle.cooperative.law.kinds import DAY
from phyle.errors import Malformed, Refused, Unproven
from tests.cooperative.law.clauses import SIMPLE
from tests.cooperative.law.commoning import (
    CURATED,
    WORKERS,
    declaration,
    declared,
    offered,
    outsider,
    passed,
    ruling,
    told,
    use,
)
from tests.cooperative.law.stories import Person, Story, key

FIRM = {"user": "private-firm", "name": "Profit Ltd", "said": {"employees": True, "profit": True}}


@pytest.fixture
def story() -> Story:
    return Story()


def begun(story: Story, text: str = SIMPLE, founders: int = 4, **more: Any) -> tuple[list[Person], str]:
    people = story.founded(text, founders=founders)
    return people, offered(story, people[0], **more)


def test_the_table_decides_what_a_use_is_when_it_is_entered(story: Story) -> None:
    people, work = begun(story)
    reserves = {**WORKERS, "indivisible_reserves": True}
    waged = {**WORKERS, "waged_non_members": True}
    cases = (
        ({}, "recognised", "4(c)(i), 4(c)(ii)"),
        ({"said": reserves}, "declared", "4(c)(ii)"),
        ({"said": waged}, "contested", "4(c)(i), 4(d)"),
        (FIRM, "refused", "4(d), 8(d), 8(e)"),
        ({"user": "individual", "name": None, "person": story.seal("Bo")}, "recognised", "3, 4(c)(i), 4(c)(ii)"),
    )
    for given, phase, clause in cases:
        found = use(story, work, declared(story, people[1], work, **given))
        assert (found.phase, found.clause, found.table) == (phase, clause, "PPL/1")


FALSE = ({"outcome": "allowed"}, {"outcome": "contested"}, {"clause": "4(c)(ii)"}, {"table": "PPL/2"})


@pytest.mark.parametrize("false", FALSE)
def test_an_outcome_that_does_not_follow_is_refused(story: Story, false: dict[str, str]) -> None:
    people, work = begun(story)
    payload = declaration(story, people[1], work, **FIRM)
    with pytest.raises(Refused, match=r"By PPL/1 this is refused under 4\(d\)"):
        story.act(people[1], "declare_use", **{**payload, **false})


def test_a_work_is_used_under_a_licence_that_it_has_or_had(story: Story) -> None:
    people, work = begun(story, licence="PPL OR MIT")
    assert use(story, work, declared(story, people[1], work, licence="MIT", **FIRM)).phase == "recognised"
    assert use(story, work, declared(story, people[1], work, licence="PPL OR MIT", **FIRM)).table == "open/1"
    with pytest.raises(Refused, match="not offered under ISC"):
        declared(story, people[1], work, licence="ISC")
    story.act(people[0], "relicense_work", work=work, licence="PPL")
    assert use(story, work, declared(story, people[1], work, licence="MIT", **FIRM)).phase == "recognised"
    other = offered(story, people[0], licence="PPL AND MIT")
    with pytest.raises(Refused, match="not offered under MIT"):
        declared(story, people[1], other, licence="MIT")


def test_whoever_it_is_of_is_named_or_stays_erasable(story: Story) -> None:
    people, work = begun(story)
    sealed = story.seal("Bo")
    wrong: tuple[dict[str, Any], ...] = (
        {"person": sealed},
        {"name": None},
        {"name": None, "person": sealed},
        {"user": "individual"},
    )
    for given in wrong:
        with pytest.raises(Refused, match="commits to their"):
            declared(story, people[1], work, **{"name": "Bakers", **given})
    declared(story, people[1], work, user="sole-producer", name=None, person=sealed)
    declared(story, people[1], work, user="sole-producer", name="Bo’s Bread")


def test_what_is_misshapen_is_refused(story: Story) -> None:
    people, work = begun(story)
    with pytest.raises(Malformed, match="hash of a commit"):
        declared(story, people[1], work, commit="main")
    with pytest.raises(Refused, match="end before it begins"):
        declared(story, people[1], work, until=story.now - 5)
    with pytest.raises(Refused, match="at most 20 pieces"):
        declared(story, people[1], work, evidence=[{"what": "statutes", "digest": "22" * 32}] * 21)
    with pytest.raises(Malformed, match="unknown here"):
        declared(story, people[1], work, said={"rich": True})
    with pytest.raises(Refused, match="no such work"):
        declared(story, people[1], "a" * 26)
    payload = declaration(story, people[1], work)
    story.act(people[1], "declare_use", **payload)
    with pytest.raises(Refused, match="use with this id"):
        story.act(people[2], "declare_use", **payload)


def test_anybody_declares_for_themselves(story: Story) -> None:
    _, work = begun(story)
    far = outsider(story)
    with pytest.raises(Refused, match="not known here"):
        declared(story, far, work)
    found = use(story, work, declared(story, far, work, outsider=told(far)))
    assert found.by == far.id
    payload = {**declaration(story, far, work), "outsider": told(far)}
    with pytest.raises(Unproven, match="another key"):
        story.act(Person(id=far.id, key=key(77), via="b.test"), "declare_use", **payload)


def test_a_use_ends_when_it_was_to_end_or_is_withdrawn(story: Story) -> None:
    people, work = begun(story)
    id = declared(story, people[1], work, until=story.now + 10 * DAY)
    assert phase_at(use(story, work, id), story.now) == "recognised"
    assert phase_at(use(story, work, id), story.now + 11 * DAY) == "expired"
    with pytest.raises(Refused, match="Only whoever declared"):
        story.act(people[2], "withdraw_use", work=work, use=id)
    story.act(people[1], "withdraw_use", work=work, use=id)
    assert phase_at(use(story, work, id), story.now + 11 * DAY) == "withdrawn"
    with pytest.raises(Refused, match="withdrawn already"):
        story.act(people[1], "withdraw_use", work=work, use=id)


# Objections and rulings


def test_a_member_objects_and_it_is_contested(story: Story) -> None:
    people, work = begun(story)
    id, text = declared(story, people[1], work), story.keep(b"They hire.")
    with pytest.raises(Refused, match="can withdraw it"):
        story.act(people[1], "object_to_use", work=work, use=id, text=text)
    story.act(people[2], "object_to_use", work=work, use=id, text=text)
    with pytest.raises(Refused, match="objected already"):
        story.act(people[2], "object_to_use", work=work, use=id, text=text)
    story.act(people[3], "object_to_use", work=work, use=id, text=text)
    found = use(story, work, id)
    assert (found.phase, [each.by for each in found.objections]) == ("contested", [people[2].id, people[3].id])
    far = outsider(story)
    declared(story, far, work, outsider=told(far))
    with pytest.raises(Refused, match="Only members"):
        story.act(far, "object_to_use", work=work, use=id, text=text)


def test_objections_come_in_time_and_before_the_ruling(story: Story) -> None:
    people, work = begun(story)
    id, other, text = declared(story, people[1], work), declared(story, people[1], work), story.keep(b"Late.")
    refused = declared(story, people[1], work, **FIRM)
    with pytest.raises(Refused, match="refused, withdrawn or ruled"):
        story.act(people[2], "object_to_use", work=work, use=refused, text=text)
    story.act(people[2], "object_to_use", work=work, use=id, text=text)
    assert ruling(story, people, work, id, "recognised", people[1].id) == "executed"
    with pytest.raises(Refused, match="ruled on"):
        story.act(people[3], "object_to_use", work=work, use=id, text=text)
    story.later(milliseconds=use(story, work, other).declared + OBJECTION - story.now)
    with pytest.raises(Refused, match="within 30 days"):
        story.act(people[2], "object_to_use", work=work, use=other, text=text)


def test_the_licensors_rule_either_way(story: Story) -> None:
    people, work = begun(story)
    waged = {**WORKERS, "waged_non_members": True}
    for outcome in ("recognised", "refused"):
        id = declared(story, people[1], work, said=waged)
        assert ruling(story, people, work, id, outcome, people[1].id) == "executed"
        found = use(story, work, id)
        assert (found.phase, found.ruling, found.ruled_clause) == (outcome, outcome, "4(c)")
        with pytest.raises(Refused, match=f"is {outcome} already"):
            ruling(story, people, work, id, outcome, people[1].id)


def test_whoever_declared_it_does_not_vote_on_it(story: Story) -> None:
    people, work = begun(story)
    id = declared(story, people[1], work)
    for named in (None, people[2].id):
        with pytest.raises(Refused, match="names the member who declared"):
            ruling(story, people, work, id, "refused", named)
    arguments = {"work": work, "use": id, "outcome": "refused", "clause": "4(c)", "text": story.keep(b"So.")}
    proposal = story.proposed(people[0], {"kind": "Ruling", "arguments": {**arguments, "member": people[1].id}})
    ballot = story.to_ballot(proposal)
    with pytest.raises(Refused, match="on the roll"):
        story.vote(people[1], ballot, {"paper": "against"})


def test_a_breach_ends_all_uses_of_that_user_and_that_work(story: Story) -> None:
    people, work = begun(story)
    other = offered(story, people[0], name="oven")
    first, second = declared(story, people[1], work), declared(story, people[2], work)
    someone_else = declared(story, people[1], work, name="Millers")
    elsewhere = declared(story, people[1], other)
    assert ruling(story, people, work, first, "breach", people[1].id) == "executed"
    phases = [use(story, work, each).phase for each in (first, second, someone_else)]
    assert (phases, use(story, other, elsewhere).phase) == (["refused", "refused", "recognised"], "recognised")
    again = use(story, work, declared(story, people[3], work, name="  BAKERS’  Co-operative "))
    assert (again.phase, again.clause) == ("refused", "1(g), 7(a)")
    with pytest.raises(Refused, match="permit them to use"):
        ruling(story, people, work, second, "recognised", people[2].id)
    with pytest.raises(Refused, match="in breach already"):
        ruling(story, people, work, first, "breach", people[1].id)
    assert ruling(story, people, work, first, "permitted", people[1].id) == "executed"
    assert use(story, work, declared(story, people[1], work)).phase == "recognised"
    with pytest.raises(Refused, match="nothing to permit"):
        ruling(story, people, work, first, "permitted", people[1].id)
    (breach,) = [each for _, each in story.state.all(Breach, work)]
    assert breach.permitted > breach.since


def test_a_person_in_breach_is_known_by_who_declares(story: Story) -> None:
    people, work = begun(story)
    person = {"user": "individual", "name": None}
    first = declared(story, people[1], work, person=story.seal("Bo"), **person)
    assert ruling(story, people, work, first, "breach", people[1].id) == "executed"
    assert use(story, work, declared(story, people[1], work, person=story.seal("Bob"), **person)).phase == "refused"
    assert use(story, work, declared(story, people[2], work, person=story.seal("Ann"), **person)).phase == "recognised"


# Licences of one's own


def granted(story: Story, people: list[Person], **more: Any) -> str:
    grant = {"grant": story.new_id(), "licence": "negotiated", "text": story.keep(b"{}"), **more}
    assert passed(story, people, {"kind": "Grant", "arguments": grant}) == "executed"
    return str(grant["grant"])


def test_a_licence_of_ones_own_allows_what_the_table_does_not(story: Story) -> None:
    people, work = begun(story)
    grant = granted(story, people, name="Profit Ltd", work=work)
    found = use(story, work, declared(story, people[1], work, grant=grant, **FIRM))
    assert (found.phase, found.clause, found.grant) == ("recognised", "the grant", grant)
    assert use(story, work, declared(story, people[1], work, **FIRM)).phase == "refused"


def test_it_is_for_whom_and_what_it_was_granted(story: Story) -> None:
    people, work = begun(story)
    other = offered(story, people[0], name="oven")
    by_name = granted(story, people, name="Profit Ltd", work=work)
    to_member = granted(story, people, to=people[2].id, work=work)
    with pytest.raises(Refused, match="granted to somebody else"):
        declared(story, people[1], work, grant=by_name, **{**FIRM, "name": "Gain Ltd"})
    with pytest.raises(Refused, match="granted to somebody else"):
        declared(story, people[1], work, grant=to_member, **FIRM)
    with pytest.raises(Refused, match="for another work"):
        declared(story, people[1], other, grant=by_name, **FIRM)
    with pytest.raises(Refused, match="no such grant"):
        declared(story, people[1], work, grant="a" * 26, **FIRM)
    declared(story, people[2], work, grant=to_member, **FIRM)


def test_it_lasts_as_long_as_it_was_granted(story: Story) -> None:
    people, work = begun(story)
    until = story.now + 100 * DAY
    grant = granted(story, people, name="Profit Ltd", work=work, until=until)
    for given in ({}, {"until": until + 1}):
        with pytest.raises(Refused, match="ends before the use"):
            declared(story, people[1], work, grant=grant, **given, **FIRM)
    declared(story, people[1], work, grant=grant, until=until, **FIRM)
    story.later(days=101)
    with pytest.raises(Refused, match="ends before the use"):
        declared(story, people[1], work, grant=grant, until=story.now + DAY, **FIRM)


def test_a_licence_of_all_that_the_commons_hold_is_of_what_was_taken_in(story: Story) -> None:
    people, work = begun(story, CURATED)
    grant = granted(story, people, name="Profit Ltd")
    with pytest.raises(Refused, match="for another work"):
        declared(story, people[1], work, grant=grant, **FIRM)
    story.act(people[0], "accept_item", item="garden", kind="repository")
    assert use(story, work, declared(story, people[1], work, grant=grant, **FIRM)).phase == "recognised"


def test_not_even_a_licence_of_ones_own_helps_in_breach(story: Story) -> None:
    people, work = begun(story)
    grant = granted(story, people, name="Profit Ltd", work=work)
    id = declared(story, people[1], work, grant=grant, **FIRM)
    assert ruling(story, people, work, id, "breach", people[1].id) == "executed"
    assert use(story, work, declared(story, people[1], work, grant=grant, **FIRM)).clause == "1(g), 7(a)"
