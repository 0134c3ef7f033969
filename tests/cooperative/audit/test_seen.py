"""Heads, receipts and cosignatures: what others saw of a ledger binds it."""

import pytest

from phyle.cooperative.audit.asked import Asked
from phyle.cooperative.audit.auditing import audit
from phyle.cooperative.audit.receipts import receipted
from phyle.cooperative.audit.saved import Saved, resumed
from phyle.cooperative.law.acts import act_hash, sign
from phyle.cooperative.law.entries import ActEntry, read_entry
from phyle.cooperative.tree.keys import Kind, Signer
from phyle.cooperative.tree.notes import Note
from phyle.errors import Malformed, Unproven
from tests.cooperative.audit.ledgers import decided
from tests.cooperative.audit.memories import head, remembered, signed
from tests.cooperative.law.stories import ORIGIN, Person, Story, key, replayed

WITNESS = Signer("b.test/witness", Kind.COSIGNATURE, key(77))


@pytest.fixture
def story() -> Story:
    return decided()


def applied(story: Story, size: int, root: str) -> int:
    """Somebody applies who had seen a head; the entry's number."""
    person: Person = story.person()
    bare = story.document(person.key, person.id, "apply", person.introduction())
    del bare["proof"]
    document = sign({**bare, "head": {"size": size, "root": root}}, person.key, at=story.now)
    story._enter(document, "server-key")
    return len(story.leaves) - 1


def test_a_head_that_an_author_saw(story: Story) -> None:
    applied(story, 9, head(story, 9).root.hex())
    assert audit(remembered(story)).sound


def test_a_head_that_is_no_beginning_of_the_tree(story: Story) -> None:
    seq = applied(story, 9, "ab" * 32)
    found = audit(remembered(story))
    assert found.findings[0].seq == seq
    assert "two" in found.findings[0].sentence


def test_a_head_of_more_than_there_was(story: Story) -> None:
    seq = applied(story, 500, "ab" * 32)
    assert audit(remembered(story)).findings[0].seq == seq


def receipt(story: Story, act: str, received: int, signer: int = 1, **more: object) -> dict[str, object]:
    bare = {"phyle": ORIGIN, "act": act, "received": received, "by": received + 1000, **more}
    return sign(bare, key(signer), at=received)


def entry(story: Story, seq: int) -> ActEntry:
    found = read_entry(story.leaves[seq])
    assert isinstance(found, ActEntry)
    return found


def test_a_receipt_that_was_kept(story: Story) -> None:
    act = entry(story, 10)
    document = receipt(story, act.hash, act.received, state="entered", seq=10, at=act.at)
    found = audit(remembered(story), Asked(receipt=receipted(document)))
    assert found.sound
    assert found.receipt == "kept: the act is entry 10"


def test_a_receipt_for_what_was_left_out(story: Story) -> None:
    promised = receipt(story, "ab" * 32, entry(story, 10).received, state="waiting")
    found = audit(remembered(story), Asked(receipt=receipted(promised)))
    assert not found.sound
    assert "left out" in found.receipt


def test_a_receipt_for_another_place(story: Story) -> None:
    act = entry(story, 10)
    document = receipt(story, act.hash, act.received, state="entered", seq=9, at=act.at)
    assert not audit(remembered(story), Asked(receipt=receipted(document))).sound


def test_a_receipt_that_waits(story: Story) -> None:
    promised = receipt(story, "ab" * 32, read_entry(story.leaves[-1]).at, state="waiting")
    found = audit(remembered(story), Asked(receipt=receipted(promised)))
    assert found.sound
    assert "waits" in found.receipt


def test_a_receipt_that_somebody_else_signed(story: Story) -> None:
    document = receipt(story, "ab" * 32, story.now, signer=5, state="waiting")
    with pytest.raises(Unproven, match="proves nothing"):
        audit(remembered(story), Asked(receipt=receipted(document)))
    with pytest.raises(Unproven):
        receipted({**document, "received": 5})
    assert act_hash(document)


def test_times_are_bounded_by_a_witness(story: Story) -> None:
    ledger = remembered(story)
    last = read_entry(ledger.leaves[-1]).at
    note = Note.read(ledger.note)
    ledger.note = bytes(note.signed(WITNESS, seconds=last // 1000 + 1))
    found = audit(ledger, Asked(witnesses=(WITNESS.public,)))
    assert found.sound
    assert [bound.witness for bound in found.times] == ["b.test/witness"]
    unknown = audit(ledger)
    assert unknown.times == ()
    assert "on the host's word; b.test/witness cosigned" in "\n".join(unknown.lines())
    ledger.note = bytes(note.signed(WITNESS, seconds=last // 1000 - 3600))
    assert audit(ledger, Asked(witnesses=(WITNESS.public,))).findings[0].what == "time"


def test_a_cosignature_that_is_forged(story: Story) -> None:
    ledger = remembered(story)
    forger = Signer(WITNESS.name, Kind.COSIGNATURE, key(78))
    note = Note.read(ledger.note).signed(forger, seconds=10**9)
    text = bytes(note).decode()
    ledger.note = text.encode()
    found = audit(ledger, Asked(witnesses=(WITNESS.public,)))
    assert found.times == ()


def test_a_verified_state_is_saved_and_goes_on(story: Story) -> None:
    kept: list[bytes] = []

    def keep(saved: Saved) -> None:
        kept.append(bytes(saved))

    assert audit(remembered(story), Asked(save=keep)).sound
    known = signed(story, 9)
    applied(story, 9, head(story, 9).root.hex())
    longer = audit(remembered(story), Asked(saved=resumed(kept[0]), known=(known,)))
    whole = audit(remembered(story), Asked(known=(known,)))
    assert longer.sound
    assert longer.document()["standing"] == whole.document()["standing"]
    assert longer.document()["decisions"] == whole.document()["decisions"]
    assert longer.entries == whole.entries
    with pytest.raises(Malformed, match="damaged"):
        resumed(kept[0][:-1])


def test_a_new_epoch_says_what_was_lost(story: Story) -> None:
    """An entry is lost: the ledger begins again in the open, and the old head is no proof against it."""
    story.admitted()
    lost = signed(story)
    whole = head(story)
    story.leaves = story.leaves[:-1]
    story.state = replayed(story)
    story.operator_act(
        "restart",
        origin="a.test/ledger/2",
        old={"size": whole.size, "root": whole.root.hex()},
        reason=story.seal("The disk burnt."),
    )
    found = audit(remembered(story), Asked(known=(lost,)))
    assert found.sound, found.findings
    assert found.origin == "a.test/ledger/2"
    assert any("lost" in note.sentence for note in found.notes)
    assert audit(remembered(story), Asked(known=(signed(decided(), 9),))).sound


def test_a_head_of_another_ledger(story: Story) -> None:
    other = Story(log=key(55))
    other.begin()
    found = audit(remembered(story), Asked(known=(signed(other),)))
    assert "by no key" in found.findings[0].sentence
