"""What one auditor remembers from one audit to the next, in a folder of their own: heads, verified states, proofs."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from phyle.cooperative.law.spelling import parse, spell
from phyle.cooperative.law.values import Key, read, write
from phyle.cooperative.tree.checkpoints import Checkpoint
from phyle.cooperative.tree.keys import VerifierKey
from phyle.cooperative.tree.notes import Note
from phyle.identity import multikey


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys by which a phyle has spoken, as Multikeys: of its log and of its credentials."""

    log: tuple[Key, ...]
    credential: tuple[Key, ...]


def read_keys(document: Any) -> Keys:
    """Keys from their JSON, or from what an instance serves as /ledger/keys. Malformed if it is neither."""
    if isinstance(document, Mapping) and isinstance(document.get("credential"), str):
        log = [VerifierKey.read(text) for text in read(tuple[str, ...], document.get("log"), "log")]
        public = [Ed25519PublicKey.from_public_bytes(key.material) for key in log]
        document = {"log": [multikey.encode(key) for key in public], "credential": [document["credential"]]}
    return read(Keys, document, "keys")


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

    def keys(self, origin: str) -> Keys | None:
        """The keys of a ledger, as one that was found right names them."""
        data = _read(self._path("keys", origin, "json"))
        return None if data is None else read_keys(parse(data))

    def keep_keys(self, origin: str, keys: Keys) -> None:
        """Remember the keys of a ledger that was found right."""
        _write(self._path("keys", origin, "json"), spell(write(keys)))

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
