"""`phyle credential verify`: offline as of a checkpoint, online as the ledger stands."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from phyle import clock
from phyle.cli.commands import main
from phyle.cooperative.law import credentials
from phyle.cooperative.law.kinds import DAY
from phyle.cooperative.tree import hashing
from phyle.cooperative.tree.logged import Logged
from phyle.cooperative.tree.notes import Note
from phyle.cooperative.tree.tiles import built, inclusion_proof
from phyle.identity import multikey
from tests.cooperative.audit.ledgers import decided
from tests.cooperative.audit.memories import archived, remembered, signed
from tests.cooperative.audit.serving import Host, served
from tests.cooperative.law.stories import Person, Story, key


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "phyle"


@pytest.fixture
def story() -> Story:
    return decided()


@pytest.fixture
def host(story: Story) -> Iterator[Host]:
    with served(remembered(story)) as server:
        yield server


def document(story: Story, member: str, *, days: int = 0) -> dict[str, Any]:
    """A credential of today, or of some days ago, by the story's host."""
    index = next(seq for seq, leaf in enumerate(story.leaves) if b'"execute"' in leaf)
    tree = built(hashing.leaves(story.leaves))
    proof = tuple(inclusion_proof(index, len(story.leaves), tree))
    logged = Logged(index, proof, Note.read(signed(story)))
    return credentials.credential(
        story.state,
        member,
        actor="https://b.test/users/ada",
        issuer="https://a.test/groups/phyle",
        leaf=story.leaves[index],
        logged=logged,
        key=story.host,
        at=int(clock.now().timestamp() * 1000) - days * DAY,
    )


def newcomer(story: Story) -> str:
    """The id of whoever was admitted by decision."""
    return next(id for id, it in story.state._slices["member"][""].items() if not it.founder)


def whoever(story: Story, id: str) -> Person:
    """The newcomer, who can act again."""
    public = story.state._slices["member"][""][id].key
    return next(
        Person(id=id, key=key(1000 + made), via="b.test")
        for made in range(story.made)
        if multikey.encode(key(1000 + made).public_key()) == public
    )


def written(value: Any, path: Path) -> str:
    path.write_text(json.dumps(value))
    return str(path)


def keys_of(story: Story) -> dict[str, Any]:
    log, own = story.log.public_key(), story.host.public_key()
    return {"log": [multikey.encode(log)], "credential": [multikey.encode(own)]}


def test_offline_by_given_keys(story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(document(story, newcomer(story)), tmp_path / "credential")
    assert main(["credential", "verify", file]) == 1
    assert "phyle audit https://a.test" in capsys.readouterr().err
    keys = written(keys_of(story), tmp_path / "keys")
    assert main(["credential", "verify", file, "--keys", keys]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"valid     as of the checkpoint of {len(story.leaves)} entries, until ")
    assert "https://b.test/users/ada" in said


def test_offline_by_the_keys_of_a_ledger_that_was_audited(story: Story, tmp_path: Path) -> None:
    assert main(["audit", str(archived(remembered(story), tmp_path / "ledger"))]) == 0
    assert main(["credential", "verify", written(document(story, newcomer(story)), tmp_path / "credential")]) == 0


def test_what_was_changed_or_has_expired(story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys = written(keys_of(story), tmp_path / "keys")
    good = document(story, newcomer(story))
    for change in (
        {"credentialSubject": {**good["credentialSubject"], "id": "https://b.test/users/eve"}},
        {"phyle:evidence": {**good["phyle:evidence"], "phyle:entry": story.leaves[5].decode()}},
        {"proof": None},
        {"credentialSubject": None},
    ):
        file = written({**good, **change}, tmp_path / "changed")
        assert main(["credential", "verify", file, "--keys", keys]) == 1
    old = written(document(story, newcomer(story), days=91), tmp_path / "old")
    assert main(["credential", "verify", old, "--keys", keys]) == 1
    assert "expired" in capsys.readouterr().err


def test_keys_of_somebody_else(story: Story, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = Story(host=story.log, log=story.host)
    keys = written(keys_of(other), tmp_path / "keys")
    file = written(document(story, newcomer(story)), tmp_path / "credential")
    assert main(["credential", "verify", file, "--keys", keys]) == 1
    assert "never named" in capsys.readouterr().err


def test_online(story: Story, host: Host, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    id = newcomer(story)
    file = written(document(story, id), tmp_path / "credential")
    words = ["credential", "verify", file, "--online", "--url", host.address, "--insecure-local"]
    assert main(words) == 0
    assert f"current   as of entry {len(story.leaves) - 1}" in capsys.readouterr().out
    story.act(whoever(story, id), "exit")
    host.ledger = remembered(story)
    assert main(words) == 1
    assert f"revoked   since entry {len(story.leaves) - 1}: " in capsys.readouterr().out
