"""What one auditor remembers from one audit to the next, in a folder of their own: heads, verified states, proofs."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from phyle.cooperative.tree.checkpoints import Checkpoint
from phyle.cooperative.tree.notes import Note


class Memory:
    """Files below `folder`, one for each ledger, named by its origin."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def head(self, origin: str) -> bytes | None:
        """The newest head of a ledger that was found right, as a signed note."""
        return _read(self._path("heads", origin, "note"))

    def keep_head(self, origin: str, note: bytes) -> None:
        """Remember a head that was found right, unless a newer one is remembered."""
        known = self.head(origin)
        if known is None or _size(known) < _size(note):
            _write(self._path("heads", origin, "note"), note)

    def state(self, origin: str) -> bytes | None:
        """Where an audit got to."""
        return _read(self._path("audits", origin, "state"))

    def keep_state(self, origin: str, data: bytes) -> None:
        """Remember where an audit got to."""
        _write(self._path("audits", origin, "state"), data)

    def keep_proof(self, origin: str, name: str, document: Mapping[str, Any]) -> Path:
        """A document that proves to anybody what is false; where it is now."""
        path = self._path("proofs", f"{origin} {name}", "json")
        _write(path, json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n")
        return path

    def _path(self, kind: str, name: str, ending: str) -> Path:
        return self._folder / kind / f"{quote(name, safe='')[:200]}.{ending}"


def folder() -> Path:
    """Where the user's programs keep what they remember (XDG base directories)."""
    state = os.environ.get("XDG_STATE_HOME", "")
    return (Path(state) if state.startswith("/") else Path.home() / ".local" / "state") / "phyle"


def _size(note: bytes) -> int:
    return Checkpoint.read(Note.read(note).text).size


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _write(path: Path, data: bytes) -> None:
    """All of it or what was there before."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_bytes(data)
    draft.replace(path)
