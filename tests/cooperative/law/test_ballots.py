"""Ballots: who is on the roll, which papers count, and what becomes of them."""

import pytest

from phyle.cooperative.law import tallies
from phyle.cooperative.law.ballots import Paper, ids_of
from phyle.cooperative.law.entries import read_entry
from phyle.cooperative.law.phyles import phyle
from phyle.errors import Refused
from tests.cooperative.law.clauses import CONSENT, FINAL, SIMPLE, charter, power
from tests.cooperative.law.stories import Story, replayed

RESOLVE = {"kind": "Resolve", "arguments": {}}
MANY = [
    {"label": "Bread", "effects": [RESOLVE]},
    {"label": "Roses", "effects": [RESOLVE]},
    {"label": "As it is"},
]


def _entries(story, kind):
    return [entry for entry in map(read_entry, story.leaves) if entry.kind == kind]


def _why(story):
    return _entries(story, "decide")[-1].payload["why"]


@pytest.mark.threat("I5")
def test_the_roll_is_frozen_at_the_opening():
    story = Story()
    ann, ben, cleo = story.founded(SIMPLE)
    dan = story.admitted(ann, ben)
    id = story.proposed(ann, RESOLVE)
    ballot = story.to_ballot(id)
    roll = story.ballot(ballot).rolls[0]
    assert ids_of(story.state, roll.roll) == {ann.id, ben.id, cleo.id}
    with pytest.raises(Refused, match="not on the roll"):
        story.vote(dan, ballot, {"paper": "for"})
    story.act(cleo, "exit")
    story.vote(cleo, ballot, {"paper": "against"})
    assert story.ballot(ballot).rolls[0].eligible == 3
    assert story.ballot(ballot).papers == 1


@pytest.mark.threat("I5")
def test_suspension_during_a_ballot_does_not_remove_a_vote():
    story = Story()
    ann, ben, cleo, _ = story.founded(SIMPLE, 4)
    suspending = story.proposed(ann, {"kind": "Suspend", "arguments": {"member": cleo.id}})
    first = story.to_ballot(suspending)
    for person in (ann, ben):
        story.vote(person, first, {"paper": "for"})
    story.later(days=1)
    id = story.proposed(ann, RESOLVE)
    ballot = story.to_ballot(id)
    story.later(days=2)
    assert story.member(cleo).standing == "suspended"
    story.vote(cleo, ballot, {"paper": "for"})
    assert story.finished(id) == "executed"
    assert story.ballot(ballot).rolls[0].eligible == 4


def test_nobody_votes_on_their_own_case():
    story = Story()
    ann, ben, cleo, dan = story.founded(SIMPLE, 4)
    id = story.proposed(ann, {"kind": "Suspend", "arguments": {"member": dan.id}})
    ballot = story.to_ballot(id)
    with pytest.raises(Refused, match="not on the roll"):
        story.vote(dan, ballot, {"paper": "against"})
    assert story.ballot(ballot).rolls[0].eligible == 3
    assert {ben.id, cleo.id} < ids_of(story.state, story.ballot(ballot).rolls[0].roll)


@pytest.mark.threat("I4")
def test_a_vote_at_the_close_is_late():
    story = Story()
    ann, ben, _ = story.founded(SIMPLE)
    ballot = story.to_ballot(story.proposed(ann, RESOLVE))
    closes = story.ballot(ballot).closes
    story.later(milliseconds=closes - story.now - 2)
    story.vote(ann, ballot, {"paper": "for"})
    with pytest.raises(Refused, match="closed"):
        story.vote(ben, ballot, {"paper": "for"})
    assert story.ballot(ballot).papers == 1
    assert story.now == closes


