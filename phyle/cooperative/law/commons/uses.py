"""Uses: whoever uses a work declares it, with facts; what follows by the tables is recomputed, never believed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

from phyle.cooperative.law.commons import outsiders
from phyle.cooperative.law.commons.breaches import folded, in_breach, user_id
from phyle.cooperative.law.commons.holdings import RECIPROCITY, Grant
from phyle.cooperative.law.commons.outsiders import Outsider, check_outsider, meet
from phyle.cooperative.law.commons.works import Work, founded, is_commons
from phyle.cooperative.law.kinds import DAY, Given, act
from phyle.cooperative.law.members import voice
from phyle.cooperative.law.state import Address, State
from phyle.cooperative.law.values import NO_MOMENT, Hash, Id, Line, Moment, Word
from phyle.cooperative.licences.deciding import Verdict, decide
from phyle.cooperative.licences.expressions import choices, parse
from phyle.cooperative.licences.facts import Facts, Held, Kind, Purpose, Said
from phyle.cooperative.licences.tables import Outcome
from phyle.errors import Malformed, Refused
from phyle.powers import SELF

Phase = Literal["declared", "recognised", "contested", "refused", "withdrawn"]

OBJECTION = 30 * DAY
"""Milliseconds after its declaration in which a use can be objected to."""
MOST_EVIDENCE, MOST_OBJECTIONS = 20, 100
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PERSONS = ("individual", "sole-producer")
_AT_ENTRY: dict[Outcome, Phase] = {
    "allowed": "recognised",
    "allowed-on-declaration": "recognised",
    "contested": "contested",
    "needs-negotiation": "declared",
    "refused": "refused",
}
"""What a use is when it is entered. One that needs a licence of its own stays declared until it has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A document behind what was declared. `what`: `statutes`, `credential`, and the like; `digest`: its SHA-256."""

    what: Word
    digest: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """A member objects, for a reason that all can read, a blob."""

    by: Id
    text: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What is declared. `licence`: the one that the user relies on, of those that the work offers; `licence_text`: the
    SHA-256 of its text. `name`: of an entity; `person`: a commitment to who a person is. `seat`: where an entity is.
    `territory`: where the work is used. `since`, `until`: milliseconds, 0 for without an end. `grant`: a licence of
    one's own that the phyle granted. `clause`, `table`, `outcome`: what follows from the facts, and by which table."""

    commit: Line
    licence: Line
    licence_text: Hash
    user: Kind
    purpose: Purpose
    said: Said = field(default_factory=Said)
    name: Line | None = None
    person: Hash | None = None
    seat: Line | None = None
    territory: Line
    since: Moment
    until: Moment = NO_MOMENT
    adaptation: bool = False
    evidence: tuple[Evidence, ...] = ()
    grant: Id | None = None
    clause: Line
    table: Line
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Use(Declared):
    """A use of a work; the slice's id is work/use. `ruling`: what the licensors decided of it, and `ruled` when."""

    SLICE: ClassVar[str] = "use"

    by: Id
    declared: int
    entry: int
    phase: Phase
    objections: tuple[Objection, ...] = ()
    ruling: Literal["recognised", "refused", "breach", "permitted"] | None = None
    ruled: int = 0
    ruled_clause: Line | None = None
    reason: Hash | None = None

    @property
    def user_id(self) -> str:
        """Who the user is, from one declaration to the next."""
        return user_id(self.by, self.name)


def phase_at(use: Use, at: int) -> str:
    """What a use is at a time: what it was, or expired."""
    over = use.until and use.until <= at and use.phase in ("declared", "recognised", "contested")
    return "expired" if over else use.phase


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareUse(Declared):
    """Somebody declares a use of a work. `outsider`: who they are, if nobody here knows."""

    work: Id
    use: Id
    outsider: Outsider | None = None


def verdict(state: State, by: str, it: DeclareUse, at: int) -> Verdict:
    """What follows from what is declared, by the tables. Refused for a licence that the work was never offered under,
    and for a grant that is not the user's."""
    work = state.require(Work, it.work)
    _check_licence(work, it.licence)
    breach = in_breach(state, it.work, user_id(by, it.name))
    facts = Facts(user=it.user, purpose=it.purpose, said=it.said, breach=breach, grant=_held(state, by, it, work, at))
    return decide(it.licence, facts)


def _check_licence(work: Work, licence: str) -> None:
    """A licence that was given is not taken back, so any that the work ever had will do."""
    wanted = parse(licence)
    if not any(wanted in choices(parse(each)) for _, each in work.licences):
        raise Refused(f"The work is not offered under {licence}, but under {work.licence}.")


