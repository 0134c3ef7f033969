"""Leaving, resting and coming back: exit, lapse, return, and the end of a suspension."""

from dataclasses import dataclass, replace

from phyle.cooperative.law.kinds import DAY, Given, Item, act, consequence
from phyle.cooperative.law.members import OVER, Member, own, stand
from phyle.cooperative.law.membership import begin_probation, check_room
from phyle.cooperative.law.phyles import charter, schedule, unschedule
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id
from phyle.errors import Refused
from phyle.powers import SELF

_MOST_LAPSED = 1000
REVIEW_EVERY = 30 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """A member leaves, or an applicant withdraws. Nobody can refuse it. `claim`: what they are owed, an opening."""

    claim: Hash | None = None


def _check_exit(state: State, given: Given) -> None:
    if own(state, given).standing in OVER:
        raise Refused("You are no member here any more.")


def _exit(state: State, given: Given) -> None:
    standing = own(state, given).standing
    leave(state, given.by)
    stand(state, given.by, "withdrawn" if standing == "applicant" else "exited", given.at)


def leave(state: State, id: str) -> None:
    """Nothing is waited for any more of somebody whose membership ends."""
    for kind in ("probation", "vouched", "suspension"):
        unschedule(state, kind, id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A lapsed member is back."""


def _check_return(state: State, given: Given) -> None:
    member = own(state, given)
    if member.standing != "lapsed":
        raise Refused("Only a membership that lapsed can be taken up again in this way.")
    check_room(state, member, replace(member, standing="member"))


def _return(state: State, given: Given) -> None:
    stand(state, given.by, "member", given.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The monthly review of the register: whose membership lapsed because they did nothing for as long as the charter
    says. At most a thousand at once; the rest follow at once in the next."""

    lapsed: tuple[Id, ...]
    next: int


def _due_review(state: State, at: int, item: Item) -> Review:
    days = charter(state).membership.lapse_days
    quiet = [
        Id(id)
        for id, member in state.all(Member)
        if member.standing == "member" and max(member.last_act, member.since) < item.time - days * DAY
    ]
    lapsed = tuple(quiet[:_MOST_LAPSED]) if days else ()
    return Review(lapsed=lapsed, next=at if len(lapsed) == _MOST_LAPSED else at + REVIEW_EVERY)


def _apply_review(state: State, at: int, review: Review) -> None:
    for id in review.lapsed:
        stand(state, id, "lapsed", at)
    schedule(state, review.next, "review")


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionOver:
    """The time of a suspension is over: the member stands as before."""

    member: Id


def suspend(state: State, id: str, until: int, at: int) -> None:
    """Suspend a member until a time."""
    before = state.require(Member, id)
    leave(state, id)
    stand(state, id, "suspended", at)
    state.put(replace(state.require(Member, id), held=before.standing), id)
    schedule(state, until, "suspension", id)


def reinstate(state: State, id: str, at: int) -> None:
    """Give a suspended or expelled member the standing from before. Probation begins anew."""
    before = state.require(Member, id)
    held = before.held or "member"
    unschedule(state, "suspension", id)
    state.put(replace(before, held=None, left=0), id)
    if held == "probation":
        begin_probation(state, id, at + charter(state).membership.probation_days * DAY, at)
    else:
        stand(state, id, held, at)


def expel(state: State, id: str, at: int) -> None:
    """Expel a member, remembering how they stood should a jury find otherwise."""
    before = state.require(Member, id)
    leave(state, id)
    stand(state, id, "expelled", at)
    held = before.held if before.standing == "suspended" else before.standing
    state.put(replace(state.require(Member, id), held=held, tacit=before.tacit), id)


ACTS = {
    "exit": act(Exit, _check_exit, _exit, power=SELF, ever=True),
    "return": act(Return, _check_return, _return, power=SELF),
}
CONSEQUENCES = {
    "review": consequence(Review, _due_review, _apply_review, needs=lambda item: (("group", "member/"),)),
    "suspension": consequence(
        SuspensionOver,
        lambda state, at, item: SuspensionOver(member=Id(item.id)),
        lambda state, at, over: reinstate(state, over.member, at),
        needs=lambda item: (("member", item.id),),
    ),
}
