"""Effects on what is held and shown: Moderate, AcceptItem, Grant and Transfer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from phyle.cooperative.law.commons.holdings import RECIPROCITY, Accepted, Grant
from phyle.cooperative.law.commons.licensing import without_mandate
from phyle.cooperative.law.commons.works import Work
from phyle.cooperative.law.kinds import effect
from phyle.cooperative.law.moderations import Moderation, confirm, lift
from phyle.cooperative.law.phyles import phyle
from phyle.cooperative.law.spelling import digest
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import NO_MOMENT, Hash, Id, Line, Moment, Word
from phyle.cooperative.law.withholdings import Withholding
from phyle.cooperative.law.withholdings import confirm as uphold
from phyle.errors import Refused

Owed = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderating:
    """`confirm` or `lift` what a steward did or the operator withholds; or do something else to a `target`, of which
    the decision is the first word."""

    moderation: Id
    action: Word
    target: Hash | None = None
    reason: Hash | None = None


def _can_moderate(state: State, at: int, it: Moderating) -> None:
    held, withheld = state.get(Moderation, it.moderation), state.get(Withholding, it.moderation)
    if it.action not in ("confirm", "lift"):
        if it.target is None or held is not None or withheld is not None:
            raise Refused("A moderation by decision is new, and says of what.")
        return
    phase = held.phase if held is not None else withheld.phase if withheld is not None else "unknown"
    if it.action == "confirm" and phase != "provisional":
        raise Refused(f"Only what is provisional can be confirmed; this is: {phase}.")
    if it.action == "lift" and (held is None or phase not in ("provisional", "confirmed")):
        raise Refused(f"This cannot be lifted: {phase}.")


def _moderate(state: State, at: int, it: Moderating) -> Owed:
    if it.action == "lift":
        lift(state, it.moderation)
    elif it.action == "confirm" and state.get(Moderation, it.moderation) is not None:
        confirm(state, it.moderation)
    elif it.action == "confirm":
        uphold(state, it.moderation)
    elif it.target is not None:
        moderation = Moderation(target=it.target, action=it.action, reason=it.reason, since=at, phase="confirmed")
        state.put(moderation, it.moderation)
    return [{"what": "moderated", "moderation": it.moderation, "action": it.action}]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something offered to the commons: `item` names it, `kind` says what it is, `text` describes it, a blob."""

    item: Line
    kind: Word
    text: Hash | None = None


def _can_accept(state: State, at: int, item: Item) -> None:
    if state.get(Accepted, digest(item.item)) is not None:
        raise Refused("This has been accepted already.")


def _accept(state: State, at: int, item: Item) -> Owed:
    accepted = Accepted(item=item.item, kind=item.kind, since=at, text=item.text)
    state.put(accepted, digest(item.item))
    return [{"what": "accepted", "item": item.item}]


@dataclass(frozen=True, slots=True, kw_only=True)
class Granting:
    """A licence that is granted: `to` a member, or to somebody outside whom `name` says; `text`: its terms, a blob;
    `until`: milliseconds, 0 for without an end; `work`: the one that it is for, None for all that the phyle's commons
    hold. `reciprocity` is the licence for what was contributed: it is of one work, and takes the mandates of whoever
    offered the work and of all whose change to it was merged and validated. The text of every other is negotiated."""

    grant: Id
    licence: Word
    text: Hash
    to: Id | None = None
    name: Line | None = None
    until: Moment = NO_MOMENT
    work: Id | None = None


def _can_grant(state: State, at: int, it: Granting) -> None:
    if state.get(Grant, it.grant) is not None:
        raise Refused("There is a grant with this id already.")
    if (it.to is None) == (it.name is None):
        raise Refused("A grant is to a member or to somebody who is named.")
    if it.until and it.until <= at:
        raise Refused("The grant would be over already.")
    if it.work is not None:
        state.require(Work, it.work)
    if it.licence == RECIPROCITY:
        _check_mandates(state, it)


def _check_mandates(state: State, it: Granting) -> None:
    if it.work is None:
        raise Refused("A licence for what was contributed names the work.")
    missing = without_mandate(state, it.work)
    if missing:
        raise Refused(f"{len(missing)} of those who made the work gave no mandate for this: {', '.join(missing[:10])}.")


def _grant(state: State, at: int, it: Granting) -> Owed:
    grant = Grant(licence=it.licence, text=it.text, since=at, to=it.to, name=it.name, until=it.until, work=it.work)
    state.put(grant, it.grant)
    return [{"what": "granted", "grant": it.grant}]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferring:
    """An amount of a commodity, in its smallest unit, from a fund to an account that `to` names."""

    fund: Word
    commodity: Word
    amount: int
    to: Line
    direction: Literal["out", "within"] = "out"


def _cannot_transfer(state: State, at: int, it: Transferring) -> None:
    if it.amount <= 0:
        raise Refused("An amount is more than nothing.")
    raise Refused(f"{phyle(state).origin} keeps no funds yet, so nothing can be transferred.")


def _nothing(state: State, at: int, it: Transferring) -> Owed:
    return ()


EFFECTS = {
    **effect("Moderate", Moderating, _can_moderate, _moderate),
    **effect("AcceptItem", Item, _can_accept, _accept, scope=lambda item: item.kind),
    **effect(
        "Grant",
        Granting,
        _can_grant,
        _grant,
        recuses=lambda it: () if it.to is None else (it.to,),
        scope=lambda it: it.licence,
    ),
    **effect("Transfer", Transferring, _cannot_transfer, _nothing, scope=lambda it: it.fund),
}
