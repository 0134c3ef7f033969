"""Becoming a member: application, vouching, objections, probation, and the decision where one is needed."""

from dataclasses import dataclass, replace

from phyle.cooperative.law.commons.outsiders import contributed, key_before
from phyle.cooperative.law.kinds import DAY, Given, Item, act, consequence
from phyle.cooperative.law.members import (
    Introduction,
    Member,
    active_members,
    check_introduction,
    elector,
    full,
    introduced,
    key_address,
    own,
    settle,
    stand,
    use_key,
)
from phyle.cooperative.law.phyles import active, charter, phyle, schedule, unschedule
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id, Word
from phyle.errors import Refused
from phyle.powers import SELF

TACIT_SHARE = 6
"""Electors who came by vouching alone are at most one in so many (see docs/membership.md for what that guards)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Apply(Introduction):
    """Somebody asks to become a member."""


def _check_apply(state: State, given: Given) -> None:
    _open_to_all(state, given.payload.klass)
    check_introduction(state, given, given.payload, key=key_before(state, given.payload))


def _open_to_all(state: State, klass: str) -> None:
    if phyle(state).phase not in ("active", "dormant"):
        raise Refused("This phyle takes no applications now.")
    if klass not in charter(state).membership.classes:
        raise Refused(f"The charter knows no class of members called {klass}.")


def _apply(state: State, given: Given) -> None:
    state.put(introduced(given, given.payload, "applicant"), given.payload.member)
    use_key(state, given.payload.member, given.payload.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyAgain:
    """Somebody who left, or was not admitted, asks again, under the same membership: so nobody has two votes."""

    klass: Word = Word("member")


def _check_apply_again(state: State, given: Given) -> None:
    standing = own(state, given).standing
    if standing not in ("exited", "withdrawn", "refused"):
        raise Refused(f"You cannot apply again: your standing is {standing}.")
    _open_to_all(state, given.payload.klass)


def _apply_again(state: State, given: Given) -> None:
    member = replace(
        own(state, given),
        klass=given.payload.klass,
        standing="applicant",
        since=given.at,
        applied=given.at,
        admitted=0,
        left=0,
        vouchers=(),
        threshold=0,
        objections=(),
        probation_until=0,
        founder=False,
        tacit=False,
    )
    settle(state, given.by, member, given.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouch:
    """A member says of a newcomer: "I know this person, and of no other membership of theirs." Who is on probation can
    be vouched for by more members. `statement`: what else the voucher says, an opening."""

    member: Id
    statement: Hash | None = None


def _check_vouch(state: State, given: Given) -> None:
    active(state)
    newcomer = state.require(Member, given.payload.member)
    check_voucher(state, given)
    if newcomer.standing not in ("applicant", "probation"):
        raise Refused(f"Nobody is waiting to be vouched for here: the standing is {newcomer.standing}.")
    if given.by in newcomer.vouchers:
        raise Refused("You have vouched for this person already.")


def check_voucher(state: State, given: Given) -> None:
    """Refused unless the author is past probation, of a class that vouches, and has not vouched too often of late."""
    voucher, terms = full(state, given), charter(state).membership
    if not terms.classes[voucher.klass].vouch:
        raise Refused(f"Members of the class {voucher.klass} cannot vouch.")
    if len(_recent(state, voucher, given.at)) >= terms.newcomers_per_voucher:
        raise Refused(
            f"A member can vouch for {terms.newcomers_per_voucher} newcomers in {terms.voucher_period_days} days."
        )


def _recent(state: State, voucher: Member, at: int) -> tuple[tuple[int, Id], ...]:
    oldest = at - charter(state).membership.voucher_period_days * DAY
    return tuple(one for one in voucher.vouched if one[0] > oldest)


def note_vouched(state: State, given: Given, whom: str) -> None:
    """Remember that the author vouched."""
    voucher = own(state, given)
    state.put(replace(voucher, vouched=(*_recent(state, voucher, given.at), (given.at, Id(whom)))), given.by)


def vouchers_needed(state: State, at: int) -> int:
    """How many must vouch: min(cap, max(2, floor(active / 2))), counting full members who were active of late."""
    return charter(state).membership.vouchers_needed(active_members(state, at))


def _vouch(state: State, given: Given) -> None:
    id = given.payload.member
    newcomer = state.require(Member, id)
    newcomer = replace(newcomer, vouchers=(*newcomer.vouchers, Id(given.by)))
    if newcomer.standing == "applicant":
        newcomer = replace(newcomer, threshold=vouchers_needed(state, given.at))
    state.put(newcomer, id)
    note_vouched(state, given, id)
    if newcomer.standing == "applicant" and len(newcomer.vouchers) >= newcomer.threshold:
        unschedule(state, "vouched", id)
        schedule(state, given.at, "vouched", id)
    reconsider(state, id, given.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """Enough members have vouched: the applicant is on probation until a time, with voice and without a vote."""

    member: Id
    vouchers: tuple[Id, ...]
    threshold: int
    probation_until: int


def _due_vouched(state: State, at: int, item: Item) -> Vouched:
    applicant = state.require(Member, item.id)
    until = at + charter(state).membership.probation_days * DAY
    return Vouched(
        member=Id(item.id), vouchers=applicant.vouchers, threshold=applicant.threshold, probation_until=until
    )


def _admit_to_probation(state: State, at: int, vouched: Vouched) -> None:
    begin_probation(state, vouched.member, vouched.probation_until, at)


def begin_probation(state: State, id: str, until: int, at: int) -> None:
    """Probation until a time."""
    stand(state, id, "probation", at)
    state.put(replace(state.require(Member, id), probation_until=until), id)
    unschedule(state, "probation", id)
    schedule(state, until, "probation", id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """A member objects to somebody's membership: it takes a decision then. The reason is an opening."""

    member: Id
    reason: Hash


