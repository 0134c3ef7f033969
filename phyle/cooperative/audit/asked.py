"""What an audit is asked besides the ledger itself, and how far it has come."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from phyle.cooperative.audit.findings import Finding
from phyle.cooperative.audit.receipts import Receipted
from phyle.cooperative.audit.saved import Saved
from phyle.cooperative.audit.sources import Source
from phyle.cooperative.law.phyles import Clock
from phyle.cooperative.tree.keys import VerifierKey
from phyle.cooperative.tree.notes import Note


def _nothing(*given: Any) -> None:
    """Nobody wants to hear of it."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`known`: signed notes of heads that were seen before. `witnesses`: keys whose cosignatures bound the times.
    `receipt`: a receipt whose promise is to be compared. `saved`: where to go on. `progress` is told how many entries
    of how many are verified; `save` is given what is verified after every `save_every` entries and in the end. `again`
    is asked when the ledger ends just before something that was due: whether to look once more, after a while."""

    known: tuple[bytes, ...] = ()
    witnesses: tuple[VerifierKey, ...] = ()
    receipt: Receipted | None = None
    saved: Saved | None = None
    progress: Callable[[int, int], None] = _nothing
    save: Callable[[Saved], None] = _nothing
    save_every: int = 1 << 16
    again: Callable[[], bool] = _never


@dataclass(slots=True, kw_only=True)
class Course:
    """An audit under way. `verified` is the saved state that it goes on from, and in the end the one it has come to.
    `heads`: what the source gives as checkpoints, the newest first; `ats`: by their sizes, the time of the last entry
    that each covers."""

    source: Source
    asked: Asked
    verified: Saved
    member: bool = False
    tiles: int = 0
    notes: list[Finding] = field(default_factory=list)
    heads: tuple[Note, ...] = ()
    ats: dict[int, int] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The time of the last entry so far."""
        clock = self.verified.state.get(Clock)
        return clock.at if clock is not None else 0
