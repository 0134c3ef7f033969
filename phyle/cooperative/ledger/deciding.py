"""Deciding: what waits becomes entries or refusals, and what is due is entered, in memory; the commit comes after."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from phyle.cooperative.law import versions
from phyle.cooperative.law.acts import Act, read_act
from phyle.cooperative.law.entries import Entry, write_entry
from phyle.cooperative.law.naming import blobs_named
from phyle.cooperative.law.phyles import Phyle, next_item
from phyle.cooperative.law.replay import ALWAYS, Law
from phyle.cooperative.law.spelling import parse
from phyle.cooperative.law.state import SheetWithheld, State
from phyle.cooperative.ledger import blobs, inbox, signing
from phyle.cooperative.ledger.inbox import Answer
from phyle.cooperative.ledger.reading import fetch, knowing
from phyle.cooperative.ledger.trees import is_ours
from phyle.errors import Missing, Refusal, Refused
from phyle.store.transaction import Tx

MOST_AT_ONCE = 1000
"""Entries in one commit: consequences may call for consequences."""
OURS = "An error of ours kept this from being decided. It is written down; nothing was changed."
MOST_SEEN = 4096
_SEEN: set[tuple[str, int, str]] = set()
"""Heads that this ledger had: what a root names cannot change."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An act of the inbox."""

    id: int
    hash: str
    author: Any
    received: int
    document: bytes
    evidence: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """An entry that was decided, with the act in it if it holds one."""

    seq: int
    at: int
    kind: str
    leaf: bytes
    act: Waiting | None


@dataclass(slots=True, kw_only=True)
class Batch:
    """What one commit will hold. `state`: what the database holds; `work`: the fork on which this batch changes it.
    `now`: the ledger's clock; `quiet`: nothing that was received earlier is on its way."""

    state: State
    now: int
    quiet: int
    work: State = field(init=False)
    entries: list[Entered] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    failed: str = ""
    """Why nothing can be entered any more: a consequence that the law itself cannot compute."""
    lost: str = ""
    """A ballot that is to be counted now, and whose papers cannot be opened."""

    def __post_init__(self) -> None:
        self.work = self.state.fork()

    def due(self, until: int) -> bool:
        """Whether a consequence must be entered before anything that was received at `until`."""
        item = next_item(self.work)
        return item is not None and item.time <= until

    @property
    def may_be_entered(self) -> bool:
        """Whether what is due first can be entered: everything that was received before it is known."""
        item = next_item(self.work)
        return item is not None and item.time <= self.quiet


async def decide(tx: Tx, batch: Batch, waiting: list[Waiting], *, all_of_them: bool) -> None:
    """Enters or refuses what waits, each after what was due before it; then what is due by now, if nothing else waits.
    Stops early where nothing may be entered yet, or ever."""
    if not all(batch.state.knows(*address) for address in ALWAYS):
        await fetch(tx, batch.state, ALWAYS)
    for act in waiting:
        if not await _due(tx, batch, act.received):
            break
        await _decide_one(tx, batch, act)
    else:
        if all_of_them:
            await _due(tx, batch, batch.now)
    if batch.lost:
        await _give_up(tx, batch, waiting)


async def _give_up(tx: Tx, batch: Batch, waiting: list[Waiting]) -> None:
    """The host says that papers are lost, which goes before all that waits; in this commit, or first of all in the
    next."""
    for act in waiting:
        if act.author == "host" and parse(act.document)["payload"] == {"ballot": batch.lost}:
            await _decide_one(tx, batch, act)
            if batch.answers[-1].state == "refused":
                batch.failed = f"the papers of {batch.lost} are lost: {batch.answers[-1].sentence}"
            return
    _log.critical("papers of the ballot %s are lost: it fails", batch.lost)
    document = await signing.as_host(tx, "lose_papers", {"ballot": batch.lost})
    item = next_item(batch.work)
    await inbox.receive(tx, [inbox.given(document, author="host", received=item.time if item else None)])


def law_of(state: State) -> Law:
    """The rules in force."""
    here = state.get(Phyle)
    return versions.law(here.rules if here else versions.NEWEST)