def _check_object(state: State, given: Given) -> None:
    full(state, given)
    newcomer = state.require(Member, given.payload.member)
    if newcomer.standing not in ("applicant", "probation"):
        raise Refused("Only an application or a probation can be objected to.")
    if given.by in newcomer.objections:
        raise Refused("You have objected already.")


def _object(state: State, given: Given) -> None:
    newcomer = state.require(Member, given.payload.member)
    state.put(replace(newcomer, objections=(*newcomer.objections, Id(given.by))), given.payload.member)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawObjection:
    """Whoever objected takes it back; nobody else can."""

    member: Id


def _check_withdraw(state: State, given: Given) -> None:
    own(state, given)
    if given.by not in state.require(Member, given.payload.member).objections:
        raise Refused("You have not objected.")


def _withdraw(state: State, given: Given) -> None:
    id = given.payload.member
    newcomer = state.require(Member, id)
    state.put(replace(newcomer, objections=tuple(one for one in newcomer.objections if one != given.by)), id)
    reconsider(state, id, given.at)


def reconsider(state: State, id: str, at: int) -> None:
    """A probation that is over, and waits for a decision, ends now if nothing stands against it any more."""
    newcomer = state.require(Member, id)
    over = newcomer.standing == "probation" and newcomer.probation_until <= at
    if over and why_not(state, newcomer) is None:
        unschedule(state, "probation", id)
        schedule(state, at, "probation", id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbationOver:
    """Probation ends: in full membership, or in waiting for a decision, with the reason why. `tacit`: more members than
    vouched could still be against it."""

    member: Id
    confirmed: bool
    tacit: bool = False
    why: str = ""


def acclaimed(state: State, vouchers: tuple[Id, ...]) -> bool:
    """Whether more than half of the electors vouched, so that no ballot could say otherwise."""
    known = [member for id in vouchers if (member := state.get(Member, id)) is not None]
    return 2 * sum(elector(state, member) for member in known) > phyle(state).electors


def roomy(state: State, *, tacit: int, electors: int) -> bool:
    """Whether those who vote by vouching alone would be at most one elector in six, with so many more of either."""
    here = phyle(state)
    return TACIT_SHARE * (here.tacit + tacit) <= here.electors + electors


def check_room(state: State, before: Member, after: Member) -> None:
    """Refused if somebody would vote, by vouching alone, for whom there is no room."""
    if after.tacit and elector(state, after) and not elector(state, before) and not roomy(state, tacit=1, electors=1):
        raise Refused(f"{_FULL} A decision can confirm you.")


_FULL = "As many as can be are electors by vouching alone."


def why_not(state: State, newcomer: Member) -> str | None:
    """Why the membership does not come by itself when probation is over, None if it does."""
    if phyle(state).phase != "active":
        return "The phyle is dormant."
    if newcomer.objections:
        return "A member objected."
    votes = elector(state, replace(newcomer, standing="member"))
    if votes and not acclaimed(state, newcomer.vouchers) and not roomy(state, tacit=1, electors=1):
        return _FULL
    return None


def _due_probation(state: State, at: int, item: Item) -> ProbationOver:
    newcomer = state.require(Member, item.id)
    why = why_not(state, newcomer)
    if why is not None:
        return ProbationOver(member=Id(item.id), confirmed=False, why=why)
    return ProbationOver(member=Id(item.id), confirmed=True, tacit=not acclaimed(state, newcomer.vouchers))


def _end_probation(state: State, at: int, over: ProbationOver) -> None:
    if over.confirmed:
        stand(state, over.member, "member", at, tacit=over.tacit)


def _needs_probation(item: Item) -> tuple[tuple[str, str], ...]:
    return (("member", item.id),)


def _about(payload: Vouch | Object | WithdrawObjection) -> tuple[tuple[str, str], ...]:
    return (("member", payload.member), ("group", "member/"))


ACTS = {
    "apply": act(Apply, _check_apply, _apply, by=["newcomer"], power=SELF, needs=key_address, mine=contributed),
    "apply_again": act(ApplyAgain, _check_apply_again, _apply_again, power=SELF, own=True),
    "vouch": act(Vouch, _check_vouch, _vouch, power=SELF, needs=_about),
    "object": act(Object, _check_object, _object, power=SELF, needs=_about),
    "withdraw_objection": act(WithdrawObjection, _check_withdraw, _withdraw, power=SELF, needs=_about),
}
CONSEQUENCES = {
    "vouched": consequence(Vouched, _due_vouched, _admit_to_probation, needs=_needs_probation),
    "probation": consequence(ProbationOver, _due_probation, _end_probation, needs=_needs_probation),
}
