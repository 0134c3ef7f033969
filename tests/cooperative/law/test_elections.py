"""Elections: nomination, acceptance, seats, terms, caretakers, and recall."""

import pytest

from phyle.cooperative.law.eligibility import vacancies
from phyle.cooperative.law.kinds import DAY
from phyle.cooperative.law.mandates import Mandate, holders, live
from phyle.errors import Refused, Unprocessable
from tests.cooperative.law.clauses import SIMPLE, charter, power
from tests.cooperative.law.stories import Story, replayed

YEAR = 366 * DAY


def called(story, by, office="stewards", seats=2, method="stv"):
    return story.proposed(by, options=[], election={"office": office, "seats": seats}, seats=seats, method=method)


def elected(story, by, candidates, voters, ranking, office="stewards", seats=2, method="stv"):
    """Hold an election in which everybody ranks in the same way; the phase in which it ended."""
    id = called(story, by, office, seats, method)
    for candidate in candidates:
        story.act(candidate, "nominate", proposal=id, member=candidate.id)
    ballot = story.to_ballot(id)
    labels = [option.label for option in story.proposal(id).options]
    for voter in voters:
        story.vote(voter, ballot, {"rank": [labels.index(each.id) for each in ranking]})
    return story.finished(id)


def test_only_who_accepts_stands_and_founders_give_way_to_the_elected():
    story = Story()
    ann, ben, cleo, dan = story.founded(SIMPLE, 4)
    id = called(story, ann)
    for person in (ben, cleo, dan):
        story.act(ann, "nominate", proposal=id, member=person.id)
    with pytest.raises(Refused, match="not nominated"):
        story.act(ann, "accept_nomination", proposal=id)
    for person in (ben, cleo):
        story.act(person, "accept_nomination", proposal=id)
    with pytest.raises(Refused, match="accepted already"):
        story.act(ben, "accept_nomination", proposal=id)
    assert holders(story.state, "stewards", story.now) == sorted(p.id for p in (ann, ben, cleo, dan))
    ballot = story.to_ballot(id)
    assert [option.label for option in story.proposal(id).options] == sorted([ben.id, cleo.id])
    with pytest.raises(Refused, match="candidates are fixed"):
        story.act(dan, "accept_nomination", proposal=id)
    story.vote(ann, ballot, {"rank": [0, 1]})
    assert story.finished(id) == "executed"
    assert holders(story.state, "stewards", story.now) == sorted([ben.id, cleo.id])
    mandate = story.state.require(Mandate, f"stewards/{ben.id}")
    assert (mandate.source, mandate.terms) == ("election", 1)
    assert list(replayed(story).everything()) == list(story.state.everything())


def test_a_candidate_declines_and_nobody_standing_is_sent_back():
    story = Story()
    ann, ben, _ = story.founded(SIMPLE)
    id = called(story, ann)
    story.act(ben, "nominate", proposal=id, member=ben.id)
    story.act(ben, "decline_nomination", proposal=id)
    with pytest.raises(Refused, match="not nominated"):
        story.act(ben, "decline_nomination", proposal=id)
    story.later(days=3)
    assert (story.proposal(id).phase, story.proposal(id).why) == ("sent_back", "Nobody stands for the office.")


def test_stv_elects_as_many_as_there_are_seats():
    story = Story()
    people = story.founded(SIMPLE, 5)
    assert elected(story, people[0], people[:4], people, [people[2], people[0], people[1]]) == "executed"
    assert holders(story.state, "stewards", story.now) == sorted([people[2].id, people[0].id])


@pytest.mark.parametrize("method", ["irv", "schulze"])
def test_one_seat_by_other_methods(method):
    story = Story()
    people = story.founded(SIMPLE, 4)
    done = elected(story, people[0], people[:3], people, [people[1]], "stewards", 1, method)
    assert done == "executed"
    assert live(story.state, "stewards", people[1].id, story.now)


@pytest.mark.parametrize(
    ("election", "more", "error"),
    [
        ({"office": "kings", "seats": 1}, {"method": "stv"}, "no office"),
        ({"office": "stewards", "seats": 3}, {"method": "stv", "seats": 3}, "2 at most"),
        ({"office": "stewards", "seats": 2}, {"method": "stv", "seats": 1}, "2 at most"),
        ({"office": "stewards", "seats": 1}, {"method": "yesno"}, "between candidates"),
        ({"office": "auditors", "seats": 1}, {"method": "stv"}, "filled by decision"),
        ({"office": "scribes", "seats": 1}, {"method": "stv"}, "filled by sortition"),
    ],
)
def test_what_is_no_election(election, more, error):
    story = Story()
    ann, *_ = story.founded(SIMPLE)
    with pytest.raises(Unprocessable, match=error):
        story.proposed(ann, options=[], election=election, **more)


