"""Jobs: work that is a row, written in the same commit as what made it necessary.

*Local* jobs `(tx, body)`: the effect and the end of the job are one commit, so the effect happens exactly once.
*Network* jobs `(net, store, body)`: claimed by a process for as long as it lives, at least once, idempotent.
"""

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from phyle.powers import Power
from phyle.store.sql import queries

SQL = queries(__file__)

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Become:
    """What a job may return: it is not over, but goes on as another job, in the same row and so at the same place in
    the order of its key. A network job that gathers what a local one needs ends in this way."""

    job: str
    body: Body
    after: timedelta = timedelta()


Run = Callable[..., Awaitable[Become | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a job's name means. `attempts`: how often it may fail unexpectedly before it is kept for a person to see.
    `ordered_by`: fields of the body; jobs that agree in them run in the order in which they were queued, one at a time.
    `power`: what it would take to do by hand what the job does by itself.
    """

    run: Run
    network: bool = False
    attempts: int = 12
    every: timedelta | None = None
    ordered_by: tuple[str, ...] = ()
    power: Power

    def order_key(self, body: Body) -> str | None:
        """The key that orders a job with this body, None if nothing does."""
        return " ".join(f"{name} {body[name]}" for name in self.ordered_by) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """The jobs that an event is told to. `power`: what it takes to bring the event about."""

    jobs: tuple[str, ...]
    power: Power


def told(power: Power, *jobs: str) -> Subscription:
    """These jobs hear of an event."""
    return Subscription(jobs=jobs, power=power)


def local(run: Run, power: Power, *, attempts: int = 12, ordered_by: tuple[str, ...] = ()) -> Job:
    """`run(tx, body)` in a transaction of its own."""
    return Job(run=run, attempts=attempts, ordered_by=ordered_by, power=power)


def network(run: Run, power: Power, *, attempts: int = 12) -> Job:
    """`run(net, store, body)`, which alternates short transactions and network."""
    return Job(run=run, network=True, attempts=attempts, power=power)


def recurring(run: Run, power: Power, *, every: timedelta) -> Job:
    """`run(tx, body)` about once per `every`, by whichever process is first."""
    return Job(run=run, every=every, power=power)


def backoff(attempts: int) -> timedelta:
    """How long to wait after the given number of failures: 1 s doubling to 6 h, with jitter so that retries spread."""
    seconds = min(6 * 3600.0, 2.0**attempts)
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))  # noqa: S311 - jitter is no secret
