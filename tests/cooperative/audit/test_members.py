"""The member level: identities and the signed requests behind attested acts are verified against what was pinned."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from phyle.cooperative.audit.auditing import audit
from phyle.cooperative.audit.evidence import written
from phyle.cooperative.audit.sources import Opened, Openings
from phyle.cooperative.law.commitments import commit
from phyle.cooperative.law.entries import ActEntry, read_entry
from phyle.cooperative.law.spelling import spell
from phyle.federation import signatures
from phyle.federation.signatures import Signer
from phyle.identity import multikey
from tests.cooperative.audit.memories import Memory, remembered
from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import Story

ACTOR = "https://masto.test/users/ada"
KEY = rsa.generate_private_key(65537, 2048)
OTHER = rsa.generate_private_key(65537, 2048)


def request(story: Story, activity: Mapping[str, Any], signer: rsa.RSAPrivateKey = KEY) -> dict[str, Any]:
    """The request with which a fediverse server brings an activity, as it is kept."""
    body = orjson.dumps(activity)
    headers = signatures.sign(
        Signer(key_id=f"{ACTOR}#main-key", key=signer),
        method="POST",
        url="https://a.test/inbox",
        now=datetime.fromtimestamp(story.now / 1000, UTC),
        body=body,
    )
    lower = {name.lower(): value for name, value in headers.items()}
    return written(method="POST", target="/inbox", scheme="https", headers=lower, body=body)


class Register(Story):
    """A story in which everybody's identity is an opening, and a member is known by a fediverse account alone."""

    def names(self) -> dict[str, str]:
        return {"actor": self.seal(ACTOR), "pinned": self.seal(multikey.encode(KEY.public_key()))}

    def attested_act(self, by: str, kind: str, value: Any, **payload: Any) -> None:
        document = self.document(self.host, by, kind, payload)
        self._enter(document, "attested", evidence={"request": self.seal(value)})

    def given(self, *, without: str = "") -> Openings:
        """What members may see, but for one commitment."""
        names = {}
        for leaf in self.leaves:
            entry = read_entry(leaf)
            if isinstance(entry, ActEntry):
                names |= {it: name for name, it in {**entry.act.payload.get("identity", {}), **entry.evidence}.items()}
        return Openings(
            opened={
                it: Opened(name=names.get(it, "reason"), value=value, salt=salt)
                for it, (value, salt) in self.openings.items()
                if it != without
            }
        )


def told(signer: rsa.RSAPrivateKey = KEY, actor: str = ACTOR, kind: str = "Follow") -> tuple[Register, str]:
    """Three found; somebody on Mastodon applies by a signed Follow, which another key may have signed."""
    story = Register()
    story.begin()
    hash = story.keep(charter().encode())
    people = [story.person() for _ in range(3)]
    for each in people:
        names = {"actor": story.seal(f"https://a.test/users/{each.id}")}
        story.act(each, "sign", charter=hash, **{**each.introduction(), "identity": names})
    story.act(people[0], "found", charter=hash, founders=sorted(each.id for each in people))
    member = story.new_id()
    story.now += 1
    follow = {"type": kind, "actor": actor, "object": "https://a.test/groups/members"}
    value = request(story, follow, signer)
    story.attested_act(member, "apply", value, member=member, custody="none", via="masto.test", identity=story.names())
    return story, member


def ledger(story: Register, **given: Any) -> Memory:
    return replace(remembered(story), given=story.given(**given))


def test_identities_and_requests_are_verified() -> None:
    story, _ = told()
    found = audit(ledger(story))
    assert found.sound, found.findings
    assert found.level == "member"
    counted = {each.what: each.verified for each in found.statements}
    assert counted["openings"] == 6
    assert counted["signed requests"] == 1


def test_a_request_that_the_host_made_up() -> None:
    story, _ = told(signer=OTHER)
    found = audit(ledger(story)).findings[0]
    assert (found.seq, found.what) == (5, "apply")
    assert "key that was pinned" in found.sentence
    assert audit(remembered(story)).sound, "at the public level nobody can tell"


def test_a_request_of_somebody_else() -> None:
    story, _ = told(actor="https://masto.test/users/eve")
    assert "another account" in audit(ledger(story)).findings[0].sentence


