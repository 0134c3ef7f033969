"""Becoming a member: application, vouching, probation, and the ways in which it ends by one's own will."""

from dataclasses import dataclass, replace

from phyle.cooperative.law.kinds import DAY, Given, Item, act, consequence
from phyle.cooperative.law.members import (
    Introduction,
    Member,
    active_members,
    check_introduction,
    full,
    introduced,
    own,
    settle,
    stand,
)
from phyle.cooperative.law.phyles import active, charter, phyle, schedule, unschedule
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id
from phyle.errors import Refused
from phyle.powers import SELF


@dataclass(frozen=True, slots=True, kw_only=True)
class Apply(Introduction):
    """Somebody asks to become a member."""


def _check_apply(state: State, given: Given) -> None:
    check_introduction(state, given, given.payload)
    if phyle(state).phase not in ("active", "dormant"):
        raise Refused("This phyle takes no applications now.")
    if given.payload.klass not in charter(state).membership.classes:
        raise Refused(f"The charter knows no class of members called {given.payload.klass}.")


def _apply(state: State, given: Given) -> None:
    state.put(introduced(given, given.payload, "applicant"), given.payload.member)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouch:
    """A member says of an applicant: "I know this person, and of no other membership of theirs." """

    member: Id
    statement: Hash | None = None


def _check_vouch(state: State, given: Given) -> None:
    active(state)
    voucher, applicant = full(state, given), state.require(Member, given.payload.member)
    terms = charter(state).membership
    if not terms.classes[voucher.klass].vouch:
        raise Refused(f"Members of the class {voucher.klass} cannot vouch.")
    if applicant.standing != "applicant":
        raise Refused(f"Nobody is waiting to be vouched for here: the standing is {applicant.standing}.")
    if given.by in applicant.vouchers:
        raise Refused("You have vouched for this person already.")
    if _recent(voucher, given.at, terms.voucher_period_days) >= terms.newcomers_per_voucher:
        raise Refused(
            f"A member can vouch for {terms.newcomers_per_voucher} newcomers in {terms.voucher_period_days} days."
        )


def _recent(voucher: Member, at: int, days: int) -> int:
    return sum(time > at - days * DAY for time, _ in voucher.vouched)


def vouchers_needed(state: State, at: int) -> int:
    """How many must vouch: min(cap, max(2, floor(active / 2))), counting full members who were active of late."""
    return charter(state).membership.vouchers_needed(active_members(state, at))


def _vouch(state: State, given: Given) -> None:
    id = given.payload.member
    applicant, voucher = state.require(Member, id), state.require(Member, given.by)
    applicant = replace(
        applicant, vouchers=(*applicant.vouchers, Id(given.by)), threshold=vouchers_needed(state, given.at)
    )
    state.put(applicant, id)
    state.put(replace(voucher, vouched=(*voucher.vouched, (given.at, id))), given.by)
    if len(applicant.vouchers) >= applicant.threshold:
        unschedule(state, "vouched", id)
        schedule(state, given.at, "vouched", id)


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
    stand(state, vouched.member, "probation", at)
    schedule(state, vouched.probation_until, "probation", vouched.member)


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """A member objects to the end of somebody's probation: it takes a decision then. The reason is an opening."""

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
class ProbationOver:
    """Probation ends: in full membership, or in waiting for a decision because of an objection."""

    member: Id
    confirmed: bool


def _due_probation(state: State, at: int, item: Item) -> ProbationOver:
    newcomer = state.require(Member, item.id)
    return ProbationOver(member=Id(item.id), confirmed=newcomer.standing == "probation" and not newcomer.objections)


def _end_probation(state: State, at: int, over: ProbationOver) -> None:
    if over.confirmed:
        stand(state, over.member, "member", at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """A member leaves, or an applicant withdraws. Nobody can refuse it."""

    claim: Hash | None = None


def _check_exit(state: State, given: Given) -> None:
    if own(state, given).standing in ("exited", "expelled", "refused", "withdrawn", "moved"):
        raise Refused("You are no member here any more.")


def _exit(state: State, given: Given) -> None:
    standing = own(state, given).standing
    stand(state, given.by, "withdrawn" if standing == "applicant" else "exited", given.at)
    unschedule(state, "probation", given.by)
    unschedule(state, "vouched", given.by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A lapsed member is back."""


def _check_return(state: State, given: Given) -> None:
    if own(state, given).standing != "lapsed":
        raise Refused("Only a membership that lapsed can be taken up again in this way.")


def _return(state: State, given: Given) -> None:
    settle(state, given.by, replace(own(state, given), standing="member", since=given.at), given.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The monthly review of the register: whose membership lapsed because they did nothing for as long as the charter
    says. At most a thousand at once; the rest follow at once in the next."""

    lapsed: tuple[Id, ...]
    next: int


_MOST_LAPSED = 1000


def _due_review(state: State, at: int, item: Item) -> Review:
    days = charter(state).membership.lapse_days
    quiet = [
        Id(id)
        for id, member in state.all(Member)
        if member.standing == "member" and max(member.last_act, member.since) < item.time - days * DAY
    ]
    lapsed = tuple(quiet[:_MOST_LAPSED]) if days else ()
    return Review(lapsed=lapsed, next=at if len(lapsed) == _MOST_LAPSED else at + 30 * DAY)


def _apply_review(state: State, at: int, review: Review) -> None:
    for id in review.lapsed:
        stand(state, id, "lapsed", at)
    schedule(state, review.next, "review")


def _about(payload: Vouch | Object) -> tuple[tuple[str, str], ...]:
    return (("member", payload.member), ("group", "member/"))


ACTS = {
    "apply": act(Apply, _check_apply, _apply, by=["newcomer"], power=SELF),
    "vouch": act(Vouch, _check_vouch, _vouch, power=SELF, needs=_about),
    "object": act(Object, _check_object, _object, power=SELF, needs=_about),
    "exit": act(Exit, _check_exit, _exit, power=SELF),
    "return": act(Return, _check_return, _return, power=SELF),
}
CONSEQUENCES = {
    "vouched": consequence(Vouched, _due_vouched, _admit_to_probation, needs=lambda item: (("member", item.id),)),
    "probation": consequence(ProbationOver, _due_probation, _end_probation, needs=lambda item: (("member", item.id),)),
    "review": consequence(Review, _due_review, _apply_review, needs=lambda item: (("group", "member/"),)),
}
