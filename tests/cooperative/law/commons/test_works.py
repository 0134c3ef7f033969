"""Works and their maintainers: who offers, who speaks for a work, and who can turn whom out."""

import pytest

from phyle.cooperative.law.commons.maintaining import maintains
from phyle.cooperative.law.commons.works import Work
from phyle.errors import Malformed, Refused
from tests.cooperative.law.clauses import SIMPLE, charter
from tests.cooperative.law.commoning import CURATED, DCO, claimed, offered, outsider, told, validated
from tests.cooperative.law.stories import Person, Story

SCOPES = ["commons/garden", "items"]
USUAL = '\nseats = 1\nterm_days = 300\nby = "election"\n'


@pytest.fixture
def story() -> Story:
    return Story()


def begun(story: Story, text: str = SIMPLE, founders: int = 4, **more: object) -> tuple[list[Person], str]:
    people = story.founded(text, founders=founders)
    return people, offered(story, people[0], **more)


def test_whoever_offers_a_work_maintains_it(story: Story) -> None:
    people, work = begun(story, origin="https://c.test/@garden.git")
    found = story.state.require(Work, work)
    assert (found.licence, found.origin, found.by) == ("PPL", "https://c.test/@garden.git", people[0].id)
    assert [maintains(story.state, work, each.id) for each in people[:2]] == [True, False]


def test_a_work_is_offered_once_by_members_under_a_licence(story: Story) -> None:
    people, first = begun(story, at="https://a.test/@garden.git")
    with pytest.raises(Refused, match="offered the work at this address already"):
        offered(story, people[0], at="https://a.test/@garden.git")
    second = offered(story, people[1], at="https://a.test/@garden.git")  # who squats keeps nobody out
    assert [maintains(story.state, work, people[1].id) for work in (first, second)] == [False, True]
    with pytest.raises(Malformed, match="licence expression"):
        offered(story, people[1], licence="PPL OR")
    with pytest.raises(Refused, match="Only members"):
        offered(story, story.person())
    applicant = story.person()
    story.act(applicant, "apply", **applicant.introduction())
    with pytest.raises(Refused, match="standing in this phyle is: applicant"):
        offered(story, applicant)


def test_nothing_is_offered_before_there_is_a_phyle(story: Story) -> None:
    story.begin()
    person = story.person()
    with pytest.raises(Refused):
        offered(story, person)
    far = outsider(story)
    with pytest.raises(Refused, match="still gathering"):
        claimed(story, far, "a" * 26, outsider=told(far))


def test_maintainers_come_by_invitation_and_go(story: Story) -> None:
    people, work = begun(story)
    with pytest.raises(Refused, match="takes a maintainer"):
        story.act(people[1], "invite_maintainer", work=work, member=people[2].id)
    story.act(people[0], "invite_maintainer", work=work, member=people[1].id)
    with pytest.raises(Refused, match="maintains the work already"):
        story.act(people[1], "invite_maintainer", work=work, member=people[0].id)
    story.act(people[1], "resign_maintainer", work=work)
    assert not maintains(story.state, work, people[1].id)
    with pytest.raises(Refused, match="no maintainer of the work"):
        story.act(people[1], "resign_maintainer", work=work)
    story.act(people[0], "invite_maintainer", work=work, member=people[1].id)
    assert maintains(story.state, work, people[1].id)


def test_only_members_maintain(story: Story) -> None:
    people, work = begun(story)
    far = outsider(story)
    validated(story, far, people[0], work, outsider=told(far))
    with pytest.raises(Refused, match="no such member"):
        story.act(people[0], "invite_maintainer", work=work, member=far.id)
    applicant = story.person()
    story.act(applicant, "apply", **applicant.introduction())
    with pytest.raises(Refused, match="Only members can be maintainers"):
        story.act(people[0], "invite_maintainer", work=work, member=applicant.id)


def test_nobody_turns_out_those_who_invited_them(story: Story) -> None:
    people, work = begun(story)
    for each in people[1:3]:
        story.act(people[0], "invite_maintainer", work=work, member=each.id)
    with pytest.raises(Refused, match="maintained the work before"):
        story.act(people[1], "revoke_maintainer", work=work, member=people[0].id)
    with pytest.raises(Refused, match="resigns"):
        story.act(people[1], "revoke_maintainer", work=work, member=people[1].id)
    with pytest.raises(Refused, match="takes a maintainer"):
        story.act(people[3], "revoke_maintainer", work=work, member=people[2].id)
    story.act(people[1], "revoke_maintainer", work=work, member=people[2].id)
    with pytest.raises(Refused, match="no maintainer of the work"):
        story.act(people[1], "revoke_maintainer", work=work, member=people[2].id)


def test_whoever_comes_back_has_lost_their_turn(story: Story) -> None:
    """Who resigned and was invited again maintains it later than those who stayed."""
    people, work = begun(story)
    story.act(people[0], "invite_maintainer", work=work, member=people[1].id)
    story.act(people[0], "resign_maintainer", work=work)
    story.act(people[1], "invite_maintainer", work=work, member=people[0].id)
    with pytest.raises(Refused, match="maintained the work before"):
        story.act(people[0], "revoke_maintainer", work=work, member=people[1].id)


def test_who_leaves_the_phyle_maintains_nothing_more(story: Story) -> None:
    people, work = begun(story)
    story.act(people[0], "invite_maintainer", work=work, member=people[1].id)
    change = claimed(story, people[2], work)
    story.act(people[1], "exit")
    assert not maintains(story.state, work, people[1].id)
    with pytest.raises(Refused, match="takes a maintainer"):
        story.act(people[1], "validate", work=work, contribution=change)


