"""Failing closed: what cannot be applied has not passed, and says so; the ledger goes on."""

from collections.abc import Callable
from typing import TypeVar

from phyle.cooperative.law.spelling import LONGEST_ENTRY, spell
from phyle.cooperative.law.state import NotLoaded, SheetWithheld
from phyle.cooperative.law.values import write
from phyle.errors import Refusal, Refused

T = TypeVar("T")

FAULT = "An error kept the rule from being applied; what cannot be applied has not passed."
LONGEST, MOST_LINES = 1000, 40
"""Characters of one reason, and how many of several are given, so that they fit into an entry."""
MOST_BYTES = LONGEST_ENTRY - 2048
"""Of what follows from something, so that an entry can hold it."""


def attempt(run: Callable[[], T]) -> tuple[T | None, str]:
    """What comes of it and "", or None and why not: in the words of a refusal, else in the same words on every machine.
    What was not loaded or cannot be opened is no failure of a rule and is raised."""
    try:
        return run(), ""
    except (NotLoaded, SheetWithheld, MemoryError):
        raise
    except Refusal as error:
        return None, error.sentence[:LONGEST]
    except Exception:  # whatever it was, it must not stop the ledger
        return None, FAULT


def in_short(why: tuple[str, ...]) -> tuple[str, ...]:
    """Reasons that fit into an entry, however long a charter's rule is."""
    lines = tuple(line[:300] for line in why[:MOST_LINES])
    return lines if len(why) <= MOST_LINES else (*lines, f"And {len(why) - MOST_LINES} more.")


def fitting(what: T) -> T:
    """What follows, if an entry can hold it, whatever a charter makes of it. Refused if not."""
    if len(spell(write(what))) > MOST_BYTES:
        raise Refused("What follows from this is too long for an entry of the ledger: make it of fewer parts.")
    return what
