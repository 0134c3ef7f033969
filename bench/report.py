"""One line of JSON for each thing measured."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`value` in `unit` over `n` events; `limit`: the least it can be on this machine, measured in the same run;
    `aim`: what we want it to stay below (or, for rates, above)."""

    bench: str
    value: float
    unit: str
    limit: float
    n: int
    aim: float
    more: Mapping[str, Any] = field(default_factory=dict)

    def line(self) -> str:
        """As it is printed; `ratio` is value to limit."""
        shown = {
            "bench": self.bench,
            "value": round(self.value, 3),
            "unit": self.unit,
            "limit": round(self.limit, 3),
            "ratio": round(self.value / self.limit, 2) if self.limit else None,
            "n": self.n,
            "aim": self.aim,
            **self.more,
        }
        return json.dumps(shown)


def failure(bench: str, error: BaseException) -> str:
    """The line of a bench that could not be done: it reports that too."""
    empty = {"value": None, "unit": None, "limit": None, "ratio": None, "n": 0}
    return json.dumps({"bench": bench, **empty, "error": f"{type(error).__name__}: {error}"[:500]})


def progress(text: str) -> None:
    """For the one who waits; standard output is for results only."""
    print(text, file=sys.stderr, flush=True)
