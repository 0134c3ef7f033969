"""Stories of members elsewhere who enter the booth, and of what the host does with the keys of their sessions."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phyle.cooperative.law.entering import LONGEST
from phyle.cooperative.law.entries import Entry
from phyle.identity import multikey
from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import Person, Story, key

ELSEWHERE = "masto.test"


def enter(story: Story, person: Person, session: Ed25519PrivateKey, *, lasts: int = LONGEST) -> Entry:
    """The person's server asks for a session, which this key signs for."""
    public = multikey.encode(session.public_key())
    return story.attested(person.id, "enter_booth", key=public, until=story.now + 1 + lasts)


def acts(story: Story, person: Person, session: Ed25519PrivateKey, kind: str, /, **payload: Any) -> Entry:
    """What the person does in the booth, or the host with the key of the session."""
    return story._enter(story.document(session, person.id, kind, payload), "attested")


def with_somebody_elsewhere() -> tuple[Story, list[Person], Person]:
    """A phyle, its founders, and a full member with an account on an ordinary server."""
    story = Story()
    founders = story.founded(charter())
    ada = story.person(custody="none", via=ELSEWHERE)
    story.act(ada, "apply", **ada.introduction())
    admit = story.proposed(founders[0], {"kind": "Admit", "arguments": {"member": ada.id}})
    assert story.decided(admit, founders) == "executed"
    return story, founders, ada


def trees() -> list[dict[str, Any]]:
    """Options to rank."""
    resolve = {"kind": "Resolve", "arguments": {}}
    return [{"label": "Oak", "effects": [resolve]}, {"label": "Ash", "effects": [resolve]}, {"label": "None"}]


def booth() -> Story:
    """A member elsewhere proposes in the booth, ranks, changes their mind, leaves and comes back."""
    story, founders, ada = with_somebody_elsewhere()
    first = key(7001)
    enter(story, ada, first)
    proposal, text = story.new_id(), story.keep(b"Trees give shade.")
    options = trees()
    acts(
        story,
        ada,
        first,
        "propose",
        proposal=proposal,
        title="Which tree?",
        text=text,
        options=options,
        method="schulze",
    )
    acts(story, ada, first, "leave_booth")
    ballot, second = story.to_ballot(proposal), key(7002)
    enter(story, ada, second)
    for ranked in ([0, 1, 2], [2, 1, 0]):
        acts(story, ada, second, "vote", ballot=ballot, choice=story.seal({"rank": ranked}))
    for each in founders:
        story.vote(each, ballot, {"rank": [2, 0, 1]})
    story.finished(proposal)
    return story
