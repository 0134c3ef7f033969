"""check, due, apply, decide: whether an entry may follow, what must follow, and what it changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from phyle.cooperative.law import acts
from phyle.cooperative.law.acts import Author
from phyle.cooperative.law.entries import ActEntry, Consequence, Entry, wrap, write_entry
from phyle.cooperative.law.kinds import ActKind, ConsequenceKind, Given
from phyle.cooperative.law.members import noted
from phyle.cooperative.law.phyles import Clock, Phyle, next_item, unschedule
from phyle.cooperative.law.proving import prove
from phyle.cooperative.law.state import Address, State
from phyle.cooperative.law.values import read, write
from phyle.errors import Malformed, Refused

ALWAYS: tuple[Address, ...] = (("clock", ""), ("phyle", ""), ("agenda", ""))
"""Slices that every decision reads."""
BEGINNING = Clock(seq=0, at=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """One version of the rules: its number, and what its words mean."""

    number: int
    acts: Mapping[str, ActKind]
    consequences: Mapping[str, ConsequenceKind]

    def needs(self, document: Mapping[str, Any]) -> Iterable[Address]:
        """The slices that deciding an act reads, besides those that every decision reads."""
        act = acts.read_act(document)
        kind = self._kind(act.kind)
        yield ("member", act.by)
        payload: Any = read(kind.payload, act.payload, "payload")
        yield from kind.needs(payload)
        yield from kind.mine(payload, act.by)

    def due(self, state: State, at: int) -> Consequence | None:
        """What must be entered next at the time `at` (milliseconds), None if nothing is due. Blobs that it makes are
        kept on the state. SheetWithheld if it needs the openings of a ballot that cannot be had."""
        item = next_item(state)
        if item is None or item.time > at:
            return None
        kind = self.consequences[item.kind]
        fork = state.fork()
        payload = write(kind.due(fork, at, item))
        state.kept |= fork.kept
        clock = state.require(Clock)
        return Consequence(
            seq=clock.seq, at=max(at, clock.at), rules=self.number, due=item.time, kind=item.kind, payload=payload
        )

    def decide(
        self,
        state: State,
        document: Mapping[str, Any],
        *,
        received: int,
        at: int,
        author: Author,
        evidence: Mapping[str, Any] | None = None,
    ) -> ActEntry:
        """The entry with which an act is answered. Raises the Refusal with which it is answered otherwise."""
        clock = state.get(Clock) or BEGINNING
        entry = wrap(
            document,
            seq=clock.seq,
            at=max(at, clock.at),
            received=received,
            author=author,
            rules=self.number,
            evidence=evidence,
        )
        self.check(state, entry)
        return entry

    def check(self, state: State, entry: Entry) -> Given | None:
        """Raises a Refusal unless the entry may stand next in the ledger. An act comes back as it was judged, so that
        `apply` need not read it again."""
        self._follows(state, entry)
        if isinstance(entry, Consequence):
            self._check_consequence(state, entry)
            return None
        return self._check_act(state, entry)

    def apply(self, state: State, entry: Entry, given: Given | None = None) -> None:
        """What a checked entry changes, on a fork. Raises nothing for a checked entry."""
        due = (state.get(Clock) or BEGINNING).due
        if isinstance(entry, Consequence):
            unschedule_due(state, entry)
            kind = self.consequences[entry.kind]
            kind.apply(state, entry.at, read(kind.payload, entry.payload, "payload"))
            due = max(due, entry.due)
        else:
            given = given or self._given(entry)
            self._kind(entry.kind).apply(state, given)
            noted(state, given)
        state.put(Clock(seq=entry.seq + 1, at=entry.at, due=due))

    def enter(self, state: State, entry: Entry) -> bytes:
        """Check and apply an entry; its leaf. Whatever is refused leaves the state as it was."""
        given = self.check(state, entry)
        fork = state.fork()
        self.apply(fork, entry, given)
        leaf = write_entry(entry)
        state.absorb(fork)
        return leaf

    def _follows(self, state: State, entry: Entry) -> None:
        clock = state.get(Clock) or BEGINNING
        if entry.seq != clock.seq:
            raise Malformed(f"The entry has the number {entry.seq}; {clock.seq} would be next.")
        if entry.at < clock.at:
            raise Malformed("The entry is older than the one before it.")
        if entry.rules != self.number:
            raise Malformed(f"The entry was made by version {entry.rules} of the rules; {self.number} holds.")

    def _check_consequence(self, state: State, entry: Consequence) -> None:
        expected = self.due(state, entry.at)
        if expected is None:
            raise Refused(f"Nothing was due that would make this {entry.kind} entry.")
        if expected.kind != entry.kind or expected.due != entry.due:
            raise Refused(f"What was due is {expected.kind}, not {entry.kind}.")
        if write_entry(expected) != write_entry(entry):
            raise Refused(f"The {entry.kind} entry does not say what follows from the entries before it.")

    def _check_act(self, state: State, entry: ActEntry) -> Given:
        """What was received in time stands before the consequence of that time. So a host can date nothing back behind
        what was closed, decided or lapsed. No honest ledger ever had such an entry: before a consequence is entered,
        the server waits for all that was received before its time."""
        act, kind = entry.act, self._kind(entry.kind)
        missing = next_item(state)
        if missing is not None and missing.time <= entry.received and missing.kind != kind.instead:
            raise Refused(f"A consequence is missing before this entry: {missing.kind} was due.")
        if entry.received > entry.at:
            raise Malformed("The entry says that the act was received after it was entered.")
        if entry.received < (state.get(Clock) or BEGINNING).due:
            raise Malformed(
                "The entry says that the act was received before the time of a consequence that is entered."
            )
        if act.expires <= entry.received:
            raise Refused("The act had expired when it was received: sign it again.")
        here = state.get(Phyle)
        if here is not None and act.phyle != here.origin:
            raise Refused("The act is meant for another ledger.", cause=act.phyle)
        given = self._given(entry)
        prove(state, kind, given)
        if here is not None and here.phase == "dissolved" and not kind.ever:
            raise Refused("This phyle is dissolved.")
        kind.check(state, given)
        return given

    def _given(self, entry: ActEntry) -> Given:
        return Given(entry=entry, payload=read(self._kind(entry.kind).payload, entry.act.payload, "payload"))

    def _kind(self, name: str) -> ActKind:
        try:
            return self.acts[name]
        except KeyError:
            raise Malformed(f"There is no act of the kind {name[:40]!r}.") from None


def unschedule_due(state: State, entry: Consequence) -> None:
    """The item that the consequence answers leaves the agenda before the consequence applies."""
    item = next_item(state)
    if item is not None:
        unschedule(state, item.kind, item.id)
