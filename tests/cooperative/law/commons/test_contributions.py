"""Contributions count when two say so: whoever did it, and a maintainer at that time who is somebody else."""

import pytest

from phyle.cooperative.law.acts import sign
from phyle.cooperative.law.commons.outsiders import Contributor
from phyle.cooperative.law.entries import ActEntry, read_entry
from phyle.cooperative.law.members import Member
from phyle.errors import Malformed, Refused, Unproven
from tests.cooperative.law.clauses import SIMPLE
from tests.cooperative.law.commoning import COMMIT, claimed, contribution, offered, outsider, told, validated
from tests.cooperative.law.stories import Person, Story, key, replayed


@pytest.fixture
def story() -> Story:
    return Story()


def begun(story: Story, founders: int = 4) -> tuple[list[Person], str]:
    people = story.founded(SIMPLE, founders=founders)
    return people, offered(story, people[0])


def test_a_contribution_is_doubly_signed(story: Story) -> None:
    people, work = begun(story)
    id = claimed(story, people[1], work, text=story.keep(b"The gate."), on="2027-01-14")
    claim = story.leaves[-1]
    assert contribution(story, work, id).phase == "claimed"
    story.act(people[0], "validate", work=work, contribution=id)
    found = contribution(story, work, id)
    assert (found.phase, found.by, found.answered_by) == ("valid", people[1].id, people[0].id)
    entries = [read_entry(leaf) for leaf in (claim, story.leaves[-1])]
    assert [entry.seq for entry in entries] == [found.entry, found.validated]
    signers = {entry.act.proof.verificationMethod for entry in entries if isinstance(entry, ActEntry)}
    assert len(signers) == 2


def test_nobody_validates_their_own(story: Story) -> None:
    people, work = begun(story)
    id = claimed(story, people[0], work)
    reason = {"text": story.keep(b"No.")}
    for kind, text in (("validate", {}), ("refuse_contribution", reason)):
        with pytest.raises(Refused, match="Nobody answers their own claim"):
            story.act(people[0], kind, work=work, contribution=id, **text)
    story.act(people[0], "invite_maintainer", work=work, member=people[1].id)
    story.act(people[1], "validate", work=work, contribution=id)


def test_only_who_maintains_the_work_then_validates(story: Story) -> None:
    people, work = begun(story)
    story.act(people[0], "invite_maintainer", work=work, member=people[1].id)
    id = claimed(story, people[2], work)
    with pytest.raises(Refused, match="takes a maintainer"):
        story.act(people[3], "validate", work=work, contribution=id)
    story.act(people[1], "resign_maintainer", work=work)
    with pytest.raises(Refused, match="takes a maintainer"):
        story.act(people[1], "validate", work=work, contribution=id)
    other = offered(story, people[3], name="oven")
    with pytest.raises(Refused, match="takes a maintainer"):
        story.act(people[3], "validate", work=work, contribution=id)
    with pytest.raises(Refused, match="no such contribution"):
        story.act(people[3], "validate", work=other, contribution=id)


def test_what_was_validated_by_somebody_who_left_stays_valid(story: Story) -> None:
    people, work = begun(story, founders=5)
    story.act(people[0], "invite_maintainer", work=work, member=people[1].id)
    id = validated(story, people[2], people[1], work)
    story.act(people[1], "exit")
    assert contribution(story, work, id).phase == "valid"


def test_it_is_validated_once(story: Story) -> None:
    people, work = begun(story)
    story.act(people[0], "invite_maintainer", work=work, member=people[1].id)
    id = validated(story, people[2], people[0], work)
    for each in people[:2]:
        with pytest.raises(Refused, match="waits for no validation"):
            story.act(each, "validate", work=work, contribution=id)


def test_a_refusal_has_a_reason_that_all_can_read(story: Story) -> None:
    people, work = begun(story)
    id = claimed(story, people[1], work)
    with pytest.raises(Malformed, match=r"payload\.text is missing"):
        story.act(people[0], "refuse_contribution", work=work, contribution=id)
    reason = story.keep(b"It breaks the gate.")
    story.act(people[0], "refuse_contribution", work=work, contribution=id, text=reason)
    found = contribution(story, work, id)
    assert (found.phase, found.reason) == ("refused", reason)
    with pytest.raises(Refused, match="refused already"):
        story.act(people[0], "refuse_contribution", work=work, contribution=id, text=reason)


