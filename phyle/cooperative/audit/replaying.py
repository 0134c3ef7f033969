"""Replay: each entry in its turn is judged by the rules that it names, and compared with what had to follow."""

from collections.abc import Callable
from typing import Any

from phyle.cooperative.audit.facts import Facts
from phyle.cooperative.audit.fetching import Fetching
from phyle.cooperative.audit.findings import Finding, false
from phyle.cooperative.audit.sources import Source
from phyle.cooperative.law import versions
from phyle.cooperative.law.ballots import Ballot
from phyle.cooperative.law.entries import ActEntry, Consequence, Entry, read_entry, write_entry
from phyle.cooperative.law.kinds import Given
from phyle.cooperative.law.naming import blobs_named
from phyle.cooperative.law.phyles import Clock, Phyle, charter_as_of, next_item
from phyle.cooperative.law.proposals import power_over
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.state import NotLoaded, SheetWithheld, State
from phyle.cooperative.law.values import read
from phyle.errors import Refusal, Unavailable

MOST_FETCHES = 10_000
READ_NO_MORE = frozenset({"close", "tally", "minutes"})
"""Consequences whose blobs only people read: they are compared and not kept, or a long ledger would fill the memory."""
Observe = Callable[[State, Entry], Finding | None]
Changed = Callable[[State, State, Entry], None]


class Replay:
    """The state after the entries so far. `before` looks at each entry that was judged right, before it is applied;
    `changed` at the fork with what it changes, `after` when that is absorbed."""

    def __init__(
        self, source: Source, state: State, facts: Facts, *, before: Observe, changed: Changed, after: Observe
    ) -> None:
        self.state, self.facts = state, facts
        self._fetching = Fetching(source, state, facts)
        self._before, self._changed, self._after = before, changed, after

    def enter(self, seq: int, leaf: bytes) -> Finding | None:
        """Judge and apply the leaf that stands at `seq`; why it cannot stand there, if it cannot."""
        try:
            entry = read_entry(leaf)
        except Refusal as error:
            return false(seq, "unreadable", f"{error.sentence}.")
        if entry.seq != seq:
            return _out_of_order(seq, entry)
        if (found := self._unknown(entry)) is not None:
            return found
        for _ in range(MOST_FETCHES):
            try:
                return self._entered(entry)
            except NotLoaded as missing:
                found = self._fetching.missing(seq, entry.kind, missing)
                if found is not None:
                    return found
        return false(seq, entry.kind, "It asks for more than any entry needs.")

    def _unknown(self, entry: Entry) -> Finding | None:
        """Unavailable if the phyle has decided on rules that are newer than this program."""
        here = self.state.get(Phyle)
        if entry.rules > (here.rules if here is not None else 1):
            return false(entry.seq, entry.kind, f"No decision has made version {entry.rules} of the rules hold.")
        if entry.rules not in versions.LAWS:
            raise Unavailable(f"Entry {entry.seq} was made by version {entry.rules} of the rules: update this program.")
        return None

    def _entered(self, entry: Entry) -> Finding | None:
        given = self._judged(entry)
        found = given if isinstance(given, Finding) else self._before(self.state, entry)
        if found is not None or isinstance(given, Finding):
            return found
        fork = self.state.fork()
        try:
            versions.law(entry.rules).apply(fork, entry, given)
        except NotLoaded:
            raise
        except Exception as error:
            return _broken(entry, error)
        self._changed(self.state, fork, entry)
        self.state.absorb(fork)
        self.facts.entries += 1
        return self._compared(entry) or self._after(self.state, entry)

    def _judged(self, entry: Entry) -> Given | Finding | None:
        try:
            return versions.law(entry.rules).check(self.state, entry)
        except NotLoaded:
            raise
        except SheetWithheld as error:
            return self._uncounted(entry, str(error))
        except Refusal as error:
            return self._refused(entry, error)
        except Exception as error:
            return _broken(entry, error)

    def _refused(self, entry: Entry, error: Refusal) -> Finding:
        sentence, expected = error.sentence, ""
        due = next_item(self.state)
        if due is not None and due.time <= (entry.due if isinstance(entry, Consequence) else entry.received):
            expected = f"{due.kind} of {due.id or 'the phyle'}, which was due at {due.time}"
            if not isinstance(entry, Consequence):
                sentence = f"A consequence is missing before it: {due.kind} was due and was not entered."
            elif entry.kind == due.kind:
                expected = self._must_be(entry) or expected
        detail = f" ({error.cause})" if error.cause else ""
        return false(entry.seq, entry.kind, f"{sentence.removesuffix('.')}{detail}.", expected=expected)

    def _must_be(self, entry: Consequence) -> str:
        """The consequence as it follows, for somebody who wants to compare."""
        try:
            due = versions.law(entry.rules).due(self.state, entry.at)
        except (Refusal, LookupError):
            return ""
        return "" if due is None else write_entry(due).decode()

    def _uncounted(self, entry: Entry, ballot: str) -> Finding | None:
        """The papers of a ballot cannot be opened here: its count is taken as it is, and everything else judged."""
        if isinstance(entry, ActEntry):
            # An early close asks for the papers last: all else was judged, and the count says whether they are there.
            return None
        due = next_item(self.state)
        if due is None or (due.kind, due.time) != (entry.kind, entry.due):
            return false(entry.seq, entry.kind, "It is not what was due.", expected=due.kind if due else "nothing")
        try:
            payload: Any = read(versions.law(entry.rules).consequences[entry.kind].payload, entry.payload, "payload")
        except Refusal as error:
            return false(entry.seq, entry.kind, f"{error.sentence}.")
        if getattr(payload, "ballot", ballot) != ballot or entry.at < self.state.require(Clock).at:
            return false(entry.seq, entry.kind, "It is about another ballot, or older than the entry before it.")
        public = _audience(self.state, ballot) == "public"
        self.facts.absent.setdefault(ballot, (entry.seq, "papers" if public else "papers for members"))
        return None

    def _compared(self, entry: Entry) -> Finding | None:
        """The blobs that an entry names; those of the law itself it made, and must be given too."""
        payload: Any = entry.act.payload if isinstance(entry, ActEntry) else entry.payload
        for hash in blobs_named(entry.kind, payload):
            found = self._fetching.compare(entry.seq, entry.kind, hash)
            if found is not None:
                return found
        if self.state.kept:
            self._kept(entry.kind)
        return None

    def _kept(self, kind: str) -> None:
        """What the law made, for as long as it may read it."""
        if kind not in READ_NO_MORE:
            for hash, data in self.state.kept.items():
                self.state.load_blob(hash, data)
        self.state.kept.clear()


def _audience(state: State, ballot: str) -> str:
    """Who may see the papers of a ballot, by the charter that was in force when it opened."""
    held = state.require(Ballot, ballot)
    law, proposal = charter_as_of(state, held.frozen), state.require(Proposal, held.proposal)
    return power_over(state, law, proposal).ballots


def _out_of_order(seq: int, entry: Entry) -> Finding:
    if entry.seq > seq:
        return false(seq, "missing", f"The entry is missing: where it must stand, entry {entry.seq} stands.")
    return false(seq, entry.kind, f"Entry {entry.seq} stands here a second time.", expected=f"entry {seq}")


def _broken(entry: Entry, error: Exception) -> Finding:
    return false(entry.seq, entry.kind, f"The rules cannot be applied to it ({type(error).__name__}: {error}).")
