"""Members: who they are in the ledger, and what their standing lets them do."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

from phyle.cooperative.charter.clauses import Charter
from phyle.cooperative.law.kinds import DAY, Given
from phyle.cooperative.law.mandates import vacate
from phyle.cooperative.law.phyles import Clock, charter, phyle, schedule, unschedule
from phyle.cooperative.law.state import State
from phyle.cooperative.law.tiers import schedule_tiers
from phyle.cooperative.law.values import Hash, Id, Key, Word
from phyle.errors import Refused

Standing = Literal[
    "applicant", "probation", "member", "lapsed", "suspended", "exited", "expelled", "refused", "withdrawn", "moved"
]
Custody = Literal["member", "server", "none"]

FEWEST = 3
"""Members below which a phyle is dormant, and founders that it takes."""
OVER: tuple[Standing, ...] = ("exited", "expelled", "refused", "withdrawn", "moved")
"""Standings in which a membership has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Representative:
    """Whoever acts for an organisation: the key by which they are known, and commitments to who they are."""

    key: Key | None = None
    custody: Custody
    via: Word
    identity: Mapping[Word, Hash] = field(default_factory=dict)
    since: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """`key`: the ledger key of this membership, None for somebody on a server without such keys. `custody`: who holds
    it. `via`: the host on whose word the member is known. `identity`: commitments to actor, name, address and the like.
    Times in milliseconds: `since` of the standing, `elector_since` of the right to vote, `last_act` in the ledger,
    `probation_until` of the probation. `vouchers`: who vouched for them; `vouched`: when they vouched of late, for
    whom. `entry`: the number of the entry that gave the standing. `tacit`: full member by vouching alone. `held`: the
    standing before a suspension. `representative`: who acts for an organisation; without one it has no vote."""

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
    probation_until: int = 0
    entry: int = 0
    tacit: bool = False
    held: Standing | None = None
    founder: bool = False
    representative: Representative | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """Whose key it is, or was. The slice's id is the key; no key is ever used for two memberships."""

    SLICE: ClassVar[str] = "key"

    member: Id


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
        entry=given.seq,
        identity=introduction.identity,
    )


def check_introduction(state: State, given: Given, introduction: Introduction, *, key: Key | None = None) -> None:
    """Refused unless the newcomer is known in a way that can be checked later. `key`: by which they contributed before
    they were a member."""
    if state.get(Member, introduction.member) is not None:
        raise Refused("There is a membership with this id already.")
    check_known(state, introduction, key=key)
    if given.by != introduction.member:
        raise Refused("Everyone speaks for themselves.")


def check_known(state: State, introduction: Introduction, *, key: Key | None = None) -> None:
    """Refused unless key, custody and host fit together, and the key is new here, or `key`."""
    if "actor" not in introduction.identity:
        raise Refused("A membership must commit to the account that it is for.")
    if introduction.custody == "none" and "pinned" not in introduction.identity:
        raise Refused("Whose server knows no ledger keys is known by its public key, which must be committed to.")
    if key is None or introduction.key != key:
        check_key(state, introduction.key, introduction.custody, introduction.via)


def check_key(state: State, key: Key | None, custody: Custody, via: Word) -> None:
    """Refused unless the key fits the custody and was never used here before."""
    if (key is None) != (custody == "none"):
        raise Refused("A key is needed, unless the member's server knows no ledger keys.")
    here = phyle(state)
    if custody == "none" and via == here.host:
        raise Refused("Members with an account here have a ledger key.")
    if key is not None and (key in (here.log_key, here.credential_key) or state.get(KeyUse, key) is not None):
        raise Refused("This key is or was in use here already; every membership has keys of its own.")


def use_key(state: State, id: str, key: Key | None) -> None:
    """The key belongs to this membership from now on, and to no other ever."""
    if key is not None:
        state.put(KeyUse(member=Id(id)), key)


def key_address(introduction: Introduction) -> tuple[tuple[str, str], ...]:
    """What `check_introduction` reads."""
    key = (("key", str(introduction.key)),) if introduction.key is not None else ()
    return (("member", introduction.member), *key)


