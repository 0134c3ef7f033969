"""An honest ledger is verified whole, at every size that it had, in one go or in several."""

from dataclasses import replace

import pytest

from phyle.cooperative.audit.asked import Asked
from phyle.cooperative.audit.auditing import audit
from phyle.cooperative.audit.saved import Saved, resumed
from phyle.cooperative.audit.verdicts import Verdict
from phyle.cooperative.tree import hashing, tiles
from tests.cooperative.audit.ledgers import decided, long
from tests.cooperative.audit.memories import Memory, remembered, signed
from tests.cooperative.law.stories import Story


def prefix(story: Story, size: int) -> Memory:
    """The ledger as it was published at a size."""
    leaves = story.leaves[:size]
    return replace(
        remembered(story), leaves=leaves, note=signed(story, size), hashes=tiles.built(hashing.leaves(leaves))
    )


def without_work(verdict: Verdict) -> dict[str, object]:
    """The verdict, less how much was compared on the way to it."""
    document = verdict.document()
    return {name: value for name, value in document.items() if name != "statements"}


def test_an_honest_ledger_is_verified_whole() -> None:
    story = decided()
    found = audit(remembered(story))
    assert found.findings == ()
    assert found.entries == found.size == len(story.leaves)
    assert [decision.passed for decision in found.decisions] == [True]


def test_every_size_is_right_or_waits_for_what_is_due() -> None:
    story = decided()
    for size in range(1, len(story.leaves) + 1):
        found = audit(prefix(story, size))
        assert found.entries == size
        assert [it.what for it in found.findings] in ([], ["missing"])


def test_it_goes_on_from_every_size_to_the_same_verdict() -> None:
    story = decided()
    whole = without_work(audit(remembered(story)))
    for size in range(1, len(story.leaves)):
        kept: list[bytes] = []

        def keep(saved: Saved, kept: list[bytes] = kept) -> None:
            kept.append(bytes(saved))

        if audit(prefix(story, size), Asked(save=keep)).sound:
            assert without_work(audit(remembered(story), Asked(saved=resumed(kept[0])))) == whole


def test_what_is_verified_is_saved_on_the_way() -> None:
    story, sizes = long(1100), list[int]()

    def keep(saved: Saved) -> None:
        sizes.append(resumed(bytes(saved)).tree.size)

    assert audit(remembered(story), Asked(save=keep, save_every=512)).sound
    assert sizes == [512, 1024, len(story.leaves)]


def test_progress_is_told() -> None:
    story, told = long(600), list[tuple[int, int]]()
    audit(remembered(story), Asked(progress=lambda done, size: told.append((done, size))))
    size = len(story.leaves)
    assert told == [(256, size), (512, size), (size, size)]


@pytest.mark.parametrize("again", [True, False])
def test_what_is_due_may_be_entered_in_a_moment(again: bool) -> None:
    """The checkpoint came between two entries of one moment: whoever looks again sees both."""
    story = decided()
    served = prefix(story, 15)

    def look() -> bool:
        later = prefix(story, len(story.leaves))
        served.leaves, served.note, served.hashes = later.leaves, later.note, later.hashes
        return again

    assert audit(served, Asked(again=look)).sound == again


def test_an_audit_does_not_remember_what_can_be_replayed_no_more() -> None:
    kept: list[Saved] = []
    story = long(400)
    assert audit(remembered(story), Asked(save=kept.append)).sound
    assert len(kept[-1].facts.nonces) < 60
    assert len(kept[-1].facts.nonces) == len(kept[-1].facts.expiring)
    assert resumed(bytes(kept[-1])).facts.nonces == kept[-1].facts.nonces
