"""A phyle in memory: people who sign, a clock that we set, and a ledger that grows by the law alone."""

import base64
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phyle.cooperative.law.acts import sign
from phyle.cooperative.law.ballots import Ballot, Paper
from phyle.cooperative.law.commitments import commit
from phyle.cooperative.law.entries import Entry, read_entry
from phyle.cooperative.law.kinds import DAY
from phyle.cooperative.law.members import Member, electors
from phyle.cooperative.law.phyles import next_item, phyle
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.spelling import spell
from phyle.cooperative.law.state import OpenedVote, State
from phyle.cooperative.law.table import LAW
from phyle.identity import multikey

BEGINNING = 1_800_000_000_000
ORIGIN, HOST = "a.test/ledger/1", "a.test"


def key(seed: int) -> Ed25519PrivateKey:
    """Always the same key for the same number."""
    return Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32, "big"))


def name(seed: int) -> str:
    """Always the same id for the same number."""
    return base64.b32encode(random.Random(seed).randbytes(16)).decode().rstrip("=").lower()


@dataclass(kw_only=True)
class Person:
    """Somebody with a ledger key. `via`: the host that they are known through."""

    id: str
    key: Ed25519PrivateKey
    via: str = HOST
    custody: str = "server"

    @property
    def multikey(self) -> str:
        return multikey.encode(self.key.public_key())

    def introduction(self, klass: str = "member") -> dict[str, Any]:
        told: dict[str, Any] = {
            "member": self.id,
            "custody": self.custody,
            "via": self.via,
            "identity": {"actor": commit(f"https://{self.via}/actors/{self.id}", "00" * 16)},
        }
        if self.via != HOST or self.custody == "none":
            told["identity"]["pinned"] = commit({"id": f"https://{self.via}/key", "pem": "..."}, "00" * 16)
        if self.custody != "none":
            told["key"] = self.multikey
        return told if klass == "member" else {**told, "klass": klass}


