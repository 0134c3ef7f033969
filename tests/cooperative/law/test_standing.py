"""Standing: refusal, suspension, expulsion in steps, lapse and return, classes, and who acts for an organisation."""

import pytest

from phyle.cooperative.law.charges import Charge
from phyle.cooperative.law.kinds import DAY
from phyle.cooperative.law.members import electors
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.possession import prove
from phyle.errors import Refused, Unproven
from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import ORIGIN, Person, Story, key, replayed

CHARTER = charter(
    membership="probation_days = 10\nreply_days = 5\nappeal_days = 7\nlapse_days = 100",
    articles="""
## Article 4. Classes

```toml
[class.member]

[class.friend]
vote = false
vouch = false

[class.organisation]
principal = "organisation"
vouch = false
```
""",
)


def five() -> tuple[Story, list[Person]]:
    story = Story()
    return story, story.founded(CHARTER, founders=5)


def whom(kind: str, person: Person, **more: object) -> dict[str, object]:
    return {"kind": kind, "arguments": {"member": person.id, **more}}


@pytest.mark.parametrize(("kind", "vouchers"), [("Admit", 1), ("Admit", 2), ("Confirm", 2)])
def test_an_admission_that_fails_is_a_refusal(kind: str, vouchers: int) -> None:
    story, founders = five()
    newcomer = story.admitted(*founders[:vouchers])
    proposal = story.proposed(founders[0], whom(kind, newcomer))
    assert story.decided(proposal, founders, "against") == "failed"
    assert story.member(newcomer).standing == "refused"
    story.later(days=20)
    assert phyle(story.state).electors == 5
    story.act(newcomer, "apply_again")
    assert story.member(newcomer).standing == "applicant"


def test_an_admission_that_nobody_came_to_decide_is_none() -> None:
    story, founders = five()
    newcomer = story.admitted(founders[0])
    proposal = story.proposed(founders[0], whom("Admit", newcomer))
    assert story.decided(proposal, []) == "failed"
    assert story.member(newcomer).standing == "applicant"


def test_a_suspension_ends_by_itself_and_gives_back_what_was() -> None:
    story, founders = five()
    newcomer = story.admitted(*founders[:2])
    until = story.now + 20 * DAY
    effects = [whom("Suspend", founders[4], until=until), whom("Suspend", newcomer, until=until)]
    assert story.decided(story.proposed(founders[0], *effects), founders[:4]) == "executed"
    assert story.member(founders[4]).standing == story.member(newcomer).standing == "suspended"
    assert phyle(story.state).electors == 4
    story.later(days=20)
    assert story.member(founders[4]).standing == "member"
    assert story.member(newcomer).standing == "probation"
    assert phyle(story.state).electors == 5
    story.later(days=10)
    assert story.member(newcomer).standing == "member"
    assert list(replayed(story).everything()) == list(story.state.everything())


def test_a_suspension_is_no_expulsion_by_another_name() -> None:
    story, founders = five()
    for until in (story.now + 400 * DAY, story.now):
        proposal = story.proposed(founders[0], whom("Suspend", founders[4], until=until))
        assert story.decided(proposal, founders[:4]) == "sent_back"
    assert story.decided(story.proposed(founders[0], whom("Suspend", founders[4])), founders[:4]) == "executed"
    for _ in range(5):
        story.later(days=80)
        for founder in founders[:4]:
            story.act(founder, "amend_identity", identity={"name": story.seal("here")})
    assert story.member(founders[4]).standing == "member"


def charged(story: Story, by: Person, accused: Person) -> str:
    charge = story.new_id()
    story.act(by, "charge", charge=charge, member=accused.id, articles="Article 1", reasons=story.seal("Because."))
    return charge


def test_nobody_is_put_out_before_they_could_reply() -> None:
    story, founders = five()
    charge = charged(story, founders[0], founders[4])
    with pytest.raises(Refused, match="time to reply"):
        story.proposed(founders[0], whom("Expel", founders[4], charge=charge))
    with pytest.raises(Refused, match="Only the accused"):
        story.act(founders[3], "reply", charge=charge, reply=story.seal("No!"))
    story.act(founders[4], "reply", charge=charge, reply=story.seal("It was not so."))
    proposal = story.proposed(founders[0], whom("Expel", founders[4], charge=charge))
    ballot = story.to_ballot(proposal)
    with pytest.raises(Refused, match="roll"):
        story.vote(founders[4], ballot, {"paper": "against"})
    assert story.ballot(ballot).rolls[0].eligible == 4
    for founder in founders[:3]:
        story.vote(founder, ballot, {"paper": "for"})
    assert story.finished(proposal) == "executed"
    assert story.member(founders[4]).standing == "expelled"
    done = story.state.require(Charge, charge)
    assert done.appeal_until == done.expelled + 7 * DAY
    assert founders[4].id not in electors(story.state)


