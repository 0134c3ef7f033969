"""Works: what somebody offers to the commons, where it is, and under which licence."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

from phyle.cooperative.law.commons.holdings import REPOSITORY, Accepted
from phyle.cooperative.law.commons.maintainers import Maintainer
from phyle.cooperative.law.kinds import Given, act
from phyle.cooperative.law.members import voice
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.spelling import digest
from phyle.cooperative.law.state import Address, State
from phyle.cooperative.law.values import Id, Line
from phyle.cooperative.licences.expressions import parse
from phyle.errors import Refused
from phyle.powers import SELF

WorkKind = Literal["software", "design", "knowledge", "seeds", "tools"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A work of the commons. `at`: the address of its repository. `licences`: since when (milliseconds) it is offered
    under which SPDX expression, the newest last: a licence that was given is not taken back. `mandate`: whoever offered
    it lets the phyle grant licences of it. `origin`: the address of the work that it is derived from."""

    SLICE: ClassVar[str] = "work"

    name: Line
    kind: WorkKind
    at: Line
    licences: tuple[tuple[int, Line], ...]
    by: Id
    since: int
    mandate: bool = False
    origin: Line | None = None

    @property
    def licence(self) -> str:
        """The expression under which it is offered now."""
        return self.licences[-1][1]


MOST_AT = 100
"""Works that can be offered at one address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkAt:
    """Which works were offered at an address: (work, by whom), the oldest first. The slice's id is the digest of the
    address. Who speaks for an address the ledger cannot know, so nobody who offers what is not theirs keeps out
    whose it is."""

    SLICE: ClassVar[str] = "work_at"

    offers: tuple[tuple[Id, Id], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWork:
    """A member offers a work and becomes its maintainer. The members rule on contested uses of it by decision."""

    work: Id
    name: Line
    kind: WorkKind
    at: Line
    licence: Line
    mandate: bool = False
    origin: Line | None = None


def founded(state: State) -> None:
    """Refused while the phyle is gathering: nothing is binding before it is founded."""
    if phyle(state).charter is None:
        raise Refused("This phyle is still gathering: it has no charter yet.")


def is_commons(state: State, work: Work) -> bool:
    """Whether the phyle took the work into its commons."""
    found = state.get(Accepted, digest(work.name))
    return found is not None and found.kind == REPOSITORY


def _check(state: State, given: Given) -> None:
    founded(state)
    voice(state, given)
    offer: OfferWork = given.payload
    parse(offer.licence)
    if state.get(Work, offer.work) is not None:
        raise Refused("There is a work with this id already.")
    known = _at(state, offer).offers
    if any(by == given.by for _, by in known):
        raise Refused("You have offered the work at this address already.")
    if len(known) >= MOST_AT:
        raise Refused(f"{MOST_AT} members have offered the work at this address already.")


def _at(state: State, offer: OfferWork) -> WorkAt:
    return state.get(WorkAt, digest(offer.at)) or WorkAt()


def _offer(state: State, given: Given) -> None:
    offer: OfferWork = given.payload
    work = Work(
        name=offer.name,
        kind=offer.kind,
        at=offer.at,
        licences=((given.at, offer.licence),),
        by=Id(given.by),
        since=given.at,
        mandate=offer.mandate,
        origin=offer.origin,
    )
    state.put(work, offer.work)
    offers = (*_at(state, offer).offers, (offer.work, Id(given.by)))
    state.put(WorkAt(offers=offers), digest(offer.at))
    state.put(Maintainer(since=given.at, entry=given.seq), f"{offer.work}/{given.by}")


def _needs(offer: OfferWork) -> Iterable[Address]:
    return (("work", offer.work), ("work_at", digest(offer.at)))


ACTS = {"offer_work": act(OfferWork, _check, _offer, power=SELF, needs=_needs)}
