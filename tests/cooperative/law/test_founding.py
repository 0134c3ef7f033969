"""Founding: three sign one charter with keys of their own; their time ends; tiers and experiments run by themselves."""

import pytest

from phyle.cooperative.law.kinds import DAY
from phyle.cooperative.law.mandates import Mandate, holders
from phyle.cooperative.law.phyles import charter as charter_in_force
from phyle.cooperative.law.phyles import phyle
from phyle.errors import Refusal, Refused, Unproven
from phyle.identity import multikey
from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import HOST, ORIGIN, Story, key, replayed


def test_the_first_entry_is_signed_by_the_key_that_it_names() -> None:
    story = Story()
    named = {"log_key": multikey.encode(key(2).public_key()), "credential_key": multikey.encode(key(3).public_key())}
    with pytest.raises(Refused, match="credential key"):
        story.host_act("begin", origin=ORIGIN, host=HOST, **named)
    one = multikey.encode(story.host.public_key())
    with pytest.raises(Refused, match="one use"):
        story.host_act("begin", origin=ORIGIN, host=HOST, log_key=one, credential_key=one)
    story.begin()
    with pytest.raises(Refused, match="begun already"):
        story.begin()


def test_nothing_binding_happens_while_a_phyle_gathers() -> None:
    story = Story()
    story.begin()
    someone = story.person()
    with pytest.raises(Refused, match="no applications"):
        story.act(someone, "apply", **someone.introduction())
    story.act(someone, "sign", charter=story.keep(charter().encode()), **someone.introduction())
    with pytest.raises(Refusal):
        story.proposed(someone, {"kind": "Resolve", "arguments": {}})


def test_a_signature_is_replaced_by_the_key_that_made_it_alone() -> None:
    story = Story()
    story.begin()
    hash, other = story.keep(charter().encode()), story.keep(charter(sponsors=2).encode())
    ada, stranger = story.person(), story.person()
    story.act(ada, "sign", charter=hash, **ada.introduction())
    stranger.id = ada.id
    with pytest.raises(Refused, match="only their key"):
        story.act(stranger, "sign", charter=hash, **stranger.introduction())
    story.act(ada, "sign", charter=other, **ada.introduction())


def test_it_takes_three_with_keys_of_their_own_under_one_charter() -> None:
    story = Story()
    story.begin()
    hash, other = story.keep(charter().encode()), story.keep(charter(sponsors=2).encode())
    people = [story.person() for _ in range(4)]
    for each in people[:3]:
        story.act(each, "sign", charter=hash, **each.introduction())
    story.act(people[3], "sign", charter=other, **people[3].introduction())
    with pytest.raises(Refused, match="at least 3"):
        story.act(people[0], "found", charter=hash, founders=sorted(each.id for each in people[:2]))
    with pytest.raises(Refused, match="same charter"):
        story.act(people[0], "found", charter=hash, founders=sorted(each.id for each in people))
    with pytest.raises(Refused, match="Only one of the founders"):
        story.act(people[3], "found", charter=hash, founders=sorted(each.id for each in people[:3]))
    with pytest.raises(Refused, match="in order"):
        story.act(people[0], "found", charter=hash, founders=sorted((each.id for each in people[:3]), reverse=True))
    story.act(people[0], "found", charter=hash, founders=sorted(each.id for each in people[:3]))
    assert story.phase == "active"
    assert phyle(story.state).electors == 3
    late = story.person()
    with pytest.raises(Refused, match="is founded"):
        story.act(late, "sign", charter=hash, **late.introduction())


def test_founders_cannot_share_a_key_or_sign_for_others() -> None:
    story = Story()
    story.begin()
    hash = story.keep(charter().encode())
    people = [story.person() for _ in range(3)]
    people[2].key = people[1].key
    for each in people:
        story.act(each, "sign", charter=hash, **each.introduction())
    with pytest.raises(Refused, match="key of their own"):
        story.act(people[0], "found", charter=hash, founders=sorted(each.id for each in people))
    forged = story.person()
    told = forged.introduction()
    forged.key = key(99)
    with pytest.raises(Unproven):
        story.act(forged, "sign", charter=hash, **told)


def test_all_founders_hold_the_offices_until_twice_as_many_are_electors() -> None:
    story = Story()
    founders = story.founded(charter(membership="probation_days = 1\nnewcomers_per_voucher = 100"), founders=4)
    assert holders(story.state, "stewards", story.now) == sorted(each.id for each in founders)
    people = list(founders)
    for _ in range(3):
        people.append(story.admitted(*people, days=2))
    assert not phyle(story.state).sunset
    assert not story.member(people[-1]).tacit
    story.admitted(*people, days=2)
    assert phyle(story.state).sunset
    assert not phyle(story.state).ratified
    assert holders(story.state, "stewards", story.now) == []
    proposal = story.proposed(founders[0], {"kind": "Ratify", "arguments": {"charter": phyle(story.state).charter}})
    assert story.decided(proposal, people) == "executed"
    assert phyle(story.state).ratified
    assert list(replayed(story).everything()) == list(story.state.everything())