def test_what_the_phyle_took_in_its_mandates_maintain(story: Story) -> None:
    people, work = begun(story, CURATED)
    curators = [each for each in people if each is not people[0]]
    change = claimed(story, people[3], work)
    with pytest.raises(Refused, match="takes a maintainer"):
        story.act(curators[0], "validate", work=work, contribution=change)
    story.act(people[0], "accept_item", item="garden", kind="repository")
    story.act(curators[0], "validate", work=work, contribution=change)
    story.act(curators[0], "revoke_maintainer", work=work, member=people[0].id)
    story.act(curators[0], "invite_maintainer", work=work, member=people[3].id)


def test_a_mandate_over_one_work_is_over_that_alone(story: Story) -> None:
    text = charter(
        '\n[office.keepers]\nscope = ["commons/garden", "items"]\nseats = 1\nterm_days = 300\nby = "election"\n'
    )
    people, work = begun(story, text)
    other = offered(story, people[0], name="oven")
    for name in ("garden", "oven"):
        story.act(people[0], "accept_item", item=name, kind="repository")
    change, oven = claimed(story, people[3], work), claimed(story, people[3], other)
    story.act(people[1], "validate", work=work, contribution=change)
    with pytest.raises(Refused, match="takes a maintainer"):
        story.act(people[1], "validate", work=other, contribution=oven)


def test_an_item_of_the_same_name_that_is_no_repository_gives_no_power(story: Story) -> None:
    people, work = begun(story, CURATED)
    story.act(people[0], "accept_item", item="garden", kind="circle")
    change = claimed(story, people[3], work)
    with pytest.raises(Refused, match="takes a maintainer"):
        story.act(people[1], "validate", work=work, contribution=change)


# Licences


def test_a_work_under_another_licence_keeps_those_it_had(story: Story) -> None:
    people, work = begun(story)
    story.act(people[0], "relicense_work", work=work, licence="PPL OR MIT")
    assert [licence for _, licence in story.state.require(Work, work).licences] == ["PPL", "PPL OR MIT"]
    with pytest.raises(Refused, match="offered like that already"):
        story.act(people[0], "relicense_work", work=work, licence="(PPL) OR MIT")


def test_another_licence_takes_the_mandates_of_all_who_made_it(story: Story) -> None:
    people, work = begun(story)
    story.act(people[0], "invite_maintainer", work=work, member=people[1].id)
    silent = {**DCO, "mandate": False}
    id = validated(story, people[2], people[0], work, terms=silent)
    with pytest.raises(Refused, match="1 of those who made this gave no mandate") as refused:
        story.act(people[0], "relicense_work", work=work, licence="MIT")
    assert people[2].id in refused.value.sentence
    with pytest.raises(Refused, match="2 of those who made this"):
        story.act(people[1], "relicense_work", work=work, licence="MIT")
    anew = {"what": "change", "subject": "c1" * 20, "terms": DCO}
    story.act(people[2], "correct_contribution", work=work, contribution=id, **anew)
    story.act(people[0], "relicense_work", work=work, licence="MIT")


def test_what_came_under_that_very_licence_needs_no_mandate(story: Story) -> None:
    people, work = begun(story, licence="PPL OR MIT")
    validated(story, people[2], people[0], work, terms={"dco": True, "licence": "MIT"})
    story.act(people[0], "relicense_work", work=work, licence="MIT")
    with pytest.raises(Refused, match="gave no mandate"):
        story.act(people[0], "relicense_work", work=work, licence="ISC")


def test_a_mandate_for_a_work_is_given_by_whoever_offered_it(story: Story) -> None:
    people, work = begun(story)
    story.act(people[0], "invite_maintainer", work=work, member=people[1].id)
    with pytest.raises(Refused, match="Only whoever offered"):
        story.act(people[1], "relicense_work", work=work, licence="PPL", mandate=True)
    story.act(people[0], "relicense_work", work=work, licence="PPL", mandate=True)
    story.act(people[1], "relicense_work", work=work, licence="MIT")
    assert story.state.require(Work, work).mandate


def reciprocity(story: Story, people: list[Person], work: str | None) -> str:
    terms = {"licence": "reciprocity", "text": story.keep(b"{}"), "name": "Bakers"}
    grant = {"grant": story.new_id(), **terms, **({"work": work} if work else {})}
    proposal = story.proposed(people[0], {"kind": "Grant", "arguments": grant}, sponsors=people[1:2])
    story.decided(proposal, people)
    return story.proposal(proposal).why or story.proposal(proposal).phase


def test_a_licence_for_what_was_contributed_takes_everybodys_mandate(story: Story) -> None:
    people, work = begun(story)
    assert "1 of those who made the work gave no mandate" in reciprocity(story, people, work)
    story.act(people[0], "relicense_work", work=work, licence="PPL", mandate=True)
    assert reciprocity(story, people, work) == "executed"
    validated(story, people[2], people[0], work, terms={"dco": True, "licence": "PPL"})
    assert "1 of those who made the work gave no mandate" in reciprocity(story, people, work)
    assert "names the work" in reciprocity(story, people, None)
    assert "no such work" in reciprocity(story, people, "a" * 26)


def test_what_was_not_validated_counts_for_nothing(story: Story) -> None:
    """Nobody can stop a licence by claiming a change that nobody confirms."""
    people, work = begun(story, mandate=True)
    claimed(story, people[2], work, terms={"dco": True, "licence": "PPL"})
    assert reciprocity(story, people, work) == "executed"
