"""Members as others see them: who they are, how they stand, who vouched, and what an application still lacks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from phyle.conversation.paging import Page
from phyle.cooperative import lists, seeing
from phyle.cooperative.law import members as law
from phyle.cooperative.law.mandates import Mandate
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.membership import vouchers_needed, why_not
from phyle.cooperative.law.phyles import charter
from phyle.cooperative.law.state import State
from phyle.cooperative.ledger import reading
from phyle.cooperative.lists import Held
from phyle.cooperative.seeing import Account, Sight
from phyle.cooperative.wording import day
from phyle.errors import Missing
from phyle.store.transaction import Tx

WAITING = ("applicant", "probation")
EVERYBODY = ("applicant", "probation", "member", "lapsed", "suspended", "exited", "expelled", "refused", "withdrawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A member as everybody may see them: by id, without a name. `account`: who it is, for members alone. `vote`:
    whether they can vote now. `offices`: that they hold now. Times in milliseconds, 0 for never."""

    id: str
    standing: str
    klass: str
    since: int
    applied: int
    admitted: int
    left: int
    vote: bool
    founder: bool
    via: str
    custody: str
    vouchers: tuple[str, ...]
    objections: int
    probation_until: int
    offices: tuple[str, ...]
    account: Account | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What somebody said in vouching or objecting, as far as one may see it."""

    by: str
    says: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Somebody who waits: for vouchers, for the end of probation, or for a decision. `needed`: how many vouchers it
    takes now. `missing`: what it still lacks, in sentences."""

    membership: Membership
    needed: int
    missing: tuple[str, ...]
    vouchers: tuple[Statement, ...]
    objections: tuple[Statement, ...]


async def members(
    tx: Tx, viewer: Sight, page: Page, *, standings: Sequence[str] = ()
) -> tuple[list[Membership], list[int]]:
    """A page of memberships, those who applied last first; and the times by which it is paged."""
    held = await lists.newest(tx, Member, page, phases=standings)
    return await shown(tx, viewer, {each.id: each.value for each in held}), [each.began for each in held]


async def member(tx: Tx, viewer: Sight, id: str) -> Membership:
    """One of them. Missing."""
    found = await reading.get(tx, Member, id)
    if found is None:
        raise Missing("There is no such member.")
    return (await shown(tx, viewer, {id: found}))[0]


async def shown(tx: Tx, viewer: Sight, found: Mapping[str, Member]) -> list[Membership]:
    """Members as they are shown to somebody."""
    names, now = await seeing.names(tx, viewer, found), await seeing.at(tx)
    offices = await offices_of(tx, found, now)
    state = await reading.load(tx)
    votes = await reading.knowing(tx, state, lambda: [_votes(state, each) for each in found.values()])
    return [
        Membership(
            id=id,
            standing=each.standing,
            klass=each.klass,
            since=each.since,
            applied=each.applied,
            admitted=each.admitted,
            left=each.left,
            vote=vote,
            founder=each.founder,
            via=each.via,
            custody=each.custody,
            vouchers=each.vouchers,
            objections=len(each.objections),
            probation_until=each.probation_until,
            offices=tuple(offices.get(id, ())),
            account=names.get(id),
        )
        for (id, each), vote in zip(found.items(), votes, strict=True)
    ]


def _votes(state: State, member: Member) -> bool:
    return member.standing == "member" and law.elector(state, member)


async def offices_of(tx: Tx, members: Iterable[str], now: int) -> dict[str, list[str]]:
    """The offices that members hold at a time."""
    found: dict[str, list[str]] = {}
    for row in await tx.rows(lists.SQL.mandates_of_many, list(members), now):
        found.setdefault(row["member"], []).append(row["office"])
    return found


async def mandates_of(tx: Tx, member: str) -> dict[str, Mandate]:
    """All mandates that a member has or had."""
    return await lists.about(tx, Mandate, member)


# Applications


async def applications(tx: Tx, viewer: Sight, page: Page) -> tuple[list[Application], list[int]]:
    """A page of those who wait, the newest first; and the times by which it is paged."""
    held = await lists.newest(tx, Member, page, phases=WAITING)
    return await _applications(tx, viewer, held), [each.began for each in held]


async def application(tx: Tx, viewer: Sight, id: str) -> Application:
    """One of them. Missing for whoever does not wait."""
    found = await reading.get(tx, Member, id)
    if found is None or found.standing not in WAITING:
        raise Missing("Nobody with this id waits to become a member.")
    return (await _applications(tx, viewer, [Held(id=id, value=found, began=found.applied)]))[0]


async def _applications(tx: Tx, viewer: Sight, held: Sequence[Held[Member]]) -> list[Application]:
    now, state = await seeing.at(tx), await reading.load(tx)
    memberships = await shown(tx, viewer, {each.id: each.value for each in held})
    needed = await reading.knowing(tx, state, lambda: vouchers_needed(state, now) if held else 0)
    lacks = await reading.knowing(tx, state, lambda: [what_is_missing(state, each.value, needed) for each in held])
    return [
        Application(
            membership=membership,
            needed=needed,
            missing=missing,
            vouchers=await _statements(tx, viewer, each.id, "statement", each.value.vouchers),
            objections=await _statements(tx, viewer, each.id, "reason", each.value.objections),
        )
        for each, membership, missing in zip(held, memberships, lacks, strict=True)
    ]


def what_is_missing(state: State, newcomer: Member, needed: int) -> tuple[str, ...]:
    """What an application still lacks, in sentences."""
    found = []
    if newcomer.standing == "applicant":
        more = needed - len(newcomer.vouchers)
        if more > 0:
            found.append(f"{more} more of {needed} vouchers, or a decision to admit.")
    else:
        days = charter(state).membership.probation_days
        found.append(f"Probation of {days} days lasts until {day(newcomer.probation_until)}; then comes the vote.")
        why = why_not(state, newcomer)
        if why is not None:
            found.append(f"As it is now, the vote needs a decision after that. {why}")
    if newcomer.objections:
        found.append(f"{len(newcomer.objections)} object: unless they take it back, it takes a decision.")
    return tuple(found)


async def _statements(tx: Tx, viewer: Sight, about: str, name: str, by: Sequence[str]) -> tuple[Statement, ...]:
    """What each of them said about a newcomer, as far as one may see it; who said it is public."""
    said = await seeing.said(tx, viewer, about, name)
    return tuple(Statement(by=member, says=said.get(member)) for member in by)
