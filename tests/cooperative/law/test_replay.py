"""What may stand next in a ledger: the right number, time and version, signed, in time, and nothing due before it."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from phyle.cooperative.law.acts import sign
from phyle.cooperative.law.entries import Consequence, Entry, read_entry, write_entry
from phyle.cooperative.law.kinds import DAY, act, joined
from phyle.cooperative.law.phyles import next_item
from phyle.cooperative.law.spelling import spell
from phyle.cooperative.law.table import LAW
from phyle.cooperative.law.versions import NEWEST, law
from phyle.errors import Malformed, Refusal, Refused, Unproven
from phyle.powers import SELF
from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import Person, Story, key


def founded() -> tuple[Story, list[Person]]:
    story = Story()
    return story, story.founded(charter(), founders=4)


def entry_of(story: Story, person: Person, **changed: Any) -> Entry:
    document = story.document(person.key, person.id, "amend_identity", {"identity": {"name": "0" * 64}})
    given: dict[str, Any] = {"received": story.now + 1, "at": story.now + 1, "author": "server-key", **changed}
    return LAW.decide(story.state, document, **given)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"seq": 3}, "would be next"),
        ({"at": 5, "received": 4}, "older than the one before"),
        ({"rules": 2}, "version 2"),
        ({"received": 1_800_000_100_000}, "received after it was entered"),
    ],
)
def test_an_entry_follows_the_one_before(changed: dict[str, Any], sentence: str) -> None:
    story, people = founded()
    entry = entry_of(story, people[0])
    LAW.check(story.state, entry)
    with pytest.raises(Malformed, match=sentence):
        LAW.check(story.state, replace(entry, **changed))


def test_an_act_counts_here_before_it_expires_and_as_it_was_signed() -> None:
    story, people = founded()
    told = {"identity": {"name": "0" * 64}}
    given: dict[str, Any] = {"received": story.now + 1, "at": story.now + 1, "author": "server-key"}
    document = story.document(people[0].key, people[0].id, "amend_identity", told)
    late = {**given, "received": story.now + 2 * DAY, "at": story.now + 2 * DAY}
    with pytest.raises(Refused, match="expired"):
        LAW.decide(story.state, document, **late)
    bare = {name: value for name, value in document.items() if name != "proof"}
    elsewhere = sign({**bare, "phyle": "b.test/ledger/1"}, people[0].key, at=story.now)
    with pytest.raises(Refused, match="another ledger"):
        LAW.decide(story.state, elsewhere, **given)
    for changed in (
        {"by": people[1].id},
        {"nonce": "f" * 32},
        {"expires": bare["expires"] + 1},
        {"payload": {"identity": {"name": "1" * 64}}},
        {"head": {"size": 1, "root": "0" * 64}},
    ):
        with pytest.raises(Unproven):
            LAW.decide(story.state, {**document, **changed}, **given)
    with pytest.raises(Unproven, match="server-key"):
        LAW.decide(story.state, document, **{**given, "author": "member-key"})
    stolen = sign(bare, key(4242), at=story.now)
    with pytest.raises(Unproven, match="another key"):
        LAW.decide(story.state, stolen, **given)


@pytest.mark.parametrize("broken", [{"nonce": "F" * 32}, {"more": 1}, {"kind": "x"}, {"by": 1}, {"expires": 1.5}])
def test_what_is_no_act(broken: dict[str, Any]) -> None:
    story, people = founded()
    document = {**story.document(people[0].key, people[0].id, "exit", {}), **broken}
    with pytest.raises(Malformed):
        LAW.decide(story.state, document, received=story.now, at=story.now, author="server-key")


def test_what_is_due_comes_first_and_only_what_is_due() -> None:
    story, people = founded()
    item = next_item(story.state)
    assert item is not None
    assert LAW.due(story.state, item.time - 1) is None
    due = LAW.due(story.state, item.time)
    assert due is not None
    story.now = item.time - 1
    with pytest.raises(Refused, match="A consequence is missing"):
        entry_of(story, people[0], received=item.time, at=item.time)
    entry_of(story, people[0], received=item.time - 1, at=item.time)
    for changed, sentence in (
        ({"at": due.at - 1}, "Nothing was due"),
        ({"due": due.due + 1}, "What was due is"),
        ({"kind": "tier", "payload": {"tier": "x"}}, "What was due is"),
        ({"payload": {**due.payload, "next": 1}}, "does not say what follows"),
    ):
        with pytest.raises(Refusal, match=sentence):
            LAW.check(story.state, replace(due, **changed))
    LAW.check(story.state, due)


def test_whatever_is_refused_leaves_the_state_as_it_was() -> None:
    story, people = founded()
    before = list(story.state.everything())
    entry = entry_of(story, people[0])
    for forged in (replace(entry, seq=99), replace(entry, author="attested"), replace(entry, author="host")):
        with pytest.raises(Refusal):
            LAW.enter(story.state, forged)
    assert list(story.state.everything()) == before


def test_an_entry_has_one_spelling_and_a_bound() -> None:
    story, _ = founded()
    for leaf in story.leaves:
        assert write_entry(read_entry(leaf)) == leaf
        spaced = orjson.dumps(orjson.loads(leaf), option=orjson.OPT_INDENT_2)
        with pytest.raises(Malformed, match="canonical"):
            read_entry(spaced)
        with pytest.raises(Malformed, match="unknown"):
            read_entry(spell({**orjson.loads(leaf), "more": 1}))
    long = Consequence(seq=0, at=0, rules=1, due=0, kind="x", payload={"text": "x" * 70_000})
    with pytest.raises(Malformed, match="65535"):
        write_entry(long)
    with pytest.raises(Malformed, match="more than 65535"):
        read_entry(b"[" + b"1," * 40_000 + b"1]")


def test_the_tables_declare_each_word_once_with_its_power() -> None:
    kind = {"word": LAW.acts["exit"]}
    with pytest.raises(ValueError, match="twice"):
        joined(kind, kind)
    bare = act(Person, lambda state, given: None, lambda state, given: None, power="")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="is no power"):
        joined({"word": bare})
    assert all(each.power for each in (*LAW.acts.values(), *LAW.consequences.values()))
    assert LAW.acts["exit"].power == SELF


def test_the_versions_of_the_rules_are_known_by_number() -> None:
    assert law(NEWEST) is LAW
    with pytest.raises(Refused, match="unknown here"):
        law(NEWEST + 1)


@pytest.mark.threat("I4")
def test_nothing_is_dated_back_behind_what_was_due() -> None:
    """The host closes a ballot, sees how it will end, and says that one more paper had come in time."""
    story, people = founded()
    proposal = story.proposed(people[0], {"kind": "Resolve", "arguments": {}})
    ballot = story.to_ballot(proposal)
    story.vote(people[0], ballot, {"paper": "against"})
    before = story.now
    told = {"ballot": ballot, "choice": story.seal({"paper": "for"})}
    document = story.document(people[1].key, people[1].id, "vote", told)
    assert LAW.decide(story.state, document, received=before + 1, at=before + 1, author="server-key")
    story.later(milliseconds=story.ballot(ballot).closes - story.now)
    closed = next(entry for leaf in reversed(story.leaves) if (entry := read_entry(leaf)).kind == "close")
    assert isinstance(closed, Consequence)
    for received in (before + 1, closed.due - 1):
        with pytest.raises(Malformed, match="before the time of a consequence"):
            LAW.decide(story.state, document, received=received, at=story.now, author="server-key")
