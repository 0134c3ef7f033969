"""Sessions in the booth: what a member on an ordinary server does in one, and what the host cannot do with its key."""

from collections.abc import Callable

import pytest

from phyle.cooperative.law.commitments import commit
from phyle.cooperative.law.entering import LONGEST, PROMPTLY, Session
from phyle.cooperative.law.table import LAW
from phyle.errors import Refusal, Refused, Unproven
from phyle.identity import multikey
from tests.cooperative.law.entering import acts, booth, enter, trees, with_somebody_elsewhere
from tests.cooperative.law.stories import Person, Story, key, replayed

FIRST, SECOND = key(7001), key(7002)


@pytest.fixture
def life() -> tuple[Story, list[Person], Person]:
    return with_somebody_elsewhere()


def ballot(story: Story, by: Person) -> str:
    return story.to_ballot(story.proposed(by, options=trees(), method="schulze"))


def test_somebody_elsewhere_ranks_and_changes_their_mind() -> None:
    story = booth()
    assert dict(replayed(story).everything()) == dict(story.state.everything())


def test_without_a_session_nothing_is_done(life: tuple[Story, list[Person], Person]) -> None:
    story, founders, ada = life
    id = ballot(story, founders[0])
    for signer in (FIRST, story.host):
        with pytest.raises(Unproven, match="session in the booth"):
            acts(story, ada, signer, "vote", ballot=id, choice=story.seal({"rank": [0]}))


def test_the_key_of_one_session_signs_for_nobody_else(life: tuple[Story, list[Person], Person]) -> None:
    story, founders, ada = life
    eve = story.person(custody="none", via="other.test")
    story.act(eve, "apply", **eve.introduction())
    enter(story, ada, FIRST)
    for other in (eve, founders[0]):
        with pytest.raises(Refusal):
            acts(story, other, FIRST, "declare_interest", proposal=story.new_id(), interest=story.seal("x"))


def test_a_session_ends(life: tuple[Story, list[Person], Person]) -> None:
    story, founders, ada = life
    id = ballot(story, founders[0])
    enter(story, ada, FIRST)
    story.later(milliseconds=LONGEST)
    with pytest.raises(Unproven):
        acts(story, ada, FIRST, "vote", ballot=id, choice=story.seal({"rank": [0]}))


def test_the_next_session_ends_the_one_before(life: tuple[Story, list[Person], Person]) -> None:
    story, founders, ada = life
    id = ballot(story, founders[0])
    enter(story, ada, FIRST)
    enter(story, ada, SECOND)
    with pytest.raises(Unproven, match="another key"):
        acts(story, ada, FIRST, "vote", ballot=id, choice=story.seal({"rank": [0]}))
    acts(story, ada, SECOND, "vote", ballot=id, choice=story.seal({"rank": [0]}))


def test_who_leaves_the_booth_has_left_it(life: tuple[Story, list[Person], Person]) -> None:
    story, _, ada = life
    enter(story, ada, FIRST)
    acts(story, ada, FIRST, "leave_booth")
    assert story.state.get(Session, ada.id) is None
    with pytest.raises(Unproven):
        acts(story, ada, FIRST, "leave_booth")


@pytest.mark.parametrize("lasts", [0, LONGEST + 1])
def test_a_session_lasts_some_hours_at_most(life: tuple[Story, list[Person], Person], lasts: int) -> None:
    story, _, ada = life
    with pytest.raises(Refused, match="lasts 4 hours at most"):
        enter(story, ada, FIRST, lasts=lasts)


def test_what_is_said_to_have_come_in_a_session_long_ago_is_refused(life: tuple[Story, list[Person], Person]) -> None:
    """The host still has the key, and dates an act back to when the session was open."""
    story, _, ada = life
    enter(story, ada, FIRST)
    received = story.now + 1
    story.later(milliseconds=PROMPTLY + 2)
    late = story.document(FIRST, ada.id, "leave_booth", {})
    with pytest.raises(Unproven):
        LAW.decide(story.state, late, received=received, at=story.now, author="attested")
    again = story.document(
        story.host, ada.id, "enter_booth", {"key": multikey.encode(SECOND.public_key()), "until": received + LONGEST}
    )
    evidence = {"request": story.seal("POST /inbox ...")}
    with pytest.raises(Refused, match="so long ago"):
        LAW.decide(story.state, again, received=received, at=story.now, author="attested", evidence=evidence)


def new_pin(story: Story, ada: Person) -> None:
    acts(story, ada, FIRST, "pin", pinned=story.seal("another key"))


def new_session(story: Story, ada: Person) -> None:
    acts(story, ada, FIRST, "enter_booth", key=multikey.encode(SECOND.public_key()), until=story.now + LONGEST)


def new_account(story: Story, ada: Person) -> None:
    moved = {"actor": story.seal("https://evil.test/eve"), "pinned": story.seal("its key")}
    acts(story, ada, FIRST, "move", via="evil.test", custody="none", identity=moved)


def nobody_else(story: Story, ada: Person) -> None:
    acts(story, ada, FIRST, "represent")


@pytest.mark.parametrize("taking", [new_pin, new_session, new_account, nobody_else])
def test_the_membership_itself_cannot_be_taken_in_the_booth(
    life: tuple[Story, list[Person], Person], taking: Callable[[Story, Person], None]
) -> None:
    story, _, ada = life
    enter(story, ada, FIRST)
    with pytest.raises(Refused, match="not done in the booth"):
        taking(story, ada)


def test_only_the_members_own_server_opens_a_session(life: tuple[Story, list[Person], Person]) -> None:
    """Neither the host by itself, nor somebody whose key is kept here."""
    story, founders, ada = life
    payload = {"key": multikey.encode(FIRST.public_key()), "until": story.now + LONGEST}
    with pytest.raises(Unproven):
        acts(story, ada, story.host, "enter_booth", **payload)
    with pytest.raises(Refusal):
        story.act(founders[0], "enter_booth", **payload)
    with pytest.raises(Refusal):
        story.attested(founders[0].id, "enter_booth", **payload)


def test_a_session_ends_with_the_account_that_it_is_for(life: tuple[Story, list[Person], Person]) -> None:
    story, founders, ada = life
    id = ballot(story, founders[0])
    enter(story, ada, FIRST)
    identity = {"actor": commit("https://new.test/ada", "11" * 16), "pinned": commit("its key", "11" * 16)}
    story.attested(ada.id, "move", via="new.test", custody="none", identity=identity)
    with pytest.raises(Unproven):
        acts(story, ada, FIRST, "vote", ballot=id, choice=story.seal({"rank": [0]}))


def test_the_hosts_own_key_is_no_key_of_a_session(life: tuple[Story, list[Person], Person]) -> None:
    story, _, ada = life
    with pytest.raises(Refused, match="a key of its own"):
        enter(story, ada, story.host)
