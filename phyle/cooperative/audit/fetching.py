"""What the law asks for besides the entries, fetched and compared with what names it: blobs and opened papers."""

from hashlib import sha256
from typing import Any

from phyle.cooperative.audit.facts import Facts
from phyle.cooperative.audit.findings import Finding, false
from phyle.cooperative.audit.sources import Source
from phyle.cooperative.law.spelling import parse
from phyle.cooperative.law.state import NotLoaded, OpenedVote, Sheet, State
from phyle.cooperative.law.values import Id, read
from phyle.errors import Malformed


class Fetching:
    """Loads into one state what its law misses."""

    def __init__(self, source: Source, state: State, facts: Facts) -> None:
        self._source, self._state, self._facts = source, state, facts
        self._compared: set[str] = set()

    def missing(self, seq: int, kind: str, missing: NotLoaded) -> Finding | None:
        """Fetch what the law could not find while it judged an entry; why that cannot be done, if it cannot."""
        what, name = missing.wanted
        if what == "blob":
            return self._blob(seq, kind, name)
        if what == "sheet":
            return self._sheet(seq, kind, name)
        return false(seq, kind, f"The rules ask for {what} {name}, which no entry made.")

    def _blob(self, seq: int, kind: str, hash: str) -> Finding | None:
        data = self._source.blob(hash)
        if data is None:
            sentence = f"It names the blob {hash}, which is withheld: what follows from it cannot be computed."
            return Finding(outcome="withheld", seq=seq, what=kind, sentence=sentence)
        if sha256(data).hexdigest() != hash:
            return unlike(seq, kind, hash, data)
        self._state.load_blob(hash, data)
        self._count(hash)
        return None

    def _sheet(self, seq: int, kind: str, ballot: str) -> Finding | None:
        data = self._source.sheet(ballot)
        if data is None:
            self._state.load_sheet(ballot, None)
            return None
        try:
            self._state.load_sheet(ballot, read_sheet(data))
        except Malformed as error:
            return false(seq, kind, f"The opened papers of the ballot {ballot} cannot be read: {error.sentence}.")
        self._facts.sheets += 1
        return None

    def compare(self, seq: int, kind: str, hash: str) -> Finding | None:
        """Compare a blob that an entry names; whether it is withheld can only be said at the end."""
        if hash in self._compared:
            return None
        data = self._source.blob(hash)
        if data is None:
            self._facts.absent.setdefault(hash, (seq, "blob"))
            return None
        if sha256(data).hexdigest() != hash:
            return unlike(seq, kind, hash, data)
        self._count(hash)
        return None

    def _count(self, hash: str) -> None:
        if hash not in self._compared:
            self._compared.add(hash)
            self._facts.blobs += 1


def unlike(seq: int, kind: str, hash: str, data: bytes) -> Finding:
    """What was given for a blob is something else."""
    return false(
        seq,
        kind,
        f"The blob that it names is another: what is given for it has the hash {sha256(data).hexdigest()}.",
        expected=hash,
    )


def read_sheet(data: bytes) -> Sheet:
    """The opened papers of a ballot from their canonical JSON, `[[member, value, salt], ...]`. Malformed otherwise."""
    rows: Any = read(tuple[tuple[Id, Any, str], ...], parse(data), "sheet")
    return tuple(OpenedVote(member=member, value=value, salt=salt) for member, value, salt in rows)