def test_a_validation_can_be_taken_back_and_a_claim_corrected(story: Story) -> None:
    people, work = begun(story)
    id = validated(story, people[1], people[0], work)
    story.act(people[0], "refuse_contribution", work=work, contribution=id, text=story.keep(b"By mistake."))
    anew = {"what": "review", "subject": "https://a.test/notes/1"}
    with pytest.raises(Refused, match="Only whoever claimed"):
        story.act(people[2], "correct_contribution", work=work, contribution=id, **anew)
    story.act(people[1], "correct_contribution", work=work, contribution=id, **anew)
    found = contribution(story, work, id)
    assert (found.phase, found.what, found.terms, found.validated, found.reason) == ("claimed", "review", None, 0, None)
    story.act(people[0], "validate", work=work, contribution=id)
    assert contribution(story, work, id).phase == "valid"


def test_a_corrected_one_must_be_validated_again(story: Story) -> None:
    people, work = begun(story)
    id = validated(story, people[1], people[0], work)
    story.act(people[1], "correct_contribution", work=work, contribution=id, what="care", subject="Tea")
    assert contribution(story, work, id).phase == "claimed"


def test_what_was_withdrawn_is_over(story: Story) -> None:
    people, work = begun(story)
    id = claimed(story, people[1], work)
    with pytest.raises(Refused, match="Only whoever claimed"):
        story.act(people[0], "withdraw_contribution", work=work, contribution=id)
    story.act(people[1], "withdraw_contribution", work=work, contribution=id)
    for kind, more in (("withdraw_contribution", {}), ("correct_contribution", {"what": "care", "subject": "Tea"})):
        with pytest.raises(Refused, match="was withdrawn"):
            story.act(people[1], kind, work=work, contribution=id, **more)
    with pytest.raises(Refused, match="waits for no validation"):
        story.act(people[0], "validate", work=work, contribution=id)


@pytest.mark.parametrize("day", ["2027-13-01", "27-01-01", "2027-1-1", "tomorrow", "２０２７-01-01"])
def test_a_day_is_a_day(story: Story, day: str) -> None:
    people, work = begun(story)
    with pytest.raises(Malformed, match="must be a day"):
        claimed(story, people[1], work, on=day)


def test_what_has_not_happened_cannot_be_claimed(story: Story) -> None:
    people, work = begun(story)
    with pytest.raises(Refused, match="not been done yet"):
        claimed(story, people[1], work, on="2030-01-01")
    story.later(days=3 * 365)
    claimed(story, people[1], work, on="2030-01-01")


@pytest.mark.parametrize("terms", [None, {"dco": False, "licence": "PPL"}])
def test_a_change_comes_with_terms(story: Story, terms: object) -> None:
    people, work = begun(story)
    with pytest.raises(Refused, match="contributor's word"):
        claimed(story, people[1], work, terms=terms)
    claimed(story, people[1], work, terms=terms, what="translation")
    with pytest.raises(Malformed, match="licence expression"):
        claimed(story, people[1], work, terms={"dco": True, "licence": "PPL AND"})


def test_a_claim_is_made_once_and_of_a_work_that_there_is(story: Story) -> None:
    people, work = begun(story)
    id = claimed(story, people[1], work)
    with pytest.raises(Refused, match="contribution with this id"):
        story.act(people[2], "claim", work=work, contribution=id, what="care", subject="Tea")
    with pytest.raises(Refused, match="no such work"):
        claimed(story, people[1], "a" * 26)


# Outsiders


def test_somebody_from_outside_is_known_by_the_key_of_their_first_act(story: Story) -> None:
    people, work = begun(story)
    far = outsider(story)
    with pytest.raises(Refused, match="not known here"):
        claimed(story, far, work)
    validated(story, far, people[0], work, outsider=told(far))
    claimed(story, far, work)
    known = story.state.require(Contributor, far.id)
    assert (known.key, known.via, known.open) == (far.multikey, "b.test", 1)
    claimed(story, far, work, outsider=told(far))  # who cannot see whether the first was entered says it again


