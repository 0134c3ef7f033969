"""`decide`: licence decisions per second, on facts that are all different, each with its clause and reason."""

import random
import time
from collections.abc import AsyncIterator, Mapping, Sequence

from bench.report import Result, progress
from phyle.cooperative.licences.deciding import Verdict, decide
from phyle.cooperative.licences.facts import HELD, KINDS, PURPOSES, SAID, Facts, Said

LICENCES = ("PPL", "LicenseRef-Coopyleft", "PPL OR CC-BY-SA-4.0", "MIT")
_TIMES = 5
_AIM = 10_000

Case = tuple[str, Facts]


async def measure(*, quick: bool) -> AsyncIterator[Result]:
    """Decisions per second of one process. The limit: looking up the same verdicts, made before, in a dict by licence
    and facts."""
    cases = _cases(2_000 if quick else 20_000)
    known = {case: decide(*case) for case in cases}
    rates, limits = [], []
    for _ in range(_TIMES):  # in turns, so that both meet the same machine
        rates.append(len(cases) / _seconds(cases))
        limits.append(len(cases) / _looked_up(cases, known))
    progress(f"  {', '.join(format(rate, ',.0f') for rate in rates)} a second")
    yield Result(
        bench="decide",
        value=sorted(rates)[_TIMES // 2],
        unit="decisions/s",
        limit=sorted(limits)[_TIMES // 2],
        n=len(cases) * _TIMES,
        aim=_AIM,
        more={"outcomes": len({verdict.reason for verdict in known.values()})},
    )


def _cases(count: int) -> Sequence[Case]:
    chance = random.Random(7)
    found: dict[Case, None] = {}
    while len(found) < count:
        said = Said(**{name: chance.choice((True, False, None)) for name in SAID})
        facts = Facts(
            user=chance.choice(KINDS),
            purpose=chance.choice(PURPOSES),
            said=said,
            breach=chance.random() < 0.05,
            grant=chance.choice(HELD) if chance.random() < 0.1 else "none",
        )
        found[chance.choice(LICENCES), facts] = None
    return tuple(found)


def _seconds(cases: Sequence[Case]) -> float:
    began = time.perf_counter()
    for licence, facts in cases:
        decide(licence, facts)
    return time.perf_counter() - began


def _looked_up(cases: Sequence[Case], known: Mapping[Case, Verdict]) -> float:
    began = time.perf_counter()
    for case in cases:
        known[case]
    return time.perf_counter() - began