@dataclass(kw_only=True)
class Story:
    """The ledger so far. Every act enters what is due first and after it; `later` lets time pass."""

    state: State = field(default_factory=State)
    leaves: list[bytes] = field(default_factory=list)
    now: int = BEGINNING
    made: int = 0
    origin: str = ORIGIN
    openings: dict[str, tuple[Any, str]] = field(default_factory=dict)
    host: Ed25519PrivateKey = field(default_factory=lambda: key(1))
    log: Ed25519PrivateKey = field(default_factory=lambda: key(2))

    def person(self, **given: Any) -> Person:
        self.made += 1
        return Person(id=name(self.made), key=key(1000 + self.made), **given)

    def new_id(self) -> str:
        self.made += 1
        return name(self.made)

    def seal(self, value: Any) -> str:
        """A commitment whose opening the story remembers."""
        self.made += 1
        salt = random.Random(self.made).randbytes(16).hex()
        commitment = commit(value, salt)
        self.openings[commitment] = (value, salt)
        return commitment

    def document(self, signer: Ed25519PrivateKey, by: str, kind: str, payload: Any) -> dict[str, Any]:
        self.made += 1
        bare = {
            "phyle": self.origin,
            "kind": kind,
            "by": by,
            "payload": payload,
            "nonce": f"{self.made:032x}",
            "expires": self.now + DAY,
        }
        return sign(bare, signer, at=self.now)

    def act(self, person: Person, kind: str, /, **payload: Any) -> Entry:
        """A person's act, entered now; raises the Refusal otherwise. Time moves by a millisecond."""
        if person.custody == "none":
            return self.attested(person.id, kind, **payload)
        author = {"server": "server-key", "member": "member-key"}[person.custody]
        return self._enter(self.document(person.key, person.id, kind, payload), author)

    def host_act(self, kind: str, /, **payload: Any) -> Entry:
        return self._enter(self.document(self.host, "host", kind, payload), "host")

    def operator_act(self, kind: str, /, **payload: Any) -> Entry:
        return self._enter(self.document(self.host, "operator", kind, payload), "operator")

    def attested(self, member: str, kind: str, /, **payload: Any) -> Entry:
        """An act of somebody whose server has no ledger keys: signed by the host over the request that it holds."""
        document = self.document(self.host, member, kind, payload)
        return self._enter(document, "attested", evidence={"request": self.seal("POST /inbox ...")})

    def _enter(self, document: Mapping[str, Any], author: Any, evidence: Mapping[str, str] | None = None) -> Entry:
        self.now += 1
        self.due()
        entry = LAW.decide(self.state, document, received=self.now, at=self.now, author=author, evidence=evidence)
        self.leaves.append(LAW.enter(self.state, entry))
        self.due()
        return entry

    def due(self) -> None:
        """Enter all that is due."""
        while (item := next_item(self.state)) is not None and item.time <= self.now:
            if item.kind == "tally":
                self.open_sheet(item.id)
            entry = LAW.due(self.state, self.now)
            assert entry is not None
            self.leaves.append(LAW.enter(self.state, entry))

    def open_sheet(self, ballot: str) -> None:
        rows = [
            OpenedVote(member=id.partition("/")[2], value=self.openings[one][0], salt=self.openings[one][1])
            for id, paper in self.state.all(Paper, ballot)
            for one in paper.counted
        ]
        self.state.load_sheet(ballot, tuple(rows))

    def later(self, *, days: int = 0, milliseconds: int = 0) -> None:
        """Let time pass, entering each thing when it is due."""
        until = self.now + days * DAY + milliseconds
        while (item := next_item(self.state)) is not None and item.time <= until:
            self.now = max(self.now, item.time)
            self.due()
        self.now = until

    def begin(self) -> None:
        self.host_act(
            "begin",
            origin=ORIGIN,
            host=HOST,
            log_key=multikey.encode(self.log.public_key()),
            credential_key=multikey.encode(self.host.public_key()),
        )

    def founded(self, charter: str, founders: int = 3, **person: Any) -> list[Person]:
        """The phyle, founded under a charter's text."""
        self.begin()
        hash = self.keep(charter.encode())
        people = [self.person(**person) for _ in range(founders)]
        for each in people:
            self.act(each, "sign", charter=hash, **each.introduction())
        self.act(people[0], "found", charter=hash, founders=sorted(each.id for each in people))
        return people

    def keep(self, data: bytes) -> str:
        fork = self.state.fork()
        hash = fork.keep(data)
        self.state.absorb(fork)
        return hash

    def admitted(self, *vouchers: Person, days: int = 0, **person: Any) -> Person:
        """A newcomer who applied and was vouched for; after `days` more, perhaps a member, if not too many came by
        vouching alone before."""
        newcomer = self.person(**person)
        self.act(newcomer, "apply", **newcomer.introduction())
        for voucher in vouchers:
            self.act(voucher, "vouch", member=newcomer.id)
        self.later(days=days)
        return newcomer

    def proposed(self, by: Person, *effects: Mapping[str, Any], sponsors: Sequence[Person] = (), **more: Any) -> str:
        """A yes or no proposal with these effects; its id."""
        id = self.new_id()
        options = more.pop("options", [{"label": "Yes", "effects": list(effects)}])
        text = self.keep(b"Because it is right.")
        self.act(by, "propose", proposal=id, title="A proposal", text=text, options=options, **more)
        for sponsor in sponsors:
            if self.proposal(id).phase == "draft":
                self.act(sponsor, "sponsor", proposal=id)
        return id

    def to_ballot(self, proposal: str) -> str:
        """Wait until the ballot is open, giving notice where it is needed; the ballot's id."""
        if self.proposal(proposal).phase == "deliberation" and not self.proposal(proposal).noticed:
            self.notice(proposal)
        while self.proposal(proposal).phase == "deliberation":
            self._next()
        return f"{proposal}.{self.proposal(proposal).round}"

    def notice(self, proposal: str) -> None:
        """Every elector had notice."""
        delivered = spell(dict.fromkeys(electors(self.state), "delivered"))
        self.host_act("noticed", proposal=proposal, evidence=self.keep(delivered))

    def vote(self, person: Person, ballot: str, choice: Any, *, reason: bool = False, poll: bool = False) -> None:
        payload: dict[str, Any] = {"ballot": ballot, "choice": self.seal(choice)}
        if reason:
            payload["reason"] = self.seal("because")
        if poll:
            payload["poll"] = True
        self.act(person, "vote", **payload)

    def finished(self, proposal: str) -> str:
        """Wait until the proposal is over; the phase in which it ended."""
        while self.proposal(proposal).phase in ("balloting", "counting", "passed"):
            self._next()
        return self.proposal(proposal).phase

    def decided(self, proposal: str, voters: Sequence[Person], answer: str = "for") -> str:
        """All voters answer the same; the phase in which the proposal ended."""
        ballot = self.to_ballot(proposal)
        for voter in voters:
            self.vote(voter, ballot, {"paper": answer})
        return self.finished(proposal)

    def _next(self) -> None:
        item = next_item(self.state)
        assert item is not None, "nothing is on the agenda"
        self.later(milliseconds=max(0, item.time - self.now))

    def proposal(self, id: str) -> Proposal:
        return self.state.require(Proposal, id)

    def ballot(self, id: str) -> Ballot:
        return self.state.require(Ballot, id)

    def member(self, person: Person) -> Member:
        return self.state.require(Member, person.id)

    @property
    def phase(self) -> str:
        return phyle(self.state).phase


def replayed(story: Story) -> State:
    """The state that the leaves alone give, with the story's blobs and sheets."""
    state = State()
    fork = state.fork()
    fork.kept |= story.state._blobs
    state.absorb(fork)
    for ballot, sheet in story.state._sheets.items():
        state.load_sheet(ballot, sheet)
    for leaf in story.leaves:
        LAW.enter(state, read_entry(leaf))
    return state
