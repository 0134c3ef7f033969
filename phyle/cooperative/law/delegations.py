"""Delegation: a vote is lent to somebody, for a kind of effect or for all, until its owner uses it or takes it back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import orjson

from phyle.cooperative.charter.clauses import Charter, Power
from phyle.cooperative.law.kinds import Given, act
from phyle.cooperative.law.matters import all_effects
from phyle.cooperative.law.members import Member as Person
from phyle.cooperative.law.members import elector, full
from phyle.cooperative.law.phyles import active, charter
from phyle.cooperative.law.proposed import Proposal
from phyle.cooperative.law.spelling import spell
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Hash, Id
from phyle.errors import Refused
from phyle.powers import SELF

Graph: TypeAlias = Mapping[str, str]
"""By member, the delegate that they name."""
Carried: TypeAlias = Mapping[str, str]
"""By member who did not vote, the member whose paper counts for them as well."""

EVERYTHING = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """A vote lent to `to`, for a kind of effect (none named: for all that have no delegation of their own). The slice's
    id is scope.member."""

    SLICE: ClassVar[str] = "delegation"

    member: Id
    to: Id
    scope: str
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegate:
    """Lend a vote. A delegation of the same scope is replaced."""

    to: Id
    scope: str = EVERYTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoke:
    """Take a vote back. Ballots that are open feel it too."""

    scope: str = EVERYTHING


def _id(scope: str, member: str) -> str:
    return f"{scope}.{member}"


def graph(state: State, scope: str) -> dict[str, str]:
    """Who has lent their vote to whom for one kind of effect: a delegation for it goes before one for everything."""
    every = [delegation for _, delegation in state.all(Delegation)]
    found: dict[str, str] = {each.member: each.to for each in every if each.scope == EVERYTHING}
    found.update((each.member, each.to) for each in every if each.scope == scope)
    return found


def root(graph: Graph, member: str) -> str:
    """Where a vote ends up if nobody on the way uses it. Refused for a circle."""
    seen = {member}
    while (following := graph.get(member)) is not None:
        if following in seen:
            raise Refused("This delegation would close a circle, in which no vote arrives anywhere.")
        seen.add(following)
        member = following
    return member


def held(graph: Graph, delegate: str) -> int:
    """How many votes besides their own could end up with somebody."""
    return sum(1 for member in graph if member != delegate and root(graph, member) == delegate)


def _check_delegate(state: State, given: Given) -> None:
    active(state)
    lend: Delegate = given.payload
    law = charter(state)
    _check_allowed(law, lend.scope)
    for person in (full(state, given), state.require(Person, lend.to)):
        if not elector(state, person):
            raise Refused("Votes are lent by electors to electors.")
    for scope in _scopes(state, given.by, lend.scope):
        changed = graph(state, scope)
        changed[given.by] = lend.to
        delegate = root(changed, given.by)
        if held(changed, delegate) > law.delegation.cap:
            raise Refused(
                f"One delegate can hold {law.delegation.cap} votes besides their own; these would be more.",
                cause=delegate,
            )


def _check_allowed(law: Charter, scope: str) -> None:
    if not law.delegation.allowed:
        raise Refused("The charter allows no delegation.")
    if scope and scope not in (law.delegation.scopes or tuple(power.effect for power in law.powers)):
        raise Refused(f"The charter allows no delegation for {scope}.")


def _scopes(state: State, member: str, scope: str) -> set[str]:
    """The kinds of effect whose graph a delegation changes, of those that have one of their own."""
    if scope:
        return {scope}
    every = [each for _, each in state.all(Delegation)]
    return {each.scope for each in every} - {each.scope for each in every if each.member == member} | {EVERYTHING}


def _delegate(state: State, given: Given) -> None:
    lend: Delegate = given.payload
    delegation = Delegation(member=Id(given.by), to=lend.to, scope=lend.scope, since=given.at)
    state.put(delegation, _id(lend.scope, given.by))


def _check_revoke(state: State, given: Given) -> None:
    if state.get(Delegation, _id(given.payload.scope, given.by)) is None:
        raise Refused("You have lent no vote for this.")


def _revoke(state: State, given: Given) -> None:
    state.drop(Delegation, _id(given.payload.scope, given.by))


def frozen_delegations(state: State, proposal: Proposal, power: Power, law: Charter, roll: Collection[str]) -> Hash:
    """A blob with the delegations that hold for a ballot, by member: those between people on its roll, for all kinds of
    effect that the proposal has, and within the cap. None of them where the charter allows none."""
    kinds = {effect.kind for effect in all_effects(proposal)}
    lent: dict[str, str] = {}
    if law.delegation.allowed and power.delegation and kinds <= {*(law.delegation.scopes or kinds)}:
        graphs = [graph(state, kind) for kind in sorted(kinds)]
        agreed = {member: to for member, to in graphs[0].items() if all(g.get(member) == to for g in graphs)}
        on_roll = set(roll)
        lent = {member: to for member, to in agreed.items() if member in on_roll and to in on_roll}
        lent = _within(lent, law.delegation.cap)
    return Hash(state.keep(spell(lent)))


def _within(lent: dict[str, str], cap: int) -> dict[str, str]:
    """Without what would give a delegate more than the cap, or go round in a circle: the charter may have changed."""
    kept: dict[str, str] = {}
    votes: dict[str, int] = {}
    for member in sorted(lent):
        delegate = root(kept, lent[member])
        together = votes.get(member, 1) + votes.get(delegate, 1)
        if delegate != member and together <= cap + 1:
            kept[member] = lent[member]
            votes[delegate] = together
    return kept


def carried(state: State, opened: int, frozen: Hash | None, voted: Collection[str]) -> Carried:
    """Whose paper counts for whom at the close. `opened`: when the ballot did. The graph is the frozen one, less what
    was revoked since; a direct vote is used by its owner."""
    if frozen is None:
        return {}
    lent: Graph = orjson.loads(state.blob(frozen))
    if not lent:
        return {}
    standing = {(d.member, d.to) for _, d in state.all(Delegation) if d.since <= opened}
    found: dict[str, str] = {}
    for member in lent:
        at = member
        while at not in voted and (at, lent.get(at)) in standing:
            at = lent[at]
        if at in voted and at != member:
            found[member] = at
    return found


ACTS = {
    "delegate": act(
        Delegate, _check_delegate, _delegate, power=SELF, needs=lambda payload: (("group", "delegation/"),)
    ),
    "revoke_delegation": act(
        Revoke, _check_revoke, _revoke, power=SELF, needs=lambda payload: (("group", "delegation/"),)
    ),
}