def test_a_request_that_says_something_else() -> None:
    """The host cannot take what somebody signed for what they did not do."""
    story, _ = told(kind="Like")
    assert "not how a member does this" in audit(ledger(story)).findings[0].sentence


def test_a_request_that_is_used_twice() -> None:
    story, _ = told()
    value = next(value for value, _ in story.openings.values() if isinstance(value, dict))
    other = story.new_id()
    story.attested_act(other, "apply", value, member=other, custody="none", via="masto.test", identity=story.names())
    found = audit(ledger(story)).findings[0]
    assert found.seq == 6
    assert "behind entry 5 already" in found.sentence


def test_who_leaves_takes_the_follow_back() -> None:
    story, member = told()
    undo = {"type": "Undo", "actor": ACTOR, "object": {"type": "Follow", "actor": ACTOR}}
    story.attested_act(member, "exit", request(story, undo))
    found = audit(ledger(story))
    assert found.sound, found.findings
    assert {each.what: each.verified for each in found.statements}["signed requests"] == 2


@pytest.mark.threat("I14")
def test_every_changed_opening_is_named() -> None:
    story, _ = told()
    for commitment, (value, salt) in list(story.openings.items()):
        changed = ledger(story)
        assert changed.given is not None
        was = changed.given.opened[commitment]
        lie = replace(was, value=f"{value}!") if isinstance(value, str) else replace(was, value={**value, "body": ""})
        changed.given = Openings(opened={**changed.given.opened, commitment: lie})
        found = audit(changed).findings[0]
        assert commitment.encode() in story.leaves[found.seq or 0]
        assert salt


def test_an_opening_that_is_withheld_from_members() -> None:
    story, _ = told()
    commitment = next(iter(story.openings))
    found = audit(ledger(story, without=commitment)).findings[0]
    assert found.outcome == "withheld"
    assert commitment.encode() in story.leaves[found.seq or 0]


def test_an_opening_that_is_said_to_be_erased_and_is_not() -> None:
    story, _ = told()
    commitment = next(iter(story.openings))
    lying = ledger(story, without=commitment)
    assert lying.given is not None
    lying.given = replace(lying.given, erased={commitment: 3})
    assert audit(lying).findings[0].outcome == "withheld"


def test_what_is_for_the_register_alone_is_no_fault() -> None:
    story, _ = told()
    commitment = next(iter(story.openings))
    closed = ledger(story, without=commitment)
    assert closed.given is not None
    closed.given = replace(closed.given, closed=frozenset({commitment}))
    assert audit(closed).sound


def test_a_request_is_written_as_json() -> None:
    value = written(method="POST", target="/inbox", scheme="https", headers={"host": "a.test"}, body=b"\x00\xff")
    assert spell(value)
    assert base64.b64decode(value["body"]) == b"\x00\xff"


def test_what_lapsed_and_is_done_anew_is_named() -> None:
    """The law cannot see that two commitments are to the same: members can."""
    story = Register()
    founders = story.founded(charter())
    ana = founders[0]
    for each in founders:
        value, salt = f"https://{each.via}/actors/{each.id}", "00" * 16
        story.openings[commit(value, salt)] = (value, salt)

    def moderated(target: str) -> int:
        told = {"target": story.seal(target), "action": "hide", "reason": story.seal("spam")}
        story.act(ana, "moderate", moderation=story.new_id(), **told)
        return len(story.leaves) - 1

    first = moderated("https://a.test/1")
    moderated("https://a.test/2")
    story.later(days=4)
    second = moderated(" https://a.test/1")
    story.later(days=40)
    moderated("https://a.test/1")
    ledger = remembered(story)
    assert not audit(ledger).notes
    ledger.given = story.given()
    ledger.given = replace(
        ledger.given,
        opened={
            it: replace(opened, name="target") if str(opened.value).strip().startswith("https://a.test/") else opened
            for it, opened in ledger.given.opened.items()
        },
    )
    verdict = audit(ledger)
    assert verdict.sound, verdict.findings
    (note,) = verdict.notes
    assert (note.outcome, note.seq, f"entry {first} " in note.sentence) == ("again", second, True)