def test_a_paper_from_the_booth_replaces_and_is_replaced():
    story = Story()
    ann, *_ = story.founded(SIMPLE)
    id = story.proposed(ann, RESOLVE)
    ballot = story.to_ballot(id)
    story.vote(ann, ballot, {"paper": "against"}, poll=True)
    with pytest.raises(Refused, match="first vote counts"):
        story.vote(ann, ballot, {"paper": "for"}, poll=True)
    story.vote(ann, ballot, {"paper": "against"})
    story.vote(ann, ballot, {"paper": "for"})
    with pytest.raises(Refused, match="does not replace"):
        story.vote(ann, ballot, {"paper": "against"}, poll=True)
    assert story.ballot(ballot).papers == 1
    assert story.finished(id) == "executed"
    assert story.ballot(ballot).counts[0].for_ == 1


def test_approvals_by_poll_add_up():
    story = Story()
    ann, *_ = story.founded(SIMPLE)
    id = story.proposed(ann, options=MANY, method="approval")
    ballot = story.to_ballot(id)
    for choice in (0, 1, 1):
        story.vote(ann, ballot, {"approve": [choice]}, poll=True)
    with pytest.raises(Refused, match="as often as there are options"):
        story.vote(ann, ballot, {"approve": [2]}, poll=True)
    story.later(days=3)
    assert story.proposal(id).phase == "drawing"


def test_a_poll_cannot_ask_for_a_ranking():
    story = Story()
    ann, *_ = story.founded(SIMPLE)
    ballot = story.to_ballot(story.proposed(ann, options=MANY, method="schulze"))
    with pytest.raises(Refused, match="vote in the booth"):
        story.vote(ann, ballot, {"rank": [0, 1, 2]}, poll=True)


@pytest.mark.parametrize(
    ("reasoned", "ends"), [("with", "failed"), ("before", "failed"), ("after", "failed"), ("", "executed")]
)
def test_a_block_without_a_reason_counts_as_against(reasoned, ends):
    story = Story()
    ann, ben, _cleo, dan = story.founded(CONSENT, 4)
    id = story.proposed(ann, RESOLVE)
    ballot = story.to_ballot(id)
    for person in (ann, ben):
        story.vote(person, ballot, {"paper": "for"})
    if reasoned == "before":
        story.act(dan, "explain", ballot=ballot, reason=story.seal("It floods"))
        assert story.ballot(ballot).papers == 2
    story.vote(dan, ballot, {"paper": "block"}, reason=reasoned == "with")
    if reasoned == "after":
        story.act(dan, "explain", ballot=ballot, reason=story.seal("It floods"))
    assert story.finished(id) == ends
    assert (story.ballot(ballot).counts[0].block, story.ballot(ballot).counts[0].against) == (
        (1, 0) if reasoned else (0, 1)
    )


def test_a_reason_alone_is_no_paper():
    story = Story()
    ann, ben, _ = story.founded(CONSENT)
    id = story.proposed(ann, RESOLVE)
    ballot = story.to_ballot(id)
    story.act(ben, "explain", ballot=ballot, reason=story.seal("Hm"))
    assert story.finished(id) == "failed"
    assert _entries(story, "close")[-1].payload["voted"] == 0


def test_only_the_objector_takes_an_objection_back():
    story = Story()
    ann, _ben, cleo = story.founded(CONSENT)
    id = story.proposed(ann, RESOLVE)
    ballot = story.to_ballot(id)
    story.vote(cleo, ballot, {"paper": "block"}, reason=True)
    story.vote(ann, ballot, {"paper": "for"})
    story.vote(cleo, ballot, {"paper": "abstain"})
    assert story.finished(id) == "executed"


def test_an_objection_is_overcome_only_as_the_charter_says():
    story = Story()
    people = story.founded(CONSENT, 5)
    id = story.proposed(people[0], RESOLVE)
    ballot = story.to_ballot(id)
    story.vote(people[4], ballot, {"paper": "block"}, reason=True)
    for person in people[:4]:
        story.vote(person, ballot, {"paper": "for"})
    assert story.finished(id) == "executed"
    assert any("Override" in line for line in _why(story))


