"""Members: who they are in the ledger, and what their standing lets them do."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

from phyle.cooperative.law.kinds import Given
from phyle.cooperative.law.mandates import vacate
from phyle.cooperative.law.phyles import Phyle, charter, phyle, schedule, unschedule
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id, Key, Word
from phyle.errors import Refused

Standing = Literal[
    "applicant", "probation", "member", "lapsed", "suspended", "exited", "expelled", "refused", "withdrawn", "moved"
]
Custody = Literal["member", "server", "none"]

FEWEST = 3
"""Members below which a phyle is dormant, and founders that it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """`key`: the ledger key of this membership, None for somebody on a server without such keys. `custody`: who holds
    it. `via`: the host on whose word the member is known. `identity`: commitments to actor, name, address and the like.
    Times in milliseconds: `since` of the standing, `elector_since` of the right to vote, `last_act` in the ledger.
    `vouchers`: who vouched for them; `vouched`: when they vouched, for whom."""

    SLICE: ClassVar[str] = "member"

    key: Key | None
    custody: Custody
    via: Word
    klass: Word
    standing: Standing
    since: int
    applied: int
    identity: Mapping[Word, Hash]
    admitted: int = 0
    left: int = 0
    elector_since: int = 0
    last_act: int = 0
    vouchers: tuple[Id, ...] = ()
    threshold: int = 0
    vouched: tuple[tuple[int, Id], ...] = ()
    objections: tuple[Id, ...] = ()
    founder: bool = False
    representative: Id | None = None
    successor: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduction:
    """What a newcomer says of themselves in any act that makes them known."""

    member: Id
    key: Key | None = None
    custody: Custody
    via: Word
    klass: Word = Word("member")
    identity: Mapping[Word, Hash] = field(default_factory=dict)


def introduced(given: Given, introduction: Introduction, standing: Standing) -> Member:
    """The member that an introduction makes."""
    return Member(
        key=introduction.key,
        custody=introduction.custody,
        via=introduction.via,
        klass=introduction.klass,
        standing=standing,
        since=given.at,
        applied=given.at,
        identity=introduction.identity,
    )


def check_introduction(state: State, given: Given, introduction: Introduction) -> None:
    """Refused unless the newcomer is known in a way that can be checked later."""
    if state.get(Member, introduction.member) is not None:
        raise Refused("There is a membership with this id already.")
    if (introduction.key is None) != (introduction.custody == "none"):
        raise Refused("A key is needed, unless the member's server knows no ledger keys.")
    if "actor" not in introduction.identity:
        raise Refused("An application must commit to the account that it is for.")
    here = state.get(Phyle)
    if introduction.custody == "none" and here is not None and introduction.via == here.host:
        raise Refused("Members with an account here have a ledger key.")
    if given.by != introduction.member:
        raise Refused("Everyone speaks for themselves.")


def elector(state: State, member: Member) -> bool:
    """Whether this member can vote now: a full member of a class that votes, with one vote per principal."""
    return member.standing == "member" and charter(state).membership.classes[member.klass].vote


def full_members(state: State) -> list[tuple[str, Member]]:
    """All members past probation who are neither lapsed nor suspended."""
    return [(id, member) for id, member in state.all(Member) if member.standing == "member"]


def electors(state: State) -> list[str]:
    """The ids of all who can vote now, in order."""
    return [id for id, member in state.all(Member) if elector(state, member)]


def active_members(state: State, at: int) -> int:
    """How many full members did something in the ledger within the charter's time."""
    oldest = at - charter(state).membership.active_days * 24 * 3600 * 1000
    return sum(member.last_act >= oldest for _, member in full_members(state))


def own(state: State, given: Given) -> Member:
    """The author as a member. Refused for the host and the operator."""
    return state.require(Member, given.by)


def voice(state: State, given: Given) -> Member:
    """The author, if they may speak, propose and deliberate: on probation or a full member."""
    member = own(state, given)
    if member.standing not in ("probation", "member"):
        raise Refused(f"Your standing in this phyle is: {member.standing}. Only members can do this.")
    return member


def full(state: State, given: Given) -> Member:
    """The author, if past probation."""
    member = own(state, given)
    if member.standing != "member":
        raise Refused(f"Only members past probation can do this; your standing is: {member.standing}.")
    return member


def stand(state: State, id: str, standing: Standing, at: int) -> Member:
    """Give a member another standing, with all that hangs on it: electors, mandates, whether the phyle is dormant."""
    before = state.require(Member, id)
    after = replace(before, standing=standing, since=at)
    if standing == "member" and not before.admitted:
        after = replace(after, admitted=at)
    if standing in ("exited", "expelled", "moved"):
        after = replace(after, left=at)
    return settle(state, id, after, at)


def settle(state: State, id: str, after: Member, at: int) -> Member:
    """Put a member whose standing may have changed or begun."""
    before = state.get(Member, id)
    was = before is not None and elector(state, before)
    now = elector(state, after)
    if now and not was:
        after = replace(after, elector_since=at)
    state.put(after, id)
    if was and not now:
        vacate(state, id, at)
    if now != was:
        _count(state, 1 if now else -1, at)
    return after


def _count(state: State, change: int, at: int) -> None:
    here = phyle(state)
    here = replace(here, electors=here.electors + change)
    if here.phase in ("active", "dormant"):
        here = replace(here, phase="active" if here.electors >= FEWEST else "dormant")
    state.put(here)
    if here.founded and not here.sunset and here.electors >= 2 * here.founders:
        unschedule(state, "founding_sunset")
        schedule(state, at, "founding_sunset")
    schedule_tiers(state, at)


def schedule_tiers(state: State, at: int) -> None:
    """A tier that the number of electors has reached is entered next."""
    here = phyle(state)
    for name in charter(state).tiers_at(here.electors):
        if name not in here.tiers:
            unschedule(state, "tier", name)
            schedule(state, at, "tier", name)


def noted(state: State, given: Given) -> None:
    """Remember that a member acted."""
    member = state.get(Member, given.by)
    if member is not None and given.at > member.last_act:
        state.put(replace(member, last_act=given.at), given.by)
