"""The same law on as little of the state as it asks for: what the server does, beside what a whole fold says."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from phyle.cooperative.law.entries import write_entry
from phyle.cooperative.law.replay import ALWAYS
from phyle.cooperative.law.state import Address, NotLoaded, State
from phyle.cooperative.law.table import LAW, SLICES
from phyle.cooperative.law.values import read, write
from phyle.errors import Refusal

T = TypeVar("T")


def load(part: State, whole: State, address: Address) -> None:
    """Fetch one thing as a server would: from JSON."""
    what, id = address
    if what == "group":
        kind, _, group = id.partition("/")
        found = whole.all(SLICES[kind], group)
        part.load_group(kind, group, {each: _fetched(kind, value) for each, value in found})
    elif what == "blob":
        part.load_blob(id, whole.blob(id))
    elif what == "sheet":
        part.load_sheet(id, whole.sheet(id))
    else:
        value = whole.get(SLICES[what], id)
        part.load(what, id, None if value is None else _fetched(what, value))


def _fetched(kind: str, value: Any) -> Any:
    return read(SLICES[kind], write(value))


def fetching(whole: State, wanted: tuple[Address, ...], run: Callable[[State], T]) -> tuple[T | str, State]:
    """What `run` gives on a state that holds only what it asks for, or the sentence with which it refuses."""
    part = State(whole=False)
    for address in (*ALWAYS, *wanted):
        load(part, whole, address)
    while True:
        fork = part.fork()
        try:
            return run(fork), fork
        except NotLoaded as missing:
            load(part, whole, missing.wanted)
        except Refusal as error:
            return error.sentence, fork


def decided(state: State, document: Mapping[str, Any], **given: Any) -> tuple[bytes | str, dict[Address, Any]]:
    """The entry's bytes, or the refusal; and what changed."""
    try:
        wanted = tuple(LAW.needs(document))
    except Refusal:
        wanted = ()

    def run(part: State) -> bytes:
        entry = LAW.decide(part, document, **given)
        LAW.apply(part, entry)
        return write_entry(entry)

    found, fork = fetching(state, wanted, run)
    return found, dict(fork.changed) if isinstance(found, bytes) else {}


def followed(state: State, at: int) -> tuple[bytes | str, dict[Address, Any]]:
    """The consequence that is due, and what changes."""

    def run(part: State) -> bytes:
        entry = LAW.due(part, at)
        assert entry is not None
        LAW.apply(part, entry)
        return write_entry(entry)

    found, fork = fetching(state, (), run)
    return found, dict(fork.changed)