def test_papers_that_the_charter_makes_final_stay():
    story = Story()
    ann, ben, _ = story.founded(FINAL)
    ballot = story.to_ballot(story.proposed(ann, RESOLVE))
    story.vote(ann, ballot, {"paper": "for"})
    story.vote(ben, ballot, {"paper": "for"}, poll=True)
    for person in (ann, ben):
        with pytest.raises(Refused, match="final"):
            story.vote(person, ballot, {"paper": "against"})


def test_where_an_objection_counts_no_paper_is_final():
    story = Story()
    text = charter(power("Resolve", '"no standing objection"', override="none", review_days=9, final=True))
    ann, *_ = story.founded(text)
    assert not story.ballot(story.to_ballot(story.proposed(ann, RESOLVE))).final


@pytest.mark.parametrize(
    "choice",
    [{"paper": "perhaps"}, {"rank": [0]}, 7, None, [], {"paper": ["for"]}, {"paper": {}}, {"paper": "for", "x": 1}],
)
def test_a_paper_that_says_nothing_is_counted_as_invalid(choice):
    story = Story()
    ann, ben, _ = story.founded(SIMPLE)
    id = story.proposed(ann, RESOLVE)
    ballot = story.to_ballot(id)
    story.vote(ann, ballot, choice)
    story.vote(ben, ballot, {"paper": "for"})
    assert story.finished(id) == "executed"
    tallied = _entries(story, "tally")[-1].payload
    assert tallied["invalid"] == 1
    assert tallied["counts"][0]["for_"] == 1


def test_each_winner_must_meet_the_rule_against_leaving_everything_as_it_is():
    story = Story()
    people = story.founded(charter(power("Resolve", '"at least 2/3 of cast"', methods=["approval", "yesno"])), 5)
    id = story.proposed(people[0], options=MANY, method="approval")
    ballot = story.to_ballot(id)
    for person in people[:3]:
        story.vote(person, ballot, {"approve": [0]})
    for person in people[3:]:
        story.vote(person, ballot, {"approve": [2]})
    assert story.finished(id) == "failed"
    assert story.ballot(ballot).winners == (0,)
    assert any("Bread, against leaving everything as it is" in line for line in _why(story))


def test_one_option_with_the_status_quo_is_no_way_round_a_rule():
    story = Story()
    people = story.founded(charter(power("Resolve", '"at least 2/3 of eligible"', methods=["approval", "yesno"])), 4)
    options = [{"label": "Yes", "effects": [RESOLVE]}, {"label": "No"}]
    id = story.proposed(people[0], options=options, method="approval")
    story.vote(people[0], story.to_ballot(id), {"approve": [0]})
    assert story.finished(id) == "failed"


@pytest.mark.parametrize(
    ("method", "papers", "params"),
    [
        ("irv", [{"rank": [0, 1]}, {"rank": [0]}, {"rank": [1, 2]}], {}),
        ("schulze", [{"rank": [[0, 1], 2]}, {"rank": [0]}, {"rank": [2, 1]}], {}),
        ("stv", [{"rank": [0, 1]}, {"rank": [0]}, {"rank": [1, 2]}], {}),
        ("score", [{"score": {"0": 9}}, {"score": {"0": 9, "1": 3}}, {"score": {"2": 5}}], {"max": 9}),
        ("dot", [{"dots": {"0": 3}}, {"dots": {"0": 2, "1": 1}}, {"dots": {"2": 3}}], {"dots": 3}),
        ("quadratic", [{"credits": {"0": 2}}, {"credits": {"0": 2}}, {"credits": {"2": 2}}], {"credits": 4}),
        ("approval", [{"approve": [0, 1]}, {"approve": [0]}, {"approve": [2]}], {}),
    ],
)
def test_every_method_decides_against_the_status_quo(method, papers, params):
    story = Story()
    people = story.founded(SIMPLE)
    id = story.proposed(people[0], options=MANY, method=method, params=params)
    ballot = story.to_ballot(id)
    for person, paper in zip(people, papers, strict=True):
        story.vote(person, ballot, paper)
    assert story.finished(id) == "executed"
    assert story.proposal(id).winners == (0,)
    assert _entries(story, "tally")[-1].payload.get("invalid", 0) == 0
    assert list(replayed(story).everything()) == list(story.state.everything())


