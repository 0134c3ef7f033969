"""The agenda: what is due when, in sentences."""

from collections.abc import Mapping
from dataclasses import dataclass

from phyle.cooperative.law.phyles import Agenda
from phyle.cooperative.ledger import reading
from phyle.store.transaction import Tx

SAYS: Mapping[str, str] = {
    "vouched": "An applicant who has enough vouchers goes on probation",
    "probation": "A probation ends",
    "suspension": "A suspension ends",
    "rebound": "A membership is known by its new key",
    "review": "It is checked whose membership now rests, for having done nothing for long",
    "open": "The ballot opens",
    "close": "The ballot closes",
    "tally": "The papers are counted",
    "decide": "The rule of the charter is applied",
    "execute": "The decision is executed",
    "look_again": "The decision is to be looked at again",
    "mandate": "A term of office ends",
    "founding_sunset": "The founders' mandates end, and the charter waits to be ratified",
    "tier": "A tier of the charter holds from now on",
    "sunset": "An experiment of the charter ends",
    "withheld": "What the operator withholds is shown again",
    "moderated": "What a steward did in an emergency lapses",
    "assembly_open": "An assembly opens",
    "assembly_close": "An assembly closes",
    "minutes": "The minutes of an assembly are made",
    "ordinary": "The ordinary assembly is overdue from then on",
    "pool": "The pool of a draw is fixed",
    "draw": "A draw goes on",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One thing: when, in milliseconds; the kind of entry that it will be; about what; and in a sentence."""

    at: int
    kind: str
    about: str
    says: str


async def agenda(tx: Tx) -> list[Due]:
    """All that is due, the next first."""
    items = (await reading.get(tx, Agenda) or Agenda()).items
    return [
        Due(at=at, kind=kind, about=id, says=f"{SAYS.get(kind, f'It is time for: {kind}')}.") for at, kind, id in items
    ]


async def about(tx: Tx, id: str) -> tuple[Due, ...]:
    """What is due about one thing, and about its ballots."""
    return tuple(due for due in await agenda(tx) if due.about == id or due.about.startswith(f"{id}."))
