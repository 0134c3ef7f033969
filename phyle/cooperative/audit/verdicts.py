"""The verdict of an audit: as lines for people, and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from phyle.cooperative.audit.facts import Rested
from phyle.cooperative.audit.findings import Finding
from phyle.cooperative.audit.making import Made
from phyle.cooperative.audit.standing import Share, Standing

SHOWN = 20
LONG = 1000
"""Milliseconds between receipt and entry that are worth a line."""
_PLAIN = (
    *("where", "level", "origin", "size", "root", "entries", "last"),
    *("delay", "delayed", "phase", "since", "receipt", "checkpoint"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One kind of thing that a ledger says, and how much of it was verified here."""

    what: str
    verified: int
    unverifiable: int = 0
    false: int = 0

    def document(self) -> dict[str, Any]:
        """Its JSON."""
        return {name: getattr(self, name) for name in ("what", "verified", "unverifiable", "false")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Booth:
    """What members on ordinary servers did in sessions, by keys that the phyle's host keeps. `confirmed`: of so many
    sessions it was verified here that the member's own server asked for them."""

    acts: int
    sessions: int
    confirmed: int

    def document(self) -> dict[str, Any]:
        """Its JSON."""
        return {name: getattr(self, name) for name in ("acts", "sessions", "confirmed")}

    def line(self, host: str) -> str:
        """How far it rests on whom."""
        acts, sessions = _count(self.acts, "act", "acts"), _count(self.sessions, "session", "sessions")
        done, asked = f"{acts} in {sessions} on the word of {host}", "asked for by the member's own server"
        if not self.confirmed:
            return f"{done}; that each was {asked}, members can verify"
        return f"{done}; {self.confirmed} {asked}: verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A witness saw the first `size` entries at a time (milliseconds), so none of them was made later."""

    witness: str
    time: int
    size: int

    def document(self) -> dict[str, Any]:
        """Its JSON."""
        return {name: getattr(self, name) for name in ("witness", "time", "size")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`findings`: what speaks against the ledger, the first entry first. `notes`: what cannot be seen from here.
    `times`: by whom the times of the entries are bounded; `last`: the time of the last entry, in milliseconds.
    `delay`: the longest between receipt and entry of an act, in milliseconds, which entry `delayed` had. `checkpoint`:
    the signed note. `evidence`: documents that prove what is false, by name."""

    where: str
    level: Literal["public", "member"]
    origin: str
    size: int
    root: str
    entries: int
    last: int = 0
    delay: int = 0
    delayed: int = 0
    phase: str = ""
    self_attested: bool = False
    standing: Standing | None = None
    made: Made | None = None
    decisions: tuple[Rested, ...] = ()
    acts: Mapping[str, int] = field(default_factory=dict)
    booth: Booth | None = None
    statements: tuple[Statement, ...] = ()
    times: tuple[Bound, ...] = ()
    cosigners: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    receipt: str = ""
    since: int = 0
    checkpoint: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Whether nothing speaks against the ledger."""
        return not self.findings

    @property
    def rests_on(self) -> tuple[str, ...]:
        """The hosts on whose word alone some decision rests."""
        return tuple(sorted({host for decision in self.decisions for host in decision.hosts}))

    def document(self) -> dict[str, Any]:
        """Its JSON."""
        found: dict[str, Any] = {name: getattr(self, name) for name in _PLAIN}
        found |= {"sound": self.sound, "self_attested": self.self_attested, "rests_on": list(self.rests_on)}
        found |= {"acts": dict(self.acts), "times": [each.document() for each in self.times]}
        found |= {"cosigners": list(self.cosigners), "standing": _standing(self.standing)}
        found["commons"] = self.made.document() if self.made is not None else None
        found["booth"] = self.booth.document() if self.booth is not None else None
        found["decisions"] = [_decision(each) for each in self.decisions]
        found["statements"] = [each.document() for each in self.statements]
        found["findings"] = [each.document() for each in self.findings]
        found["notes"] = [each.document() for each in self.notes]
        found["evidence"] = dict(self.evidence)
        return found

    def lines(self) -> Iterator[str]:
        """The short verdict: the first line says all, the others how far it rests on whom."""
        if self.findings:
            yield f"FALSE     {self.origin or self.where}"
            yield from (f"          {finding}" for finding in self.findings[:SHOWN])
        else:
            yield f"verified  {self.origin}{': self-attested' if self.self_attested else ''}{_rests(self.rests_on)}"
        last = f", the last of {moment(self.last)}" if self.last else ""
        yield f"tree      {_count(self.size, 'entry', 'entries')}{last}"
        yield f"          root {self.root}"
        if self.entries != self.size:
            yield f"          {self.entries} of them follow"
        if self.standing is not None:
            yield from _members(self.standing)
        if self.booth is not None:
            yield f"booth     {self.booth.line(self.origin.partition('/')[0])}"
        yield from self._decided()
        if self.made is not None:
            yield from self.made.lines()
        yield f"times     {self._bounds()}"
        if self.delay >= LONG:
            waited = f"{_while(self.delay)} before it was entered, says entry {self.delayed}"
            yield f"received  {waited}: no other waited longer"
        if self.since:
            yield f"since     compared with a head of {_count(self.since, 'entry', 'entries')} that was seen before"
        if self.receipt:
            yield f"receipt   {self.receipt}"
        yield from self._unseen()

    def _decided(self) -> Iterator[str]:
        passed = sum(decision.passed for decision in self.decisions)
        yield f"decisions {len(self.decisions)}, {passed} of them passed"
        for decision in [each for each in self.decisions if each.hosts][:SHOWN]:
            yield f"          entry {decision.seq} “{decision.title}”{_rests(decision.hosts)}"
        uncounted = sum(decision.uncounted for decision in self.decisions)
        if uncounted:
            yield f"          {uncounted} cannot be counted again here without the ballots of one host"

    def _bounds(self) -> str:
        if self.times:
            return "bounded by " + ", ".join(f"{it.witness} ({_bounded(it, self.size)})" for it in self.times)
        unknown = f"; {', '.join(self.cosigners)} cosigned, by keys unknown here" if self.cosigners else ""
        return f"on the host's word{unknown}"

    def _unseen(self) -> Iterator[str]:
        for statement in self.statements:
            if statement.unverifiable:
                yield f"unseen    {statement.what}: {statement.unverifiable}, beside {statement.verified} verified"
        yield from (f"          {note}" for note in self.notes[:SHOWN])


def moment(time: int) -> str:
    """A time in milliseconds, to the second, in UTC."""
    return f"{datetime.fromtimestamp(time // 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"


def _while(milliseconds: int) -> str:
    """A time that passed, in the unit that says it best."""
    seconds = milliseconds // 1000
    if seconds < 120:
        return _count(seconds, "second", "seconds")
    return f"{seconds // 60} minutes" if seconds < 7200 else f"{seconds // 3600} hours"


def _bounded(bound: Bound, size: int) -> str:
    return moment(bound.time) if bound.size == size else f"{moment(bound.time)} for the first {bound.size} entries"


def _members(found: Standing) -> Iterator[str]:
    yield f"members   {found.members}, of whom {found.electors} are full members"
    if found.known_by:
        yield f"          known by {', '.join(map(str, found.known_by))}"
    if found.domain is not None:
        yield f"          most through one domain: {found.domain}{_percent(found.domain)}"
    if found.voucher is not None:
        yield f"          most by the word of one voucher: {found.voucher}{_percent(found.voucher)}"


def _percent(share: Share) -> str:
    return f" ({share.part * 100 // share.whole} %)"


def _rests(hosts: Sequence[str]) -> str:
    return "".join(f", rests on {host}" for host in hosts)


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _decision(decision: Rested) -> dict[str, Any]:
    found = {name: getattr(decision, name) for name in ("seq", "proposal", "title", "passed", "uncounted")}
    return {**found, "rests_on": list(decision.hosts)}


def _standing(found: Standing | None) -> Any:
    if found is None:
        return None
    return {
        "members": found.members,
        "full": found.electors,
        "standings": dict(found.standings),
        "known_by": [_shared(share) for share in found.known_by],
        "largest_domain": _shared(found.domain),
        "largest_voucher": _shared(found.voucher),
    }


def _shared(share: Share | None) -> Any:
    return None if share is None else {"name": share.name, "part": share.part, "whole": share.whole}
