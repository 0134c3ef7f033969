"""What a count is asked and what it answers."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Paper: TypeAlias = Mapping[str, Any]
"""One voter's paper, a JSON value; which shape belongs to which method says `papers.valid`."""

Stage: TypeAlias = dict[str, Any]
"""One step of a count, a JSON value without floats: `says` are sentences, everything else the figures for them."""

LARGEST = 2**53 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`winners`: indices of options in order of election. `totals`: what `yesno` counted, by answer."""

    method: str
    options: tuple[str, ...]
    winners: tuple[int, ...]
    stages: tuple[Stage, ...]
    totals: Mapping[str, int] = field(default_factory=dict)
    drawn: bool = False

    @property
    def elected(self) -> list[str]:
        """The names of the winners in order of election."""
        return [self.options[winner] for winner in self.winners]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsLot:
    """The count cannot go on before a lot decides between `options`; count again with one. `stage` counts from 1."""

    options: tuple[int, ...]
    stage: int
    question: str


class Tied(Exception):
    """Ends a count that has no lot yet; never leaves this package."""

    def __init__(self, needs: NeedsLot) -> None:
        super().__init__(needs.question)
        self.needs = needs


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """What is asked: `names` for people, `ids` for the lot, how many `seats`, and the method's own `params`."""

    method: str
    names: tuple[str, ...]
    ids: tuple[str, ...]
    seats: int
    lot: bytes | None
    params: Mapping[str, Any]

    def listed(self, options: Sequence[int]) -> str:
        """Names as a sentence has them: Ann, Ben and Cleo."""
        names = [self.names[option] for option in options]
        return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

    def draw(self, tied: Sequence[int], *, stage: int, question: str) -> "Drawn":
        """The tied options in the order of SHA-256(lot || id). Raises Tied if there is no lot yet."""
        if self.lot is None:
            raise Tied(NeedsLot(options=tuple(sorted(tied)), stage=stage, question=question))
        hashes = {option: hashlib.sha256(self.lot + self.ids[option].encode()).hexdigest() for option in tied}
        return Drawn(question=question, hashes=hashes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A tie decided by lot. The lowest hash comes first and is preferred; the highest is the one to be excluded."""

    question: str
    hashes: Mapping[int, str]

    @property
    def order(self) -> tuple[int, ...]:
        """The tied options, preferred first."""
        return tuple(sorted(self.hashes, key=lambda option: (self.hashes[option], option)))

    def shown(self) -> Stage:
        """For the stage in which it was needed."""
        hashes = [[option, self.hashes[option]] for option in self.order]
        return {"question": self.question, "by": "lot", "order": list(self.order), "hashes": hashes}


def whole(number: int) -> int | str:
    """An integer as canonical JSON can carry it: beyond 2^53-1 as decimal text."""
    return number if -LARGEST <= number <= LARGEST else str(number)