def elector(state: State, member: Member) -> bool:
    """Whether this member can vote now: a full member of a class that votes, with one vote per principal."""
    return _votes(charter(state), member)


def _votes(law: Charter, member: Member) -> bool:
    if member.standing != "member":
        return False
    rights = law.membership.classes[member.klass]
    return rights.vote and (rights.principal == "person" or member.representative is not None)


def full_members(state: State) -> list[tuple[str, Member]]:
    """All members past probation who are neither lapsed nor suspended."""
    return [(id, member) for id, member in state.all(Member) if member.standing == "member"]


def electors(state: State) -> list[str]:
    """The ids of all who can vote now, in order."""
    law = charter(state)
    return [id for id, member in state.all(Member) if _votes(law, member)]


def active_members(state: State, at: int) -> int:
    """How many full members did something in the ledger within the charter's time."""
    oldest = at - charter(state).membership.active_days * DAY
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


def stand(state: State, id: str, standing: Standing, at: int, *, tacit: bool | None = None) -> Member:
    """Give a member another standing, with all that hangs on it: electors, mandates, whether the phyle is dormant.
    `tacit`: whether they come by vouching alone, None to leave that as it is."""
    before = state.require(Member, id)
    entry = state.require(Clock).seq
    after = replace(before, standing=standing, since=at, entry=entry, tacit=before.tacit if tacit is None else tacit)
    if standing == "member" and not before.admitted:
        after = replace(after, admitted=at)
    if standing in ("exited", "expelled", "moved"):
        after = replace(after, left=at, tacit=False)
    return settle(state, id, after, at)


def settle(state: State, id: str, after: Member, at: int) -> Member:
    """Put a member whose standing or rights may have changed or begun."""
    before = state.get(Member, id)
    was = before is not None and elector(state, before)
    now = elector(state, after)
    if now and not was:
        after = replace(after, elector_since=at)
    state.put(after, id)
    if before is not None and before.standing == "member" and after.standing != "member":
        vacate(state, id, at)
    silent = int(now and after.tacit) - int(before is not None and was and before.tacit)
    _proven(state, after)
    if now != was or silent:
        _count(state, int(now) - int(was), silent, at)
    return after


def _proven(state: State, member: Member) -> None:
    """Somebody whom this host alone could not have made up ends the self-attestation."""
    here = phyle(state)
    elsewhere = member.via != here.host or member.custody == "member"
    if member.standing == "member" and elsewhere and not here.proven:
        state.put(replace(here, proven=True))


def _count(state: State, change: int, silent: int, at: int) -> None:
    here = phyle(state)
    here = replace(here, electors=here.electors + change, tacit=here.tacit + silent)
    if here.phase in ("active", "dormant"):
        here = replace(here, phase="active" if here.electors >= FEWEST else "dormant")
    state.put(here)
    if here.founded and not here.sunset and here.electors >= charter(state).founding.times_founders * here.founders:
        unschedule(state, "founding_sunset")
        schedule(state, at, "founding_sunset")
    schedule_tiers(state, at)


def recount(state: State, before: Charter, at: int) -> None:
    """Count electors anew after the charter has changed the rights of classes."""
    change = silent = 0
    for id, member in list(state.all(Member)):
        was, now = _votes(before, member), elector(state, member)
        change += int(now) - int(was)
        silent += (int(now) - int(was)) * int(member.tacit)
        if now and not was:
            state.put(replace(member, elector_since=at), id)
    if change or silent:
        _count(state, change, silent, at)


def classless(state: State, after: Charter) -> dict[str, int]:
    """The classes that a charter does not know and that have members, and how many."""
    found = Counter(member.klass for _, member in state.all(Member) if member.standing not in OVER)
    return {name: number for name, number in sorted(found.items()) if name not in after.membership.classes}


def noted(state: State, given: Given) -> None:
    """Remember that a member acted."""
    member = state.get(Member, given.by)
    if member is not None and given.at > member.last_act:
        state.put(replace(member, last_act=given.at), given.by)
