"""What is remembered of each entry while a ledger is replayed: who acted how, who decided, which keys spoke when."""

from hashlib import sha256
from heapq import heappop, heappush

from phyle.cooperative.audit.facts import Facts, Hand
from phyle.cooperative.audit.findings import Finding, false
from phyle.cooperative.audit.recounting import rested
from phyle.cooperative.law.entries import ActEntry, Entry
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.naming import hashes_of
from phyle.cooperative.law.phyles import Phyle
from phyle.cooperative.law.state import State

EXCUSES = frozenset({"erase", "withhold"})
"""Acts that say of something that it is not to be had any more."""
OVER = frozenset({"decide"})


class Watching:
    """Fills the facts. `proven`: the acts, by hash, whose signed request was verified."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.proven: set[str] = set()

    def before(self, state: State, entry: Entry) -> Finding | None:
        """A decision is counted again before it is applied; an act stands in a ledger once."""
        if isinstance(entry, ActEntry):
            return self._replayed(entry)
        if entry.kind in OVER:
            papers = self._facts.papers.get(entry.payload["ballot"], {})
            self._facts.decisions.append(rested(state, entry, papers))
            self._facts.papers.pop(entry.payload["ballot"], None)
        return None

    def _replayed(self, entry: ActEntry) -> Finding | None:
        """What somebody signed once must not be entered again, when it says what they no longer want."""
        first = self._facts.nonces.get(_once(entry))
        if first is None:
            return None
        return false(
            entry.seq, entry.kind, f"Its author signed this nonce once, and it stands in entry {first} already."
        )

    def changed(self, state: State, fork: State, entry: Entry) -> None:
        """The keys of the phyle and the names of its ledger are remembered, with the entry from which they hold; and
        whoever stops being a full member, with the entry that did it."""
        for (what, id), after in fork.changed.items():
            if what == Phyle.SLICE:
                self._named(after, entry.seq)
            elif what == Member.SLICE:
                before = state.get(Member, id)
                if after is not None and after.standing == "member":
                    self._facts.ended.pop(id, None)
                elif before is not None and before.standing == "member":
                    self._facts.ended[id] = entry.seq

    def after(self, state: State, entry: Entry) -> Finding | None:
        """An act counts for its author; keys and erasures are remembered."""
        facts = self._facts
        if isinstance(entry, ActEntry):
            facts.nonces[_once(entry)] = entry.seq
            heappush(facts.expiring, (entry.act.expires, _once(entry)))
            if entry.at - entry.received > facts.delay:
                facts.delay, facts.delayed = entry.at - entry.received, entry.seq
            facts.acts[entry.author] = facts.acts.get(entry.author, 0) + 1
            facts.sessions += entry.kind == "enter_booth"
            facts.booth += entry.author == "attested" and "request" not in entry.evidence
            if entry.kind == "vote":
                self._paper(state, entry)
            elif entry.kind in EXCUSES:
                facts.excused |= dict.fromkeys(hashes_of(entry.act.payload), entry.seq)
        else:
            self._forget(entry.due)
        return None

    def _forget(self, due: int) -> None:
        """What expired before something that is entered was due, the law itself refuses from now on: so the memory of
        an audit does not grow with all that was ever signed."""
        facts = self._facts
        while facts.expiring and facts.expiring[0][0] <= due:
            facts.nonces.pop(heappop(facts.expiring)[1], None)

    def _paper(self, state: State, entry: ActEntry) -> None:
        ballot, member = entry.act.payload["ballot"], entry.act.by
        known = state.require(Member, member)
        via = (known.representative or known).via  # whoever acts for an organisation signs with a key of their own
        hand = Hand(author=entry.author, via=via, proven=entry.hash in self.proven)
        self._facts.papers.setdefault(ballot, {})[member] = hand

    def _named(self, here: Phyle, seq: int) -> None:
        facts = self._facts
        if not facts.keys or facts.keys[-1][1] != here.log_key:
            facts.keys.append((seq, here.log_key))
        if here.credential_key not in facts.credentials:
            facts.credentials.append(here.credential_key)
        if not facts.origins or facts.origins[-1][1] != here.origin:
            facts.origins.append((seq, here.origin))


def _once(entry: ActEntry) -> str:
    """What no two acts of a ledger have in common: author and nonce, so short that a long ledger fits into memory."""
    return sha256(f"{entry.act.by} {entry.act.nonce}".encode()).hexdigest()[:32]