def _held(state: State, by: str, it: DeclareUse, work: Work, at: int) -> Held:
    if it.grant is None:
        return "none"
    grant = state.require(Grant, it.grant)
    named = grant.name is not None and it.name is not None and folded(grant.name) == folded(it.name)
    if grant.to != by and not named:
        raise Refused("This licence was granted to somebody else.")
    if grant.work != it.work and not (grant.work is None and is_commons(state, work)):
        raise Refused("This licence was granted for another work.")
    if grant.until and (grant.until <= at or not it.until or it.until > grant.until):
        raise Refused("This licence ends before the use does.")
    return "reciprocity" if grant.licence == RECIPROCITY else "negotiated"


def _check_declare(state: State, given: Given) -> None:
    founded(state)
    it: DeclareUse = given.payload
    check_outsider(state, given)
    if state.get(Use, _id(it)) is not None:
        raise Refused("There is a use with this id already.")
    _check_shape(it)
    found = verdict(state, given.by, it, given.at)
    if (found.outcome, found.clause, found.table) != (it.outcome, it.clause, it.table):
        raise Refused(
            f"By {found.table} this is {found.outcome} under {found.clause}, not {it.outcome} under {it.clause}."
        )


def _check_shape(it: DeclareUse) -> None:
    if _COMMIT.fullmatch(it.commit) is None:
        raise Malformed("payload.commit must be the hash of a commit in hexadecimal digits")
    if (it.name is None) == (it.person is None) or (it.person is not None and it.user not in _PERSONS):
        raise Refused("An entity declares its name; a person commits to theirs, which stays erasable.")
    if it.user == "individual" and it.name is not None:
        raise Refused("A person commits to their name, so that it stays erasable.")
    if it.until and it.until <= it.since:
        raise Refused("The use would end before it begins.")
    if len(it.evidence) > MOST_EVIDENCE:
        raise Refused(f"A declaration comes with at most {MOST_EVIDENCE} pieces of evidence.")


def _declare(state: State, given: Given) -> None:
    it: DeclareUse = given.payload
    meet(state, given)
    told: dict[str, Any] = {name: getattr(it, name) for name in Declared.__dataclass_fields__}
    use = Use(**told, by=Id(given.by), declared=given.at, entry=given.seq, phase=_AT_ENTRY[it.outcome])
    state.put(use, _id(it))


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedUse:
    """A use of a work."""

    work: Id
    use: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectToUse(NamedUse):
    """A member objects to a use; it is contested then, until the licensors rule. `text`: the reason, a blob."""

    text: Hash


def _check_object(state: State, given: Given) -> None:
    voice(state, given)
    use = state.require(Use, _id(given.payload))
    if use.by == given.by:
        raise Refused("Whoever declared a use can withdraw it.")
    if use.phase not in ("declared", "recognised", "contested") or use.ruled:
        raise Refused("Nobody can object to this any more: it is refused, withdrawn or ruled on.")
    if given.at >= use.declared + OBJECTION:
        raise Refused(f"A use can be objected to within {OBJECTION // DAY} days; the licensors can still rule on it.")
    if any(each.by == given.by for each in use.objections):
        raise Refused("You have objected already.")
    if len(use.objections) >= MOST_OBJECTIONS:
        raise Refused("So many have objected that nobody will overlook it.")


def _object(state: State, given: Given) -> None:
    use = state.require(Use, _id(given.payload))
    objection = Objection(by=Id(given.by), text=given.payload.text)
    contested = replace(use, phase="contested", objections=(*use.objections, objection))
    state.put(contested, _id(given.payload))


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawUse(NamedUse):
    """Whoever declared a use takes it back, or ends it."""


def _check_withdraw(state: State, given: Given) -> None:
    founded(state)
    use = state.require(Use, _id(given.payload))
    if use.by != given.by:
        raise Refused("Only whoever declared a use can withdraw it.")
    if use.phase == "withdrawn":
        raise Refused("This was withdrawn already.")


def _withdraw(state: State, given: Given) -> None:
    use = state.require(Use, _id(given.payload))
    state.put(replace(use, phase="withdrawn"), _id(given.payload))


def _id(named: DeclareUse | NamedUse) -> str:
    return f"{named.work}/{named.use}"


def _needs(named: DeclareUse | NamedUse) -> Iterable[Address]:
    return (("work", named.work), ("use", _id(named)))


def _mine(it: DeclareUse, by: str) -> Iterable[Address]:
    breach = ("breach", f"{it.work}/{user_id(by, it.name)}")
    return (*outsiders.mine(it, by), breach, *((("grant", it.grant),) if it.grant else ()))


ACTS = {
    "declare_use": act(
        DeclareUse, _check_declare, _declare, by=["member", "outsider"], power=SELF, needs=_needs, mine=_mine
    ),
    "object_to_use": act(ObjectToUse, _check_object, _object, power=SELF, needs=_needs),
    "withdraw_use": act(
        WithdrawUse,
        _check_withdraw,
        _withdraw,
        by=["member", "outsider"],
        power=SELF,
        needs=_needs,
        mine=outsiders.mine,
    ),
}
