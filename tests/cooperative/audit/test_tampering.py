"""Whatever is changed in a ledger is named, with the entry that it is about."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from phyle.cooperative.audit.auditing import audit
from phyle.cooperative.audit.findings import Finding
from phyle.cooperative.law.acts import sign
from phyle.cooperative.law.entries import ActEntry, Consequence, read_entry, write_entry
from phyle.cooperative.law.spelling import parse, spell
from phyle.cooperative.tree import hashing, tiles
from phyle.cooperative.tree.checkpoints import Checkpoint
from phyle.cooperative.tree.frontier import Frontier
from phyle.cooperative.tree.keys import Kind, Signer
from tests.cooperative.audit.ledgers import decided
from tests.cooperative.audit.memories import Memory, remembered, signed
from tests.cooperative.law.charters import charter
from tests.cooperative.law.stories import ORIGIN, Story, key


@pytest.fixture
def story() -> Story:
    return decided()


@pytest.fixture
def ledger(story: Story) -> Memory:
    return remembered(story)


def places(ledger: Memory, kind: str) -> list[int]:
    """Where entries of a kind stand."""
    return [seq for seq, leaf in enumerate(ledger.leaves) if read_entry(leaf).kind == kind]


def first(ledger: Memory) -> Finding:
    """The one thing that is false."""
    found = audit(ledger)
    assert not found.sound
    assert "FALSE" in next(iter(found.lines()))
    return found.findings[0]


def signed_again(ledger: Memory, story: Story) -> None:
    """The host changes its tree and its checkpoint with the entries: only the replay can find it."""
    root = Frontier().extended(hashing.leaves(ledger.leaves)).root()
    note = Checkpoint(ORIGIN, len(ledger.leaves), root).note()
    ledger.note = bytes(note.signed(Signer(ORIGIN, Kind.ED25519, story.log)))
    ledger.hashes = tiles.built(hashing.leaves(ledger.leaves))


def changed(leaf: bytes, change: Callable[[dict], None]) -> bytes:
    document = json.loads(leaf)
    change(document)
    return spell(document)


def renumbered(leaves: list[bytes]) -> list[bytes]:
    return [changed(leaf, lambda it, seq=seq: it.update(seq=seq)) for seq, leaf in enumerate(leaves)]


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


@pytest.mark.threat("I14")
def test_every_byte_of_every_entry(ledger: Memory) -> None:
    for seq, leaf in enumerate(ledger.leaves):
        ledger.leaves[seq] = flipped(leaf, len(leaf) // 2)
        assert first(ledger).seq == seq
        ledger.leaves[seq] = leaf


def test_an_entry_that_the_host_changed_together_with_its_tree(ledger: Memory, story: Story) -> None:
    seq = places(ledger, "vote")[1]
    choice = story.seal({"paper": "against"})
    ledger.leaves[seq] = changed(ledger.leaves[seq], lambda it: it["act"]["payload"].update(choice=choice))
    signed_again(ledger, story)
    found = first(ledger)
    assert (found.seq, found.what) == (seq, "vote")
    assert "signature" in found.sentence


def test_a_tile_is_blamed_and_not_the_entry(ledger: Memory) -> None:
    ledger.hashes[0, 0] = flipped(ledger.hashes[0, 0], 5 * 32 + 3)
    found = first(ledger)
    assert (found.seq, found.what) == (5, "tile")


def test_a_withheld_tile(ledger: Memory) -> None:
    del ledger.hashes[0, 0]
    assert first(ledger).what == "tile"


def test_the_root_of_the_checkpoint(ledger: Memory, story: Story) -> None:
    ledger.note = bytes(
        Checkpoint(ORIGIN, len(ledger.leaves), bytes(32)).note().signed(Signer(ORIGIN, Kind.ED25519, story.log))
    )
    assert first(ledger).what == "checkpoint"


def test_the_signature_of_the_checkpoint(ledger: Memory) -> None:
    text = ledger.note.decode()
    ledger.note = (
        text.replace(text[-20], "A" if text[-20] != "A" else "B").encode() if text[-20] != "A" else text.encode()
    )
    other = Signer(ORIGIN, Kind.ED25519, key(99))
    root = Frontier().extended(hashing.leaves(ledger.leaves)).root()
    ledger.note = bytes(Checkpoint(ORIGIN, len(ledger.leaves), root).note().signed(other))
    found = first(ledger)
    assert found.what == "checkpoint"
    assert "not signed by the key" in found.sentence


def test_a_sheet(ledger: Memory) -> None:
    (ballot,) = ledger.sheets
    rows = parse(ledger.sheets[ballot])
    rows[1][1] = {"paper": "against"}
    ledger.sheets[ballot] = spell(rows)
    found = first(ledger)
    assert (found.seq, found.what) == (places(ledger, "tally")[0], "tally")
    assert rows[1][0] in found.sentence


def test_a_sheet_withheld_without_cause(ledger: Memory) -> None:
    ledger.sheets.clear()
    found = first(ledger)
    assert (found.outcome, found.seq) == ("withheld", places(ledger, "tally")[0])


@pytest.mark.parametrize("change", [None, b"something else"])
def test_every_blob(ledger: Memory, change: bytes | None) -> None:
    for hash, data in list(ledger.blobs.items()):
        if not any(hash.encode() in leaf for leaf in ledger.leaves):
            continue
        if change is None:
            del ledger.blobs[hash]
        else:
            ledger.blobs[hash] = change
        found = first(ledger)
        assert found.seq is not None
        assert hash.encode() in ledger.leaves[found.seq]
        ledger.blobs[hash] = data


def test_every_dropped_entry(ledger: Memory, story: Story) -> None:
    """Numbers and all, so that only what follows can tell. What a single member did can be left out if nothing hangs
    on it, and the end as if it had not come yet: receipts and witnesses find that."""
    for seq, leaf in enumerate(ledger.leaves[:-1]):
        if read_entry(leaf).kind in ("vouch", "noticed"):
            continue
        cut = replace(ledger, leaves=renumbered([*ledger.leaves[:seq], *ledger.leaves[seq + 1 :]]))
        signed_again(cut, story)
        assert first(cut).seq in (None, *range(seq, len(ledger.leaves)))


def test_a_dropped_consequence_is_said_to_be_missing(ledger: Memory, story: Story) -> None:
    seq = places(ledger, "decide")[0]
    ledger.leaves = renumbered([*ledger.leaves[:seq], *ledger.leaves[seq + 1 :]])
    signed_again(ledger, story)
    found = first(ledger)
    assert found.seq == seq
    assert "decide" in f"{found.sentence} {found.expected}"


def test_a_consequence_missing_at_the_end(ledger: Memory, story: Story) -> None:
    while read_entry(ledger.leaves[-1]).kind != "close":
        ledger.leaves.pop()
    signed_again(ledger, story)
    found = first(ledger)
    assert (found.seq, found.what) == (len(ledger.leaves), "missing")
    assert "tally" in found.sentence


def test_a_gap(ledger: Memory) -> None:
    del ledger.leaves[4]
    found = first(ledger)
    assert found.seq == 4


def test_a_short_ledger(ledger: Memory) -> None:
    ledger.leaves.pop()
    found = first(ledger)
    assert (found.seq, found.outcome) == (len(ledger.leaves), "withheld")


def test_two_entries_in_each_others_place(ledger: Memory, story: Story) -> None:
    one, other = places(ledger, "vote")[:2]
    ledger.leaves[one], ledger.leaves[other] = ledger.leaves[other], ledger.leaves[one]
    ledger.leaves = renumbered(ledger.leaves)
    signed_again(ledger, story)
    found = first(ledger)
    assert found.seq == other
    assert "older" in found.sentence


def test_a_vote_that_somebody_else_signed(ledger: Memory, story: Story) -> None:
    seq = places(ledger, "vote")[0]

    def forge(entry: dict) -> None:
        bare = {name: value for name, value in entry["act"].items() if name != "proof"}
        entry["act"] = sign(bare, key(99), at=entry["at"])

    ledger.leaves[seq] = changed(ledger.leaves[seq], forge)
    signed_again(ledger, story)
    found = first(ledger)
    assert (found.seq, found.what) == (seq, "vote")
    assert "another key" in found.sentence


def test_a_wrong_tally(ledger: Memory, story: Story) -> None:
    seq = places(ledger, "tally")[0]
    ledger.leaves[seq] = changed(ledger.leaves[seq], lambda it: it["payload"]["counts"][0].update(for_=4))
    signed_again(ledger, story)
    found = first(ledger)
    assert (found.seq, found.what) == (seq, "tally")
    assert '"for_":3' in found.expected


def test_a_decision_that_does_not_follow(ledger: Memory, story: Story) -> None:
    seq = places(ledger, "decide")[0]
    ledger.leaves[seq] = changed(ledger.leaves[seq], lambda it: it["payload"].update(passed=False))
    signed_again(ledger, story)
    assert first(ledger).seq == seq


def test_a_ballot_counted_late(ledger: Memory, story: Story) -> None:
    """A vote received after the close and entered before it."""
    seq, close = places(ledger, "vote")[-1], places(ledger, "close")[0]
    closes = read_entry(ledger.leaves[close]).at
    ledger.leaves[seq] = changed(ledger.leaves[seq], lambda it: it.update(received=closes, at=closes))
    signed_again(ledger, story)
    found = first(ledger)
    assert found.seq == seq
    assert "close" in found.sentence


def test_an_older_head_of_the_same_tree_is_continued(ledger: Memory, story: Story) -> None:
    ledger.older = [signed(story, 9)]
    assert audit(ledger).sound


def test_an_entry_is_spelt_in_one_way(ledger: Memory, story: Story) -> None:
    ledger.leaves[3] = json.dumps(json.loads(ledger.leaves[3])).encode()
    signed_again(ledger, story)
    assert first(ledger).seq == 3


def test_an_entry_written_again_is_the_same(ledger: Memory) -> None:
    assert [write_entry(read_entry(leaf)) for leaf in ledger.leaves] == ledger.leaves


def test_each_statement_is_verified_unseen_or_false(ledger: Memory) -> None:
    counted = {each.what: (each.verified, each.unverifiable, each.false) for each in audit(ledger).statements}
    assert counted["entries"] == (len(ledger.leaves), 0, 0)
    assert counted["sheets of ballots"] == (1, 0, 0)
    ledger.sheets.clear()
    counted = {each.what: (each.verified, each.unverifiable, each.false) for each in audit(ledger).statements}
    assert counted["sheets of ballots"] == (0, 0, 1)
    ledger.leaves[3] = b"{}"
    counted = {each.what: (each.verified, each.unverifiable, each.false) for each in audit(ledger).statements}
    assert counted["entries"] == (3, 0, 1)


def test_an_act_that_the_host_enters_a_second_time() -> None:
    """A paper that was replaced is signed as well as the one that replaced it; only the nonce tells that it is old."""
    story = Story()
    ada, *_ = story.founded(charter(), founders=3)
    ballot = story.to_ballot(story.proposed(ada, {"kind": "Resolve", "arguments": {}}))
    story.vote(ada, ballot, {"paper": "against"})
    old = read_entry(story.leaves[-1])
    assert isinstance(old, ActEntry)
    story.vote(ada, ballot, {"paper": "for"})
    story._enter(old.document, old.author)
    found = first(remembered(story))
    assert (found.seq, found.what) == (len(story.leaves) - 1, "vote")
    assert "already" in found.sentence


@pytest.mark.threat("I14")
def test_an_act_that_the_host_dates_back(ledger: Memory, story: Story) -> None:
    """It may say that it entered something late, but not that it came before what was due and is entered."""
    seq = max(place for place in places(ledger, "vote"))
    entry, before = read_entry(ledger.leaves[seq]), read_entry(ledger.leaves[places(ledger, "open")[-1]])
    assert isinstance(entry, ActEntry)
    assert isinstance(before, Consequence)
    ledger.leaves[seq] = write_entry(replace(entry, received=before.due - 1))
    signed_again(ledger, story)
    found = first(ledger)
    assert (found.seq, "before the time of a consequence" in str(found)) == (seq, True)
    ledger.leaves[seq] = write_entry(replace(entry, received=before.due))
    signed_again(ledger, story)
    verdict = audit(ledger)
    assert verdict.sound, verdict.findings
    assert (verdict.delay, verdict.delayed) == (entry.at - before.due, seq)
    told = [line for line in replace(verdict, delay=7_300_000).lines() if line.startswith("received")]
    assert told == [f"received  2 hours before it was entered, says entry {seq}: no other waited longer"]