def test_nobody_signs_for_somebody_from_outside(story: Story) -> None:
    people, work = begun(story)
    far = outsider(story)
    first = claimed(story, far, work, outsider=told(far))
    thief = Person(id=far.id, key=key(77), via="b.test")
    with pytest.raises(Unproven, match="another key than its author"):
        story.act(thief, "withdraw_contribution", work=work, contribution=first)
    with pytest.raises(Unproven, match="another key than its author"):
        claimed(story, thief, work, outsider=told(thief))
    other = Person(id=story.new_id(), key=thief.key, via="b.test")
    with pytest.raises(Refused, match="Everyone speaks for themselves"):
        claimed(story, other, work, outsider=told(thief))
    with pytest.raises(Refused, match="Only members"):
        story.act(far, "validate", work=work, contribution=first)
    with pytest.raises(Unproven, match="no member signs with a key"):
        story.attested(far.id, "claim", work=work, contribution=story.new_id(), what="care", subject="Tea")
    assert story.state.get(Contributor, people[0].id) is None


def test_a_key_is_of_one_person(story: Story) -> None:
    people, work = begun(story)
    far = outsider(story, secret=people[1].key)
    with pytest.raises(Refused, match="in use here already"):
        claimed(story, far, work, outsider=told(far))
    with pytest.raises(Refused, match="known here already, as a member"):
        claimed(story, people[1], work, outsider=told(people[1]))
    bare = {name: value for name, value in told(outsider(story)).items() if name != "identity"}
    with pytest.raises(Refused, match="commit to the account"):
        claimed(story, Person(id=bare["id"], key=key(1000 + story.made)), work, outsider=bare)


def test_the_same_claim_is_not_entered_twice(story: Story) -> None:
    """A document that was signed once has one nonce; whoever hands it in again is refused by its id, too."""
    _, work = begun(story)
    far = outsider(story)
    payload = {"work": work, "contribution": story.new_id(), "what": "care", "subject": "Tea", "outsider": told(far)}
    document = story.document(far.key, far.id, "claim", payload)
    story._enter(document, "server-key")
    with pytest.raises(Refused, match="contribution with this id"):
        story._enter(document, "server-key")


def test_an_act_for_another_ledger_or_of_yesterday_is_refused(story: Story) -> None:
    _, work = begun(story)
    far = outsider(story)
    payload = {"work": work, "contribution": story.new_id(), "what": "care", "subject": "Tea", "outsider": told(far)}
    document = story.document(far.key, far.id, "claim", payload)
    bare = {name: value for name, value in document.items() if name != "proof"}
    elsewhere = sign({**bare, "phyle": "b.test/ledger/1"}, far.key, at=story.now)
    with pytest.raises(Refused, match="another ledger"):
        story._enter(elsewhere, "server-key")
    with pytest.raises(Unproven, match="does not fit what it says"):
        story._enter({**document, "payload": {**payload, "subject": "Coffee"}}, "server-key")
    story.later(days=2)
    with pytest.raises(Refused, match="had expired"):
        story._enter(document, "server-key")


def test_whoever_becomes_a_member_keeps_what_they_are_credited_with(story: Story) -> None:
    people, work = begun(story)
    far = outsider(story)
    id = validated(story, far, people[0], work, outsider=told(far))
    thief = Person(id=far.id, key=key(77), via="b.test")
    with pytest.raises(Refused, match="this id and another key"):
        story.act(thief, "apply", **thief.introduction())
    story.act(far, "apply", **far.introduction())
    assert story.state.require(Member, far.id).key == far.multikey
    story.act(far, "correct_contribution", work=work, contribution=id, what="review", subject=COMMIT, terms=None)
    assert contribution(story, work, id).by == far.id


def test_a_stranger_can_have_so_many_claims_waiting_and_no_more(story: Story) -> None:
    people, work = begun(story)
    far = outsider(story)
    first = claimed(story, far, work, outsider=told(far), what="care", terms=None)
    for _ in range(49):
        claimed(story, far, work, what="care", terms=None)
    with pytest.raises(Refused, match="50 claims of yours wait"):
        claimed(story, far, work)
    story.act(people[0], "validate", work=work, contribution=first)
    claimed(story, far, work, what="care", terms=None)
    with pytest.raises(Refused, match="50 claims"):
        story.act(far, "correct_contribution", work=work, contribution=first, what="care", subject="Tea")


def test_replayed_from_its_entries_it_is_the_same(story: Story) -> None:
    people, work = begun(story)
    far = outsider(story)
    validated(story, far, people[0], work, outsider=told(far))
    story.later(days=1)
    assert list(replayed(story).everything()) == list(story.state.everything())
