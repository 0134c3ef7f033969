"""`audit`: how many entries of a ledger are verified in a second by one core, against one signature each."""

import base64
import hashlib
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.charter import CHARTER
from bench.report import Result, progress
from phyle.cooperative.audit.auditing import audit
from phyle.cooperative.audit.sources import Openings
from phyle.cooperative.law import versions
from phyle.cooperative.law.acts import Author, sign
from phyle.cooperative.law.commitments import commit
from phyle.cooperative.law.kinds import DAY
from phyle.cooperative.law.phyles import next_item
from phyle.cooperative.law.spelling import spell
from phyle.cooperative.law.state import OpenedVote, State
from phyle.cooperative.tree import hashing
from phyle.cooperative.tree.checkpoints import Checkpoint
from phyle.cooperative.tree.frontier import Frontier
from phyle.cooperative.tree.keys import Kind, Signer
from phyle.cooperative.tree.tiles import Tile, built
from phyle.identity import multikey

ORIGIN, HOST = "bench.example/ledger/1", "bench.example"
BEGINNING = 1_800_000_000_000
SHARE = 1 / 3
"""Of the limit, at least."""


def _id(number: int) -> str:
    return base64.b32encode(hashlib.sha256(str(number).encode()).digest()[:16]).decode().rstrip("=").lower()


def _key(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big"))


@dataclass(kw_only=True)
class Ledger:
    """A phyle whose members vote on one proposal after the other; also the source that its audit reads."""

    voters: int
    state: State = field(default_factory=State)
    leaves: list[bytes] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)
    sheets: dict[str, bytes] = field(default_factory=dict)
    now: int = BEGINNING
    made: int = 0
    where: str = "memory"
    tiled: bool = True

    def act(self, signer: Ed25519PrivateKey, by: str, kind: str, author: Author, payload: Mapping[str, Any]) -> None:
        """An act, entered at once, with what is due before and after it."""
        self.now, self.made = self.now + 1, self.made + 1
        self.due()
        bare = {"phyle": ORIGIN, "kind": kind, "by": by, "payload": payload}
        document = sign({**bare, "nonce": f"{self.made:032x}", "expires": self.now + DAY}, signer, at=self.now)
        law = versions.law(versions.NEWEST)
        entry = law.decide(self.state, document, received=self.now, at=self.now, author=author)
        self.leaves.append(law.enter(self.state, entry))
        self.due()

    def member(self, number: int, kind: str, **payload: Any) -> None:
        """An act of a member."""
        self.act(_key(1000 + number), _id(number), kind, "server-key", payload)

    def due(self) -> None:
        """Everything that is due."""
        while (item := next_item(self.state)) is not None and item.time <= self.now:
            law = versions.law(versions.NEWEST)
            entry = law.due(self.state, self.now)
            if entry is not None:
                self.leaves.append(law.enter(self.state, entry))
                self.blobs |= self.state.kept

    def later(self, milliseconds: int) -> None:
        """Time passes."""
        until = self.now + milliseconds
        while (item := next_item(self.state)) is not None and item.time <= until:
            self.now = max(self.now, item.time)
            self.due()
        self.now = until

    def keep(self, data: bytes) -> str:
        """A blob."""
        hash = hashlib.sha256(data).hexdigest()
        self.state.load_blob(hash, data)
        self.blobs[hash] = data
        return hash

    def found(self) -> None:
        """The phyle."""
        host, log = _key(1), _key(2)
        keys = {"log_key": multikey.encode(log.public_key()), "credential_key": multikey.encode(host.public_key())}
        self.act(host, "host", "begin", "host", {"origin": ORIGIN, "host": HOST, **keys})
        charter = self.keep(CHARTER.encode())
        for number in range(self.voters):
            key = multikey.encode(_key(1000 + number).public_key())
            identity = {"actor": commit(f"https://{HOST}/users/{number}", "00" * 16)}
            known = {"member": _id(number), "key": key, "custody": "server", "via": HOST, "identity": identity}
            self.member(number, "sign", charter=charter, **known)
        self.member(0, "found", charter=charter, founders=sorted(map(_id, range(self.voters))))

    def decided(self) -> None:
        """A proposal on which everybody votes."""
        self.made += 1
        proposal = _id(10**9 + self.made)
        options = [{"label": "Yes", "effects": [{"kind": "Resolve", "arguments": {}}]}]
        text = self.keep(f"Because of {self.made}.".encode())
        self.member(0, "propose", proposal=proposal, title="A proposal", text=text, options=options)
        self.later(DAY)
        ballot, rows = f"{proposal}.1", []
        for number in range(self.voters):
            value, salt = {"paper": ("for", "against", "for", "abstain")[number % 4]}, f"{self.made + number:032x}"
            rows.append(OpenedVote(member=_id(number), value=value, salt=salt))
            self.member(number, "vote", ballot=ballot, choice=commit(value, salt))
        sheet = tuple(sorted(rows, key=lambda row: row.member))
        self.state.load_sheet(ballot, sheet)
        self.sheets[ballot] = spell([[row.member, row.value, row.salt] for row in sheet])
        self.later(4 * DAY)

    def publish(self) -> None:
        """Its tiles and its checkpoint, when all is entered."""
        hashes = hashing.leaves(self.leaves)
        self.hashes = built(hashes)
        head = Checkpoint(ORIGIN, len(self.leaves), Frontier().extended(hashes).root())
        self.note = bytes(head.note().signed(Signer(ORIGIN, Kind.ED25519, _key(2))))

    # As a source

    def checkpoints(self) -> Sequence[bytes]:
        """Its one checkpoint."""
        return [self.note]

    def entries(self, first: int, size: int) -> Iterator[tuple[int, list[bytes]]]:
        """Its leaves, bundle by bundle."""
        return ((start, self.leaves[start : start + 256]) for start in range(first, size, 256))

    def tile(self, tile: Tile) -> bytes | None:
        """A tile."""
        return self.hashes.get(tile.place)

    def blob(self, hash: str) -> bytes | None:
        """A blob."""
        return self.blobs.get(hash)

    def sheet(self, ballot: str) -> bytes | None:
        """The papers of a ballot."""
        return self.sheets.get(ballot)

    def unread(self) -> Sequence[str]:
        """Nothing."""
        return ()

    def openings(self, first: int, count: int) -> Openings | None:
        """The public level."""
        return None


def _signatures_per_second(*, times: int) -> float:
    key = _key(7)
    made, public = key.sign(bytes(64)), key.public_key()
    before = time.process_time()
    for _ in range(times):
        public.verify(made, bytes(64))
    return times / (time.process_time() - before)


async def measure(*, quick: bool) -> AsyncIterator[Result]:
    """The replay of a ledger in memory that consists almost wholly of votes."""
    ledger = Ledger(voters=100 if quick else 400)
    ledger.found()
    for _ in range(20 if quick else 60):
        ledger.decided()
    ledger.publish()
    progress(f"  {len(ledger.leaves)} entries")
    rates = []
    for _ in range(3):
        before = time.process_time()
        verdict = audit(ledger)
        rates.append(len(ledger.leaves) / (time.process_time() - before))
        if not verdict.sound:
            raise RuntimeError(str(verdict.findings[0]))
    limit = _signatures_per_second(times=2000 if quick else 10_000)
    yield Result(
        bench="audit",
        value=max(rates),
        unit="entries/s/core",
        limit=limit,
        n=len(ledger.leaves),
        aim=limit * SHARE,
        more={"bytes": sum(map(len, ledger.leaves)), "decisions": len(verdict.decisions)},
    )