async def _due(tx: Tx, batch: Batch, until: int) -> bool:
    """Enters what is due; whether all of it could be entered."""
    while batch.due(until):
        if not batch.may_be_entered or len(batch.entries) >= MOST_AT_ONCE:
            return False
        try:
            batch.state.forget_sheets()
            await knowing(tx, batch.state, lambda: _consequence(batch), batch.work)
        except SheetWithheld as error:
            batch.lost = str(error)
            return False
        except Exception as error:
            if not _ours(error):
                raise
            item = next_item(batch.work)
            what = f"{item.kind} {item.id}" if item else "?"
            _log.critical("the ledger stops: %s is due and cannot be computed", what, exc_info=True)
            batch.failed = f"{what} is due and cannot be computed: {type(error).__name__}: {error}"[:2000]
            return False
    return True


def _consequence(batch: Batch) -> None:
    """On a fork of its own, so that what must first be loaded leaves nothing half done."""
    law, fork = law_of(batch.work), batch.work.fork()
    entry = law.due(fork, batch.now)
    if entry is None:
        raise LookupError("nothing is due")
    _enter(batch, law, fork, entry, None)


async def _decide_one(tx: Tx, batch: Batch, act: Waiting) -> None:
    try:
        document = parse(act.document)
        law = law_of(batch.work)
        batch.state.forget_sheets()
        await _expect(tx, batch, law, document)
        await _check_head(tx, read_act(document))
        await _check_blobs(tx, batch, read_act(document))
        await knowing(tx, batch.state, lambda: _act(batch, law, act, document), batch.work)
    except Refusal as refusal:
        _refuse(batch, act, refusal)
    except Exception as error:
        if not _ours(error):
            raise
        _log.exception("act %s is refused because of an error of ours", act.hash)
        fault(batch, act)


async def _check_head(tx: Tx, act: Act) -> None:
    """Refused if the signer saw a head that this ledger never had. Entered, it would prove against us that we showed
    two ledgers; and if we did, whoever signed keeps the proof."""
    head = act.head
    if head is None or (seen := (act.phyle, head.size, head.root)) in _SEEN:
        return
    if not await is_ours(tx, head.size, bytes.fromhex(head.root)):
        raise Refused("The act names a head that this ledger never had. If the phyle signed that head, publish it.")
    if len(_SEEN) >= MOST_SEEN:
        _SEEN.clear()
    _SEEN.add(seen)


async def _check_blobs(tx: Tx, batch: Batch, act: Act) -> None:
    """Missing unless every blob that the act names is here. The law does not read them all; entered, one that nobody
    ever had would look to every audit as if we withheld it."""
    named = {hash for hash in blobs_named(act.kind, act.payload) if hash not in batch.work.kept}
    wanted = [hash for hash in named if not batch.state.knows("blob", hash)]
    found = await blobs.fetch(tx, wanted) if wanted else {}
    for hash in wanted:
        if hash not in found:
            raise Missing("A document that this names by its hash is not here: send it first.", cause=hash)


async def _expect(tx: Tx, batch: Batch, law: Law, document: Any) -> None:
    """Loads at once what the act is known to need and is not here yet."""
    missing = [address for address in law.needs(document) if not batch.state.knows(*address)]
    if missing:
        await fetch(tx, batch.state, missing)


def _act(batch: Batch, law: Law, act: Waiting, document: Any) -> None:
    entry = law.decide(
        batch.work, document, received=act.received, at=batch.now, author=act.author, evidence=act.evidence
    )
    _enter(batch, law, batch.work.fork(), entry, act)


def _enter(batch: Batch, law: Law, fork: State, entry: Entry, act: Waiting | None) -> None:
    law.apply(fork, entry)
    leaf = write_entry(entry)
    batch.work.absorb(fork)
    batch.entries.append(Entered(seq=entry.seq, at=entry.at, kind=entry.kind, leaf=leaf, act=act))
    if act is not None:
        batch.answers.append(Answer(hash=act.hash, state="entered", received=act.received, seq=entry.seq, at=entry.at))


def _refuse(batch: Batch, act: Waiting, refusal: Refusal) -> None:
    sentence = refusal.sentence[:4000] or "This was refused."
    refused = Answer(
        hash=act.hash, state="refused", received=act.received, at=batch.now, status=refusal.status, sentence=sentence
    )
    batch.answers.append(refused)


def fault(batch: Batch, act: Waiting) -> None:
    """Refuses an act because of an error of ours."""
    _refuse(batch, act, Refusal(OURS))


def _ours(error: Exception) -> bool:
    """Whether the law itself is at fault, rather than the database."""
    return not isinstance(error, (OSError, TimeoutError)) and not type(error).__module__.startswith("asyncpg")