def test_silence_is_a_reply_when_the_time_is_over_and_a_charge_serves_once() -> None:
    story, founders = five()
    charge = charged(story, founders[0], founders[4])
    story.later(days=6)
    proposal = story.proposed(founders[0], whom("Expel", founders[4], charge=charge))
    assert story.decided(proposal, founders[:4]) == "executed"
    proposal = story.proposed(founders[0], whom("Reinstate", founders[4]))
    assert story.decided(proposal, founders[:4]) == "executed"
    assert story.member(founders[4]).standing == "member"
    with pytest.raises(Refused, match="charge is over"):
        story.proposed(founders[0], whom("Expel", founders[4], charge=charge))


def test_a_charge_is_withdrawn_by_whoever_brought_it() -> None:
    story, founders = five()
    charge = charged(story, founders[0], founders[4])
    with pytest.raises(Refused, match="whoever brought"):
        story.act(founders[1], "withdraw_charge", charge=charge)
    story.act(founders[0], "withdraw_charge", charge=charge)
    story.later(days=6)
    with pytest.raises(Refused, match="charge is over"):
        story.proposed(founders[0], whom("Expel", founders[4], charge=charge))
    with pytest.raises(Refused, match="Nobody charges themselves"):
        charged(story, founders[0], founders[0])


def test_the_silent_lapse_and_come_back_by_saying_so() -> None:
    story, founders = five()
    for _ in range(5):
        story.later(days=25)
        for founder in founders[:4]:
            story.act(founder, "amend_identity", identity={"name": story.seal("Still here")})
    assert story.member(founders[4]).standing == "lapsed"
    assert phyle(story.state).electors == 4
    with pytest.raises(Refused, match="Only members can do this"):
        story.proposed(founders[4], {"kind": "Resolve", "arguments": {}})
    story.act(founders[4], "return")
    assert story.member(founders[4]).standing == "member"
    assert phyle(story.state).electors == 5
    assert list(replayed(story).everything()) == list(story.state.everything())


def test_whoever_leaves_gives_up_every_office_and_their_papers_stay() -> None:
    story, founders = five()
    proposal = story.proposed(founders[0], {"kind": "Resolve", "arguments": {}})
    ballot = story.to_ballot(proposal)
    story.vote(founders[4], ballot, {"paper": "for"})
    story.act(founders[4], "exit")
    story.act(founders[3], "exit")
    assert story.ballot(ballot).rolls[0].eligible == 5
    assert story.finished(proposal) == "executed"
    assert story.ballot(ballot).counts[0].for_ == 1


def test_classes_give_rights() -> None:
    story, founders = five()
    friend = story.person()
    story.act(friend, "apply", **friend.introduction("friend"))
    proposal = story.proposed(founders[0], whom("Admit", friend))
    assert story.decided(proposal, founders) == "executed"
    assert story.member(friend).standing == "member"
    assert phyle(story.state).electors == 5
    other = story.person()
    story.act(other, "apply", **other.introduction())
    with pytest.raises(Refused, match="class friend cannot vouch"):
        story.act(friend, "vouch", member=other.id)
    lord = story.person()
    with pytest.raises(Refused, match="no class"):
        story.act(lord, "apply", **lord.introduction("lord"))
    proposal = story.proposed(founders[0], whom("Admit", friend, klass="member"))
    assert story.decided(proposal, founders) == "executed"
    assert phyle(story.state).electors == 6


def test_an_organisation_votes_through_whom_it_names() -> None:
    story, founders = five()
    club = story.person(via="club.test")
    story.act(club, "apply", **club.introduction("organisation"))
    assert story.decided(story.proposed(founders[0], whom("Admit", club)), founders) == "executed"
    assert phyle(story.state).electors == 5
    delegate = Person(id=club.id, key=key(501), custody="member", via="club.test")
    named = {
        "key": delegate.multikey,
        "custody": "member",
        "via": "club.test",
        "identity": {"actor": story.seal("https://club.test/ada")},
    }
    with pytest.raises(Unproven):
        story.act(club, "represent", representative=named, possession=prove(key(502), ORIGIN, club.id))
    story.act(club, "represent", representative=named, possession=prove(delegate.key, ORIGIN, club.id))
    assert phyle(story.state).electors == 6
    ballot = story.to_ballot(story.proposed(founders[0], {"kind": "Resolve", "arguments": {}}))
    with pytest.raises(Unproven):
        story.vote(club, ballot, {"paper": "for"})
    story.vote(delegate, ballot, {"paper": "for"})
    with pytest.raises(Unproven):
        story.act(delegate, "represent")
    story.act(club, "represent")
    assert phyle(story.state).electors == 5
    with pytest.raises(Refused, match="Persons act for themselves"):
        story.act(founders[0], "represent")


def test_the_dormant_phyle_is_active_again_with_three() -> None:
    story = Story()
    founders = story.founded(CHARTER)
    story.act(founders[2], "exit")
    assert story.phase == "dormant"
    story.act(founders[2], "apply_again")
    assert story.decided(story.proposed(founders[0], whom("Admit", founders[2])), founders[:2]) == "executed"
    assert story.phase == "active"