def test_the_founders_time_ends_after_a_year() -> None:
    story = Story()
    story.founded(charter(membership="probation_days = 1\nlapse_days = 0"))
    story.later(days=364)
    assert holders(story.state, "stewards", story.now)
    story.later(days=2)
    assert phyle(story.state).sunset
    assert not phyle(story.state).ratified
    assert all(one.ended for _, one in story.state.all(Mandate, "stewards"))


TIERED = charter(
    membership="probation_days = 1\nnewcomers_per_voucher = 100",
    articles="""
## Article 4. Growth

```toml
[[tier]]
name = "village"
members = 5

[tier.jury]
size = 9

[[tier]]
name = "old"
days = 40

[tier.office.stewards]
seats = 5

[office.clerk]
scope = ["register"]
term_days = 300
by = "decision"

[[sunset]]
name = "clerk-trial"
clause = "office/clerk"
metric = "Does anybody miss the paper?"
expires_days = 20
reverts = "nothing"
```
""",
)


def test_tiers_are_reached_by_number_or_age_and_stay() -> None:
    story = Story()
    people = story.founded(TIERED, founders=4)
    assert phyle(story.state).tiers == ()
    newcomer = story.admitted(*people, days=2)
    assert phyle(story.state).tiers == ("village",)
    assert charter_in_force(story.state).jury.size == 9
    story.act(newcomer, "exit")
    assert phyle(story.state).tiers == ("village",)
    story.later(days=39)
    assert phyle(story.state).tiers == ("village", "old")
    assert charter_in_force(story.state).offices["stewards"].seats == 5


def test_an_experiment_ends_on_its_day_and_its_office_with_it() -> None:
    story = Story()
    people = story.founded(TIERED, founders=4)
    assert holders(story.state, "clerk", story.now)
    story.later(days=19)
    assert phyle(story.state).sunsets == ()
    story.later(days=2)
    assert phyle(story.state).sunsets == ("clerk-trial",)
    assert "clerk" not in charter_in_force(story.state).offices
    assert all(one.ended for _, one in story.state.all(Mandate, "clerk"))
    with pytest.raises(Refused, match="mandate"):
        story.act(people[0], "enter_register", member=people[1].id, identity={"shares": story.seal(1)})
    assert list(replayed(story).everything()) == list(story.state.everything())


def test_an_amendment_keeps_tiers_and_running_experiments_and_counts_electors_anew() -> None:
    story = Story()
    people = story.founded(TIERED, founders=4)
    people.append(story.admitted(*people, days=2))
    before = phyle(story.state)
    new = TIERED.replace("ballot_days = 2", "ballot_days = 3")
    arguments = {"charter": story.keep(new.encode()), "amends": before.charter}
    proposal = story.proposed(people[0], {"kind": "Amend", "arguments": arguments})
    assert story.decided(proposal, people) == "executed"
    after = phyle(story.state)
    assert after.charter == arguments["charter"]
    assert after.tiers == before.tiers == ("village",)
    assert after.trials == before.trials
    assert after.electors == 5
    story.later(days=20)
    assert phyle(story.state).sunsets == ("clerk-trial",)
    classless = new.replace("[office.clerk]", "[class.worker]\n\n[office.clerk]")
    arguments = {"charter": story.keep(classless.encode()), "amends": after.charter}
    proposal = story.proposed(people[0], {"kind": "Amend", "arguments": arguments})
    assert story.decided(proposal, people) == "sent_back"
    assert phyle(story.state).charter == after.charter


def test_dissolved_nothing_is_waited_for_and_nothing_binding_done() -> None:
    story = Story()
    people = story.founded(charter())
    newcomer = story.admitted(*people[:2])
    proposal = story.proposed(people[0], {"kind": "Dissolve", "arguments": {}})
    assert story.decided(proposal, people) == "executed"
    assert story.phase == "dissolved"
    story.later(days=400)
    assert story.member(newcomer).standing == "probation"
    for kind in ("vouch", "object"):
        with pytest.raises(Refused, match="dissolved"):
            story.act(people[0], kind, member=newcomer.id, **({"reason": "0" * 64} if kind == "object" else {}))
    with pytest.raises(Refused, match="dissolved"):
        story.proposed(people[0], {"kind": "Resolve", "arguments": {}})
    story.host_act("discharge", proposal=proposal, number=0)
    story.act(people[0], "exit")
    assert story.phase == "dissolved"
    assert story.now > 400 * DAY