def test_the_quorum_of_the_charter_holds_for_elections():
    story = Story()
    people = story.founded(charter(power("Appoint", quorum='"at least 3"', methods=["stv"])), 4)
    assert elected(story, people[0], people[:2], people[:2], people[:1]) == "failed"


def test_a_term_ends_a_caretaker_stays_a_while_and_the_next_follow():
    story = Story()
    people = story.founded(SIMPLE, 5)
    elected(story, people[0], people[:2], people, people[:2])
    assert vacancies(story.state, "stewards", story.now) == 0
    story.later(days=101)
    assert story.state.require(Mandate, f"stewards/{people[0].id}").caretaker
    assert vacancies(story.state, "stewards", story.now) == 2
    assert holders(story.state, "stewards", story.now) == sorted(p.id for p in people[:2])
    assert elected(story, people[0], [people[0], people[3]], people, [people[0], people[3]]) == "executed"
    assert holders(story.state, "stewards", story.now) == sorted([people[0].id, people[3].id])
    assert story.state.require(Mandate, f"stewards/{people[0].id}").terms == 2


def test_a_caretaker_does_not_stay_for_ever():
    story = Story()
    people = story.founded(SIMPLE, 4)
    elected(story, people[0], people[:2], people, people[:2])
    story.later(days=121)
    assert holders(story.state, "stewards", story.now) == []


def test_nobody_holds_an_office_more_often_in_a_row_than_the_charter_says():
    story = Story()
    people = story.founded(SIMPLE, 5)
    for _ in range(2):
        assert elected(story, people[0], people[:2], people, people[:2]) == "executed"
        story.later(days=101)
    id = called(story, people[0])
    with pytest.raises(Refused, match="more than 2 times in a row"):
        story.act(people[0], "nominate", proposal=id, member=people[0].id)
    story.later(days=120)
    id = called(story, people[0])
    story.act(people[0], "nominate", proposal=id, member=people[0].id)


def test_incompatible_offices_are_not_held_at_once():
    story = Story()
    people = story.founded(SIMPLE, 5)
    elected(story, people[0], people[:2], people, people[:2])
    appoint = {"kind": "Appoint", "arguments": {"office": "auditors", "member": people[0].id}}
    id = story.proposed(people[1], appoint)
    assert story.decided(id, people) == "sent_back"
    assert "at once" in story.proposal(id).why
    story.act(people[0], "resign", office="stewards")
    assert story.decided(story.proposed(people[1], appoint), people) == "executed"
    again = called(story, people[1], seats=1)
    with pytest.raises(Refused, match="at once"):
        story.act(people[0], "nominate", proposal=again, member=people[0].id)


def test_a_recall_ends_a_mandate_and_frees_the_seat():
    story = Story()
    people = story.founded(SIMPLE, 4)
    elected(story, people[0], people[:2], people, people[:2])
    recall = {"kind": "Recall", "arguments": {"office": "stewards", "member": people[0].id}}
    id = story.proposed(people[2], recall)
    ballot = story.to_ballot(id)
    with pytest.raises(Refused, match="not on the roll"):
        story.vote(people[0], ballot, {"paper": "against"})
    story.vote(people[2], ballot, {"paper": "for"})
    assert story.finished(id) == "executed"
    assert holders(story.state, "stewards", story.now) == [people[1].id]
    assert elected(story, people[2], [people[3]], people, [people[3]], seats=1) == "executed"


def test_an_exit_ends_the_mandate_and_the_elected_who_left_is_sent_back():
    story = Story()
    people = story.founded(SIMPLE, 5)
    id = called(story, people[0])
    for person in people[:2]:
        story.act(person, "nominate", proposal=id, member=person.id)
    story.vote(people[0], story.to_ballot(id), {"rank": [0, 1]})
    story.act(people[1], "exit")
    assert story.finished(id) == "sent_back"
    assert "Only full members" in story.proposal(id).why


ENVOYS = charter('\n[office.envoys]\nseats = 1\nterm_days = 50\nby = "decision"\n')


@pytest.mark.parametrize(("winner", "ends"), [("winner[0]", "executed"), ("winner[1]", "sent_back")])
def test_what_follows_whoever_wins_can_name_the_winner(winner, ends):
    story = Story()
    people = story.founded(ENVOYS, 4)
    envoy = {"kind": "Appoint", "arguments": {"office": "envoys", "member": winner}}
    election = {"office": "stewards", "seats": 1}
    id = story.proposed(people[0], options=[], effects=[envoy], election=election, method="irv")
    story.act(people[1], "nominate", proposal=id, member=people[1].id)
    story.vote(people[0], story.to_ballot(id), {"rank": [0]})
    assert story.finished(id) == ends
    assert (holders(story.state, "envoys", story.now) == [people[1].id]) == (ends == "executed")
    assert ("only 1 won" in story.proposal(id).why) == (ends == "sent_back")
