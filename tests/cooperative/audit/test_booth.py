"""Sessions in the booth as an audit sees them: who asked for them, and on whose word it is what was done in them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from phyle.cooperative.audit import asking
from phyle.cooperative.audit.auditing import audit
from phyle.cooperative.law.entering import LONGEST
from phyle.errors import Unproven
from phyle.identity import multikey
from tests.cooperative.audit.memories import remembered
from tests.cooperative.audit.test_members import ACTOR, KEY, OTHER, Register, ledger, request, told
from tests.cooperative.law.charters import charter
from tests.cooperative.law.entering import acts
from tests.cooperative.law.entering import enter as begin
from tests.cooperative.law.stories import Story, key

GROUP = "https://a.test/actors/members"
SESSION = key(7001)


def post(story: Register, content: str = "<p>@members booth</p>", *, by: str = ACTOR, **more: Any) -> dict[str, Any]:
    """The post with which somebody asks for something."""
    story.made += 1
    note = {"id": f"{by}/notes/{story.made}", "type": "Note", "attributedTo": by, "content": content, "to": [GROUP]}
    return {"id": f"{by}/activities/{story.made}", "type": "Create", "actor": by, "object": {**note, **more}}


def enter(story: Register, member: str, value: Any) -> None:
    public = multikey.encode(SESSION.public_key())
    story.attested_act(member, "enter_booth", value, key=public, until=story.now + LONGEST)


def withdraw(story: Register, member: str) -> None:
    """Something that an applicant can do in the booth."""
    story._enter(story.document(SESSION, member, "exit", {}), "attested")


def test_a_session_is_verified_and_what_is_done_in_it_is_on_the_hosts_word() -> None:
    story, member = told()
    enter(story, member, request(story, post(story)))
    withdraw(story, member)
    found = audit(ledger(story))
    assert found.sound, found.findings
    assert found.booth is not None
    assert found.booth.document() == {"acts": 1, "sessions": 1, "confirmed": 1}
    lines = "\n".join(found.lines())
    assert (
        "booth     1 act in 1 session on the word of a.test; 1 asked for by the member's own server: verified" in lines
    )
    assert {it.what: it.unverifiable for it in found.statements}["signed requests"] == 0
    public = audit(remembered(story))
    assert public.sound
    assert "that each was asked for by the member's own server, members can verify" in "\n".join(public.lines())
    assert public.document()["booth"] == {"acts": 1, "sessions": 1, "confirmed": 0}


Forged = Callable[[Register], Any]


def stranger(story: Register) -> Any:
    return request(story, post(story, by="https://masto.test/users/eve"))


def host_itself(story: Register) -> Any:
    return request(story, post(story), OTHER)


def other_words(story: Register) -> Any:
    return request(story, post(story, "<p>@members see you at the booth tomorrow</p>"))


def to_another_phyle(story: Register) -> Any:
    return request(story, post(story, to=["https://b.test/actors/members"]))


def of_another_author(story: Register) -> Any:
    return request(story, post(story, attributedTo="https://masto.test/users/eve"))


def two_hours_ago(story: Register) -> Any:
    story.later(milliseconds=1)
    story.now -= 2 * 3600 * 1000
    value = request(story, post(story))
    story.now += 2 * 3600 * 1000
    return value


def follow(story: Register) -> Any:
    return request(story, {"type": "Follow", "actor": ACTOR, "object": GROUP, "id": f"{ACTOR}/follow/2"})


@pytest.mark.threat("I14")
@pytest.mark.parametrize(
    "forge", [stranger, host_itself, other_words, to_another_phyle, of_another_author, two_hours_ago, follow]
)
def test_a_session_that_nobody_asked_for_is_named(forge: Forged) -> None:
    story, member = told()
    enter(story, member, forge(story))
    found = audit(ledger(story)).findings[0]
    assert (found.seq, found.what) == (len(story.leaves) - 1, "enter_booth")
    assert "does not prove that its author did this" in found.sentence


@pytest.mark.threat("I14")
def test_what_asked_for_one_session_opens_no_other() -> None:
    """Neither the same request, nor another that brought the same post."""
    for signed_anew in (False, True):
        story, member = told()
        asked = post(story)
        first = request(story, asked)
        enter(story, member, first)
        story.later(milliseconds=60_000)
        enter(story, member, request(story, asked) if signed_anew else first)
        found = audit(ledger(story)).findings[0]
        assert (found.seq, found.what) == (len(story.leaves) - 1, "enter_booth")
        assert "is behind entry" in found.sentence


def applied(story: Register, content: str, signer: rsa.RSAPrivateKey = KEY, **payload: Any) -> None:
    member = story.new_id()
    value = request(story, post(story, content), signer)
    given = {"member": member, "custody": "none", "via": "masto.test", "identity": story.names(), **payload}
    story.attested_act(member, "apply", value, **given)


def test_to_apply_is_one_word() -> None:
    story, _ = told()
    applied(story, "<p>@members apply</p>")
    found = audit(ledger(story))
    assert found.sound, found.findings
    applied(story, "<p>@members I would apply if I could</p>")
    assert audit(ledger(story)).findings[0].what == "apply"


SAYS = [
    '<p><span class="h-card"><a href="https://a.test/@members" class="u-url mention">@<span>members</span></a></span> '
    "booth</p>",
    "<p>@members@a.test <strong>Booth!</strong></p>",
    "“booth”",
    "BOOTH.<br>",
]


@pytest.mark.parametrize("content", SAYS)
def test_the_word_as_different_programs_write_it(content: str) -> None:
    assert asking.words(post(Register(), content), "a.test") == ("booth",)


def shapes() -> Iterator[dict[str, Any]]:
    fine = post(Register())
    yield {**fine, "type": "Update"}
    things: list[Any] = [None, "https://masto.test/notes/1", [], {**fine["object"], "type": "Question"}]
    for thing in things:
        yield {**fine, "object": thing}
    changes: list[Any] = [{"content": None}, {"content": "x" * 2001}, {"to": 7}, {"to": ["http://[a.test"]}, {"to": []}]
    for broken in changes:
        yield {**fine, "object": {**fine["object"], **broken}}


@pytest.mark.parametrize("activity", list(shapes()))
def test_what_asks_for_nothing(activity: dict[str, Any]) -> None:
    with pytest.raises(Unproven):
        asking.words(activity, "a.test")


def test_a_decision_that_hangs_on_the_booth_rests_on_both_hosts() -> None:
    """The host keeps the key of the session, and the member's server can open one."""
    story = Story()
    founders = story.founded(charter(), custody="member")
    ada = story.person(custody="none", via="masto.test")
    story.act(ada, "apply", **ada.introduction())
    admit = story.proposed(founders[0], {"kind": "Admit", "arguments": {"member": ada.id}})
    assert story.decided(admit, founders) == "executed"
    ballot = story.to_ballot(story.proposed(founders[0], {"kind": "Resolve", "arguments": {}}))
    begin(story, ada, SESSION)
    for voter, answer in ((founders[0], "for"), (founders[1], "against")):
        story.vote(voter, ballot, {"paper": answer})
    acts(story, ada, SESSION, "vote", ballot=ballot, choice=story.seal({"paper": "for"}))
    assert story.finished(ballot.partition(".")[0]) == "executed"
    found = audit(remembered(story))
    assert found.sound, found.findings
    assert [each.hosts for each in found.decisions] == [(), ("a.test", "masto.test")]
    assert next(found.lines()).endswith(", rests on a.test, rests on masto.test")
