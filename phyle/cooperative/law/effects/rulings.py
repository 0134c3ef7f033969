"""The effect Ruling: the licensors decide on a use, or that its user broke the terms, or may use the work again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from phyle.cooperative.law.commons import breaches
from phyle.cooperative.law.commons.uses import Use
from phyle.cooperative.law.kinds import effect
from phyle.cooperative.law.members import Member
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id, Line
from phyle.errors import Refused

Owed = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What is decided of a use. `clause`: of the licence's text that it stands on; `text`: the reason, a blob for all
    to read. `member`: whoever declared it, if they are a member; they do not vote on it."""

    work: Id
    use: Id
    outcome: Literal["recognised", "refused", "breach", "permitted"]
    clause: Line
    text: Hash
    member: Id | None = None


def _can_rule(state: State, at: int, ruling: Ruling) -> None:
    use = state.require(Use, f"{ruling.work}/{ruling.use}")
    declarer = use.by if state.get(Member, use.by) is not None else None
    if ruling.member != declarer:
        raise Refused("A ruling names the member who declared the use, if it was one: they do not vote on it.")
    broken = breaches.in_breach(state, ruling.work, use.user_id)
    if ruling.outcome == "breach" and broken:
        raise Refused("The user is in breach already.")
    if ruling.outcome == "permitted" and not broken:
        raise Refused("The user is not in breach, so there is nothing to permit.")
    if ruling.outcome == "recognised" and broken:
        raise Refused("The user is in breach; permit them to use the work again first.")
    if ruling.outcome in ("recognised", "refused") and use.phase in ("withdrawn", ruling.outcome):
        raise Refused(f"The use is {use.phase} already.")


def _rule(state: State, at: int, ruling: Ruling) -> Owed:
    id = f"{ruling.work}/{ruling.use}"
    use = state.require(Use, id)
    if ruling.outcome == "breach":
        breaches.enter(state, ruling.work, use.user_id, ruling.use, at)
        _end_all(state, ruling.work, use.user_id)
    elif ruling.outcome == "permitted":
        breaches.permit(state, ruling.work, use.user_id, at)
    now = state.require(Use, id)
    ruled = replace(now, ruling=ruling.outcome, ruled=at, ruled_clause=ruling.clause, reason=ruling.text)
    if ruling.outcome in ("recognised", "refused"):
        ruled = replace(ruled, phase=ruling.outcome)
    state.put(ruled, id)
    return [{"what": "ruled", "work": ruling.work, "use": ruling.use, "outcome": ruling.outcome}]


def _end_all(state: State, work: str, user: str) -> None:
    """A breach ends the licence (PPL 7(a)), so none of the user's uses of the work is recognised any more."""
    for id, use in list(state.all(Use, work)):
        if use.user_id == user and use.phase != "withdrawn":
            state.put(replace(use, phase="refused"), id)


def _declarer(ruling: Ruling) -> tuple[str, ...]:
    return () if ruling.member is None else (ruling.member,)


EFFECTS = effect("Ruling", Ruling, _can_rule, _rule, recuses=_declarer, proposable=_can_rule)
