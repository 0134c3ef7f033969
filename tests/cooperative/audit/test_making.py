"""An audit of what was made and used: each outcome computed again, and how far the signatures rest on one host."""

import pytest

from phyle.cooperative.audit.auditing import audit
from phyle.cooperative.law.entries import read_entry
from phyle.cooperative.law.spelling import parse, spell
from phyle.cooperative.tree import hashing, tiles
from tests.cooperative.audit.memories import Memory, remembered, signed
from tests.cooperative.law.clauses import SIMPLE
from tests.cooperative.law.commoning import claimed, commons, declared, offered, outsider, told, validated
from tests.cooperative.law.stories import Story


def rebuilt(story: Story, leaves: list[bytes]) -> Memory:
    """The ledger with other leaves, under a tree and a head of its own: what a host can do that lies from the start."""
    story.leaves[:] = leaves
    memory = remembered(story)
    return Memory(
        note=signed(story, len(leaves)),
        leaves=leaves,
        hashes=tiles.built(hashing.leaves(leaves)),
        blobs=memory.blobs,
        sheets=memory.sheets,
    )


def test_a_ledger_with_works_is_verified_and_counted() -> None:
    story = commons()
    found = audit(remembered(story))
    assert found.findings == ()
    assert found.made is not None
    assert found.made.works == 2
    assert found.made.contributions == {"valid": 2, "withdrawn": 1}
    assert found.made.uses == {"recognised": 2, "refused": 2, "withdrawn": 1}
    assert [str(each) for each in found.made.authors] == [
        "server-key a.test 3 of 5",
        "server-key b.test from outside 1 of 5",
        "server-key c.test from outside 1 of 5",
    ]
    assert found.made.resting == {}
    assert found.document()["commons"]["contributions"] == {"valid": 2, "withdrawn": 1}
    assert "commons   works: 2; contributions: 3, 2 of them valid; uses: 5, 2 of them recognised" in list(found.lines())


def test_without_works_nothing_is_said_of_them() -> None:
    story = Story()
    story.founded(SIMPLE)
    found = audit(remembered(story))
    assert (found.made, found.document()["commons"]) == (None, None)
    assert not [line for line in found.lines() if line.startswith("commons")]


def test_both_signatures_by_keys_that_one_host_keeps_rest_on_it() -> None:
    story = Story()
    people = story.founded(SIMPLE)
    work = offered(story, people[0])
    validated(story, people[1], people[0], work)
    far = outsider(story)
    validated(story, far, people[0], work, outsider=told(far))
    own = outsider(story)
    own.custody = "member"
    validated(story, own, people[0], work, outsider=told(own))
    found = audit(remembered(story))
    assert found.made is not None
    assert found.made.resting == {"a.test": 1}
    assert "          1 of 3 valid contributions rest on a.test alone, for both signatures" in list(found.lines())
    assert "member-key from outside 1 of 4" in [str(each) for each in found.made.authors]


@pytest.mark.threat("I14")
@pytest.mark.parametrize(
    ("old", "new"), [(b'"outcome":"refused"', b'"outcome":"allowed"'), (b"Profit Ltd", b"Bakery Ltd")]
)
def test_one_changed_outcome_is_found_even_if_the_host_built_the_tree_anew(old: bytes, new: bytes) -> None:
    story = Story()
    people = story.founded(SIMPLE)
    work = offered(story, people[0])
    firm = {"user": "private-firm", "name": "Profit Ltd", "said": {"employees": True, "profit": True}}
    declared(story, people[1], work, **firm)
    claimed(story, people[1], work)
    seq = next(place for place, leaf in enumerate(story.leaves) if read_entry(leaf).kind == "declare_use")
    leaves = list(story.leaves)
    leaves[seq] = spell(parse(leaves[seq].replace(old, new)))
    found = audit(rebuilt(story, leaves))
    assert not found.sound
    assert found.findings[0].seq == seq


def test_an_outcome_that_its_author_signed_and_the_facts_do_not_give_is_found() -> None:
    """A host and a user who lie together, with a signature that holds, are found by the table."""
    story = Story()
    people = story.founded(SIMPLE)
    work = offered(story, people[0])
    declared(story, people[1], work)
    entry = parse(story.leaves[-1])
    payload = {**entry["act"]["payload"], "said": {"outside_investors": True}}
    lie = story.document(people[1].key, people[1].id, "declare_use", payload)
    found = audit(rebuilt(story, [*story.leaves[:-1], spell({**entry, "act": lie})]))
    assert [each.seq for each in found.findings] == [len(story.leaves) - 1]
    assert "By PPL/1 this is needs-negotiation under 4(c)(ii), not allowed" in str(found.findings[0])
