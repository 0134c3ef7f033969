"""How far a decision rests on one host: it is counted again without the ballots that the host alone could have made."""

import pytest

from phyle.cooperative.audit.auditing import audit
from phyle.cooperative.audit.verdicts import Verdict
from phyle.cooperative.law.possession import prove
from phyle.identity import multikey
from tests.cooperative.audit.memories import remembered
from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import ORIGIN, Person, Story, key


def voted(own: int, elsewhere: int, keyed: int, *, rule: str = "more than 1/2 of cast") -> Verdict:
    """A decision for which everybody votes: so many known by the phyle's own host, by another, by keys of their own."""
    story = Story()
    story.begin()
    hash = story.keep(charter(rule=rule).encode())
    people: list[Person] = [story.person() for _ in range(own)]
    people += [story.person(via="b.test") for _ in range(elsewhere)]
    people += [story.person(custody="member") for _ in range(keyed)]
    for each in people:
        story.act(each, "sign", charter=hash, **each.introduction())
    story.act(people[0], "found", charter=hash, founders=sorted(each.id for each in people))
    proposal = story.proposed(people[0], {"kind": "Resolve", "arguments": {}})
    ballot = story.to_ballot(proposal)
    for number, each in enumerate(people):
        story.vote(each, ballot, {"paper": "against" if number == own else "for"})
    story.finished(proposal)
    found = audit(remembered(story))
    assert found.sound, found.findings
    return found


def test_a_decision_that_the_own_host_could_have_made_alone() -> None:
    found = voted(3, 1, 0)
    assert found.rests_on == ("a.test",)
    assert next(iter(found.lines())).endswith("rests on a.test")


def test_a_decision_that_no_host_could_have_made_alone() -> None:
    """Without one host the others would have decided the same."""
    assert voted(2, 4, 0).rests_on == ()
    assert voted(1, 0, 4).rests_on == ()


def test_a_decision_that_another_host_could_have_prevented() -> None:
    assert voted(1, 3, 1, rule="at least 3/5 of eligible").rests_on == ("b.test",)


@pytest.mark.parametrize(("own", "elsewhere", "keyed"), [(3, 1, 2), (1, 3, 0)])
def test_how_the_members_are_known(own: int, elsewhere: int, keyed: int) -> None:
    found = voted(own, elsewhere, keyed).standing
    assert found is not None
    known = {share.name: share.part for share in found.known_by}
    assert known == {
        name: count
        for name, count in {"server-key a.test": own, "server-key b.test": elsewhere, "member-key": keyed}.items()
        if count
    }
    assert found.domain is not None
    assert (found.domain.name, found.domain.part) == max(
        [("a.test", own + keyed), ("b.test", elsewhere)], key=lambda pair: pair[1]
    )


def test_whoever_acts_for_an_organisation_is_known_by_a_host_of_their_own() -> None:
    classes = (
        '\n## Article 4. Classes\n\n```toml\n[class.member]\n\n[class.organisation]\nprincipal = "organisation"\n```\n'
    )
    story = Story()
    people = story.founded(charter(articles=classes), custody="member")
    clubs = [story.person(via=f"{name}.test") for name in ("b", "c", "d")]
    for number, club in enumerate(clubs):
        story.act(club, "apply", **club.introduction("organisation"))
        proposal = story.proposed(people[0], {"kind": "Admit", "arguments": {"member": club.id}})
        assert story.decided(proposal, people) == "executed"
        agent = key(700 + number)
        told = {"key": multikey.encode(agent.public_key()), "custody": "server", "via": "agents.test"}
        story.act(club, "represent", representative=told, possession=prove(agent, ORIGIN, club.id))
        club.key = agent
    proposal = story.proposed(people[0], {"kind": "Resolve", "arguments": {}})
    ballot = story.to_ballot(proposal)
    for each in (*people[:2], *clubs):
        story.vote(each, ballot, {"paper": "against" if each in people else "for"})
    assert story.finished(proposal) == "executed"
    assert audit(remembered(story)).decisions[-1].hosts == ("agents.test",)
