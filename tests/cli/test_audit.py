"""`phyle audit` on files: what it answers, what it exits with, and what it remembers."""

import json
from pathlib import Path

import pytest

from phyle.cli.commands import main
from phyle.cooperative.law.spelling import spell
from phyle.cooperative.tree import hashing
from phyle.cooperative.tree.checkpoints import Checkpoint
from phyle.cooperative.tree.equivocation import Equivocation
from phyle.cooperative.tree.frontier import Frontier
from phyle.cooperative.tree.keys import Kind, Signer
from tests.cooperative.audit.ledgers import decided
from tests.cooperative.audit.memories import archived, remembered, signed
from tests.cooperative.law.stories import ORIGIN, Story


@pytest.fixture
def story() -> Story:
    return decided()


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "phyle"


@pytest.fixture
def file(story: Story, tmp_path: Path) -> Path:
    return archived(remembered(story), tmp_path / "ledger")


def test_an_honest_ledger(file: Path, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(file)]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"verified  {ORIGIN}, rests on a.test\n")
    assert "on the host's word" in said
    assert len(list((state / "heads").iterdir())) == 1


def test_the_verdict_as_json(file: Path, story: Story, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(file), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["sound"], found["self_attested"], found["rests_on"]) == (True, False, ["a.test"])
    assert found["size"] == len(story.leaves)


def test_a_phyle_that_nobody_else_has_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(archived(remembered(decided(via="a.test")), tmp_path / "own"))]) == 0
    assert ": self-attested" in capsys.readouterr().out.splitlines()[0]


def test_a_false_ledger(story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = remembered(story)
    ledger.leaves[5] = ledger.leaves[5].replace(b"server-key", b"member-key")
    assert main(["audit", str(archived(ledger, tmp_path / "false"))]) == 1
    assert "entry 5 (apply)" in capsys.readouterr().out


def test_a_file_that_was_cut_short(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_bytes(file.read_bytes()[:-20])
    assert main(["audit", str(file)]) == 1
    assert "ends within" in capsys.readouterr().err


def test_it_goes_on_from_what_was_verified(
    file: Path, story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", str(file)]) == 0
    once = capsys.readouterr().out
    assert main(["audit", str(file), "--resume"]) == 0
    assert capsys.readouterr().out.splitlines()[:7] == once.splitlines()[:7]
    story.admitted()
    longer = archived(remembered(story), tmp_path / "longer")
    assert main(["audit", str(longer), "--resume", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["entries"] == len(story.leaves)


def test_two_heads_that_contradict_each_other(
    file: Path, story: Story, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", str(file)]) == 0
    ledger = remembered(story)
    ledger.leaves = ledger.leaves[:-3]
    story.leaves = [*ledger.leaves]
    root = Frontier().extended(hashing.leaves(ledger.leaves)).root()
    lie = bytes(Checkpoint(ORIGIN, 9, root).note().signed(Signer(ORIGIN, Kind.ED25519, story.log)))
    since = state.parent / "since"
    since.write_bytes(lie)
    assert main(["audit", str(file), "--since", str(since)]) == 1
    assert "two trees" in capsys.readouterr().out
    (proof,) = (state / "proofs").iterdir()
    known = Signer(ORIGIN, Kind.ED25519, story.log).public
    older, newer = Equivocation.read(json.loads(proof.read_bytes())).verify([known])
    assert (older.size, newer.size) == (9, 17)


def test_a_ledger_that_has_gone_back(
    file: Path, story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", str(file)]) == 0
    story.leaves.pop()
    ledger = remembered(story)
    ledger.note = signed(story)
    assert main(["audit", str(archived(ledger, tmp_path / "back"))]) == 1
    assert "gone back" in capsys.readouterr().out


def test_what_is_no_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other"
    other.write_bytes(spell({}))
    assert main(["audit", str(other)]) == 1
    assert main(["audit", str(tmp_path / "nowhere")]) == 1
    assert main(["audit", "http://a.test"]) == 1
    assert "https" in capsys.readouterr().err