def test_the_status_quo_can_win():
    story = Story()
    people = story.founded(SIMPLE)
    id = story.proposed(people[0], options=MANY, method="schulze")
    ballot = story.to_ballot(id)
    for person in people:
        story.vote(person, ballot, {"rank": [2, 0, 1]})
    assert story.finished(id) == "failed"
    assert _why(story) == ["Nothing won against leaving everything as it is."]


def test_a_house_that_does_not_come_fails_the_whole_and_its_papers_count_apart():
    rule = '{ all = ["more than 1/2 of cast", { house = "stewards", rule = "more than 1/2 of cast" }] }'
    story = Story()
    ann, ben, _cleo = story.founded(charter(power("Resolve", rule)))
    dan = story.admitted(ann, ben, days=11)
    id = story.proposed(ann, RESOLVE)
    story.vote(dan, story.to_ballot(id), {"paper": "for"})
    assert story.finished(id) == "failed"
    id = story.proposed(ann, RESOLVE)
    ballot = story.to_ballot(id)
    story.vote(ann, ballot, {"paper": "for"})
    assert story.finished(id) == "executed"
    assert [(count.body, count.for_) for count in story.ballot(ballot).counts] == [("members", 1), ("stewards", 1)]


def test_a_rule_that_cannot_be_applied_has_not_passed(monkeypatch):
    story = Story()
    ann, *_ = story.founded(SIMPLE)
    id = story.proposed(ann, RESOLVE)
    ballot = story.to_ballot(id)
    story.vote(ann, ballot, {"paper": "for"})

    def broken(*_: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr("phyle.cooperative.law.decisions.verdict_on", broken)
    assert story.finished(id) == "failed"
    assert _why(story) == ["An error kept the rule from being applied; what cannot be applied has not passed."]


def test_a_count_that_cannot_be_finished_has_not_passed(monkeypatch):
    story = Story()
    people = story.founded(SIMPLE)
    id = story.proposed(people[0], options=MANY, method="stv")
    story.vote(people[0], story.to_ballot(id), {"rank": [0]})

    def broken(*_: object) -> object:
        raise RecursionError

    monkeypatch.setattr(tallies, "tally", broken)
    assert story.finished(id) == "failed"
    assert "cannot be applied" in story.ballot(f"{id}.1").fault


def test_papers_that_are_not_what_was_committed_to_are_never_counted():
    story = Story()
    ann, *_ = story.founded(SIMPLE)
    id = story.proposed(ann, RESOLVE)
    ballot = story.to_ballot(id)
    story.vote(ann, ballot, {"paper": "for"})
    commitment = story.state.require(Paper, f"{ballot}/{ann.id}").counted[0]
    _, salt = story.openings[commitment]
    story.openings[commitment] = ({"paper": "against"}, salt)
    with pytest.raises(Refused, match="not what was voted"):
        story.later(days=3)


def test_the_charter_at_the_opening_governs_to_the_end():
    story = Story()
    ann, ben, cleo = story.founded(SIMPLE)
    harder = story.keep(charter(power("Resolve", '"at least 1/1 of eligible"')).encode())
    amend = {"kind": "Amend", "arguments": {"charter": harder, "amends": phyle(story.state).charter}}
    amending = story.proposed(ann, amend)
    first = story.to_ballot(amending)
    for person in (ann, ben, cleo):
        story.vote(person, first, {"paper": "for"})
    story.later(days=1)
    id = story.proposed(ann, RESOLVE)
    ballot = story.to_ballot(id)
    story.vote(ann, ballot, {"paper": "for"})
    story.later(days=2)
    assert phyle(story.state).charter == harder
    assert story.proposal(id).phase == "balloting"
    assert story.finished(id) == "executed"
