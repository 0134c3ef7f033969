"""The demonstration, with real processes: told through killings, not told twice, verified from outside, and gone."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from phyle.cli.commands import main
from phyle.cli.demo.cast import PASSWORD

ENDS = "Both are served until Ctrl-C."
_PATIENCE = 400.0


class Demo:
    """`phyle demo` in a folder, started as often as is needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder.with_suffix(".log")
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def memory(self) -> Any:
        return json.loads((self.folder / "demo.json").read_text())

    @property
    def makers(self) -> str:
        return f"http://localhost:{self.memory['ports'][0]}"

    @property
    def housing(self) -> str:
        return f"http://localhost:{self.memory['ports'][1]}"

    def start(self) -> None:
        with self.log.open("wb") as log:
            words = [sys.executable, "-m", "phyle", "demo", "--folder", str(self.folder)]
            self.process = subprocess.Popen(words, stdout=log, stderr=log, env=_environment())

    def until(self, words: str) -> str:
        """What was said, once these words were. It must not end before."""
        deadline = time.monotonic() + _PATIENCE
        while words not in (said := self.log.read_text()):
            assert self.process is not None
            assert self.process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.1)
        return said

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ctrl-C."""
        assert self.process is not None
        self.process.send_signal(2)
        return self.process.wait(60)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "phyle", *words]
        environment = {**_environment(), "XDG_STATE_HOME": str(self.folder / "auditor")}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    def reset(self) -> subprocess.CompletedProcess[str]:
        return self.command("demo", "--folder", str(self.folder), "--reset")


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PHYLE_")}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    made = Demo(tmp_path / "demo")
    yield made
    if made.process is not None and made.process.poll() is None:
        made.stop()
    made.reset()


def entries(origin: str) -> int:
    """How many entries the ledger has."""
    found = httpx.get(f"{origin}/api/phyle/v1/ledger/entries", params={"limit": 1}).json()
    return int(found[0]["seq"])


def decisions(origin: str) -> dict[str, str]:
    """The method of each proposal that was carried."""
    found = httpx.get(f"{origin}/api/phyle/v1/proposals").json()
    return {each["title"]: each["method"] for each in found if each["phase"] == "executed"}


def test_the_story_is_told_once_however_often_it_is_killed(demo: Demo) -> None:
    demo.start()
    demo.until("Offene Werkstatt is founded")
    demo.kill()
    demo.start()
    demo.until("Proposed: How we heat the common room")
    demo.kill()
    demo.start()
    said = demo.until(ENDS)
    assert "is founded" not in said
    assert "not carried" not in said.lower()
    _as_told(demo)

    before = [entries(demo.makers), entries(demo.housing)]
    assert demo.stop() == 0
    demo.start()
    again = demo.until(ENDS)
    assert "Proposed" not in again
    assert [entries(demo.makers), entries(demo.housing)] == before
    refused = demo.reset()
    assert (refused.returncode, "stop it" in refused.stderr) == (1, True)
    for origin in (demo.makers, demo.housing):
        audit = demo.command("audit", origin, "--insecure-local")
        assert audit.returncode == 0, audit.stdout
    assert demo.stop() == 0
    assert demo.reset().returncode == 0
    assert not demo.folder.exists()


def _as_told(demo: Demo) -> None:
    """What the last lines point to is there, and says what the story says."""
    assert set(decisions(demo.makers).values()) >= {"yesno", "approval", "stv"}
    assert "schulze" in decisions(demo.housing).values()
    api = f"{demo.makers}/api/phyle/v1/repositories/warmwerk"
    uses = {each["name"]: each["phase"] for each in httpx.get(f"{api}/uses").json() if not each["grant"]}
    assert uses == {
        "Hauskollektiv Lindenhof eG": "recognised",
        "Kessel & Sohn Wärme GmbH": "refused",
        "Calor del Sur, S. Coop. And.": "contested",
        "Wohnungsgenossenschaft Lindenhof eG": "declared",
    }
    assert [each["phase"] for each in httpx.get(f"{api}/uses").json() if each["grant"]] == ["recognised"]
    assert {each["phase"] for each in httpx.get(f"{api}/contributions").json()} == {"valid", "claimed"}
    assert len(httpx.get(f"{api}/commits").json()["steps"]) > 12
    for line in demo.log.read_text().splitlines():
        if line.startswith("  http://"):
            page = httpx.get(line.strip(), headers={"Accept": "text/html"}, follow_redirects=True)
            assert page.status_code == 200, line
    _logs_in(demo.makers, "yusuf")
    _logs_in(demo.housing, "tobias")


def _logs_in(origin: str, name: str) -> None:
    with httpx.Client(base_url=origin, follow_redirects=True) as browser:
        proof = browser.get("/auth/sign_in").text.partition('name="form_proof" value="')[2].partition('"')[0]
        answer = browser.post("/auth/sign_in", data={"login": name, "password": PASSWORD, "form_proof": proof})
        assert answer.status_code == 200
        assert browser.get("/settings").status_code == 200


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "lock").touch()
    (tmp_path / "thesis.txt").write_text("Chapter 1")
    for words in ([], ["--reset"]):
        assert main(["demo", "--folder", str(tmp_path), *words]) == 1
        assert "no folder of a demonstration" in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").read_text() == "Chapter 1"
