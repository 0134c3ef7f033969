"""Offices and who holds them: until when, since when, and by what."""

from collections.abc import Callable
from dataclasses import dataclass

from phyle.cooperative import seeing
from phyle.cooperative.law.eligibility import vacancies
from phyle.cooperative.law.mandates import Mandate
from phyle.cooperative.law.phyles import charter
from phyle.cooperative.law.state import State
from phyle.cooperative.ledger import reading
from phyle.cooperative.seeing import Account, Sight
from phyle.errors import Refusal
from phyle.store.transaction import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody in an office. `live`: they hold it now. Times in milliseconds; `ended` is 0 while it lasts."""

    member: str
    account: Account | None
    since: int
    until: int
    source: str
    ended: int
    caretaker: bool
    live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeNow:
    """An office of the charter in force. `scope`: what its holders can do without a ballot. `vacant`: seats that are
    free. `holders`: all who held it, those who do now first."""

    name: str
    scope: tuple[str, ...]
    seats: int
    vacant: int
    term_days: int
    by: str
    holders: tuple[Holder, ...]


async def offices(tx: Tx, viewer: Sight) -> list[OfficeNow]:
    """All offices of the charter in force; none before the founding."""
    state, now = await reading.load(tx), await seeing.at(tx)
    try:
        law = await reading.knowing(tx, state, lambda: charter(state))
    except Refusal:
        return []
    found = []
    for name, office in law.offices.items():
        mandates = await reading.group(tx, Mandate, name)
        accounts = await seeing.names(tx, viewer, [each.member for each in mandates.values()])
        vacant = await reading.knowing(tx, state, _vacant(state, name, now))
        holders = [_holder(each, accounts.get(each.member), now) for each in mandates.values()]
        found.append(
            OfficeNow(
                name=name,
                scope=office.scope,
                seats=office.seats,
                vacant=vacant,
                term_days=office.term_days,
                by=office.by,
                holders=tuple(sorted(holders, key=lambda each: (not each.live, -each.since))),
            )
        )
    return found


def _vacant(state: State, office: str, now: int) -> Callable[[], int]:
    return lambda: vacancies(state, office, now)


def _holder(mandate: Mandate, account: Account | None, now: int) -> Holder:
    return Holder(
        member=mandate.member,
        account=account,
        since=mandate.since,
        until=mandate.until,
        source=mandate.source,
        ended=mandate.ended,
        caretaker=mandate.caretaker,
        live=not mandate.ended and mandate.since <= now < mandate.until,
    )
