"""`phyle audit`: verify the ledger of a phyle from its bytes alone, with no instance, no database and no settings."""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeAlias

import orjson

from phyle.cli import arguments
from phyle.cli.lines import shown
from phyle.cooperative.audit.asked import Asked
from phyle.cooperative.audit.auditing import audit, origin_of
from phyle.cooperative.audit.files import Archive
from phyle.cooperative.audit.memory import Keys, Memory, folder
from phyle.cooperative.audit.receipts import Receipted, receipted
from phyle.cooperative.audit.remote import Remote
from phyle.cooperative.audit.saved import Saved, resumed
from phyle.cooperative.audit.verdicts import Verdict
from phyle.cooperative.law.values import Key
from phyle.cooperative.tree.checkpoints import Checkpoint
from phyle.cooperative.tree.keys import VerifierKey
from phyle.cooperative.tree.notes import Note
from phyle.errors import Malformed, Missing, Refusal

_LABEL, _LONGEST_LINE = 10, 2000
_MOST_WITNESSES = 8
_TIMES = 10
_NUMBERS = frozenset(str(number) for number in range(1, 101))
Opened: TypeAlias = Archive | Remote


def register(commands: arguments.Commands) -> None:
    """Adds the command."""
    says = "Verify the ledger of a phyle: every entry, every decision, and that none is missing."
    parser = arguments.add_offline(commands, "audit", _audit, says=says)
    parser.add_argument("ledger", metavar="URL|FILE", help="https://HOST, or what `phyle ledger export` wrote")
    parser.add_argument("--token", metavar="TOKEN", help="a member's OAuth token, for the member level (PHYLE_TOKEN)")
    parser.add_argument("--since", metavar="CHECKPOINT", help="a file with a signed head that the ledger must continue")
    parser.add_argument("--receipt", metavar="FILE", help="a receipt: is the act in the ledger, as it was promised?")
    parser.add_argument(
        "--witness", metavar="VKEY", action="append", default=[], help="the key of a witness whose cosignature counts"
    )
    parser.add_argument("--resume", action="store_true", help="go on from what was verified here before")
    parser.add_argument("--insecure-local", action="store_true", help="take http from this machine")
    parser.add_argument("--json", action="store_true", help="the whole verdict as JSON")
    parser.add_argument("--progress", action="store_true", help="say how far it is; so it is on a terminal")


def _audit(given: argparse.Namespace) -> int:
    memory, ended = Memory(folder()), list[Saved]()

    def save(saved: Saved) -> None:
        memory.keep_state(origin, bytes(saved))
        ended[:] = [saved]

    with _opened(given) as source:
        origin = origin_of(source)
        receipt = _receipt(given.receipt)
        asked = Asked(
            known=tuple(_known(given, memory, origin, receipt)),
            witnesses=tuple(_witnesses(given, source)),
            receipt=receipt,
            saved=_saved(memory, origin) if given.resume else None,
            progress=_progress() if given.progress or sys.stderr.isatty() else lambda done, size: None,
            save=save,
            again=_again(source),
        )
        try:
            verdict = audit(source, asked)
        except KeyboardInterrupt:
            arguments.progress("phyle: broken off; what was verified until then can be taken up with --resume")
            raise
        if verdict.sound:
            remember(memory, verdict, ended[-1])
    for name, document in verdict.evidence.items():
        print(f"phyle: the proof is kept in {memory.keep_proof(origin, name, document)}", file=sys.stderr)
    _say(given, verdict)
    return 0 if verdict.sound else 1


def remember(memory: Memory, verdict: Verdict, verified: Saved) -> None:
    """What later audits compare with, and later credentials are verified by."""
    memory.keep_head(verdict.origin, verdict.checkpoint.encode())
    facts = verified.facts
    log = tuple(Key(key) for _, key in facts.keys)
    memory.keep_keys(verdict.origin, Keys(log=log, credential=tuple(map(Key, facts.credentials))))


def _say(given: argparse.Namespace, verdict: Verdict) -> None:
    if given.json:
        print(json.dumps(verdict.document(), ensure_ascii=False))
        return
    for line in verdict.lines():
        print(line[:_LABEL] + shown(line[_LABEL:], most=_LONGEST_LINE))


def _opened(given: argparse.Namespace) -> AbstractContextManager[Opened]:
    if "://" in given.ledger:
        token = given.token or os.environ.get("PHYLE_TOKEN", "")
        return Remote(given.ledger, token=token, insecure_local=given.insecure_local)
    try:
        return Archive(Path(given.ledger))
    except OSError as error:
        raise Missing(f"{given.ledger} cannot be read: {error.strerror}.") from error


def _known(given: argparse.Namespace, memory: Memory, origin: str, receipt: Receipted | None) -> Sequence[bytes]:
    """Every head that was seen before: here, by whoever gives it, and in the receipt."""
    found = [note for each in _epochs(origin) if (note := memory.head(each)) is not None]
    if given.since is not None:
        found.append(_content(given.since))
    if receipt is not None and receipt.receipt.checkpoint is not None:
        found.append(receipt.receipt.checkpoint.encode())
    for note in found:
        if Checkpoint.read(Note.read(note).text).origin.rpartition("/")[0] != origin.rpartition("/")[0]:
            raise Malformed("The head that was seen before is of another ledger.", cause=origin)
    return found


def _epochs(origin: str) -> list[str]:
    """The names of this epoch of a ledger and of those before it (at most a hundred)."""
    place, _, number = origin.rpartition("/")
    return [f"{place}/{each}" for each in range(1, int(number) + 1)] if number in _NUMBERS else [origin]


def _receipt(file: str | None) -> Receipted | None:
    if file is None:
        return None
    try:
        return receipted(orjson.loads(_content(file)))
    except orjson.JSONDecodeError as error:
        raise Malformed(f"{file} is no receipt: it is not JSON.") from error


def _witnesses(given: argparse.Namespace, source: Opened) -> list[VerifierKey]:
    """The keys that were given, and over the network those that the witnesses' own hosts say."""
    keys = [VerifierKey.read(text) for text in given.witness]
    note = Note.read(source.checkpoints()[0])
    names = {each.name for each in note.signatures} - {key.name for key in keys} - {note.text.partition("\n")[0]}
    if isinstance(source, Remote):
        asked = [source.witness(name) for name in sorted(names)[:_MOST_WITNESSES]]
        keys += [key for key in asked if key is not None]
    return keys


def _saved(memory: Memory, origin: str) -> Saved | None:
    data = memory.state(origin)
    try:
        return None if data is None else resumed(data)
    except Refusal as error:
        print(f"phyle: {error.sentence}", file=sys.stderr)
        return None


def _again(source: Opened) -> Callable[[], bool]:
    """A ledger that is served may be about to enter what is due: it is looked at again for a few seconds."""
    left = iter(range(_TIMES if isinstance(source, Remote) else 0))

    def wait() -> bool:
        more = next(left, None) is not None
        if more:
            time.sleep(1)
        return more

    return wait


def _progress() -> Callable[[int, int], None]:
    began = last = time.monotonic()

    def tell(done: int, size: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last > 1:
            last = now
            arguments.progress(f"verified {done} of {size} entries, {done / (now - began):.0f} in a second")

    return tell


def _content(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Missing(f"{file} cannot be read: {error.strerror}.") from error
