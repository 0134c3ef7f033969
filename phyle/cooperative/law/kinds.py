"""What the tables of the law are made of: kinds of acts, of consequences and of effects."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from phyle.cooperative.law.entries import ActEntry
from phyle.cooperative.law.state import Address, State
from phyle.errors import Refusal
from phyle.powers import Power, decision, power

DAY = 24 * 3600 * 1000
HOUR = 3600 * 1000
MINUTE = 60 * 1000

Party = Literal["member", "newcomer", "outsider", "host", "operator"]
"""Who may do an act: a member by their key; somebody whose key comes with the act, to become a member, or to contribute
without being one, then and later; the instance; the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An act as it is judged: the entry that would hold it, and its payload as a value."""

    entry: ActEntry
    payload: Any

    @property
    def by(self) -> str:
        """The author's member id, or "host" or "operator"."""
        return self.entry.act.by

    @property
    def at(self) -> int:
        """When it was received, which decides: milliseconds."""
        return self.entry.received

    @property
    def seq(self) -> int:
        """Where it stands in the ledger."""
        return self.entry.seq


Check = Callable[[State, Given], None]
Apply = Callable[[State, Given], None]
Needs = Callable[[Any], Iterable[Address]]
Mine = Callable[[Any, str], Iterable[Address]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActKind:
    """`payload`: the dataclass that the payload is read as. `by`: who may do it at all. `check` raises a Refusal with
    its reason; it changes nothing. `apply` changes the fork it is given and refuses nothing. `needs`: slices that both
    read, besides the author's; `mine`: those that have the author's id in theirs. `own`: only by the key of the
    membership itself, not by a representative, nor on the word of a host where there is a key. `ever`: also when the
    phyle is dissolved. `instead`: the kind of consequence in whose place it comes, when that one cannot be computed."""

    payload: type
    by: frozenset[Party]
    power: Power
    check: Check
    apply: Apply
    needs: Needs
    mine: Mine
    own: bool = False
    ever: bool = False
    instead: str = ""


def act(
    payload: type,
    check: Check,
    apply: Apply,
    *,
    by: Iterable[Party] = ("member",),
    power: Power,
    needs: Needs = lambda payload: (),
    mine: Mine = lambda payload, by: (),
    own: bool = False,
    ever: bool = False,
    instead: str = "",
) -> ActKind:
    """A kind of act."""
    return ActKind(
        payload=payload,
        by=frozenset(by),
        power=power,
        check=check,
        apply=apply,
        needs=needs,
        mine=mine,
        own=own,
        ever=ever,
        instead=instead,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of the agenda: what is due, when, and about what."""

    time: int
    kind: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsequenceKind:
    """`due`: what must be entered for an item of the agenda, computed on a fork that may keep blobs but is thrown away
    otherwise. `apply`: what the entry changes; the item is off the agenda by then."""

    payload: type
    due: Callable[[State, int, Item], Any]
    apply: Callable[[State, int, Any], None]
    needs: Callable[[Item], Iterable[Address]]
    power: Power = Power("none")


def consequence(
    payload: type,
    due: Callable[[State, int, Item], Any],
    apply: Callable[[State, int, Any], None],
    *,
    needs: Callable[[Item], Iterable[Address]] = lambda item: (),
) -> ConsequenceKind:
    """A kind of consequence."""
    return ConsequenceKind(payload=payload, due=due, apply=apply, needs=needs)


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectKind:
    """`possible` raises a Refusal if the effect cannot happen now. `execute` makes it happen on a fork and returns what
    the phyle then owes to the outside: objects with the member `what`. `recuses`: the members it is about, who do not
    vote on it. `scope`: what the charter may govern it by more specifically, an office or the like; None where whoever
    proposes it says so. `proposable` raises a Refusal if it cannot be put to the members yet. `fails`: what follows if
    a decision on it failed, though enough took part."""

    arguments: type
    possible: Callable[[State, int, Any], None]
    execute: Callable[[State, int, Any], Iterable[Mapping[str, Any]]]
    power: Power
    recuses: Callable[[Any], Iterable[str]]
    scope: Callable[[Any], str] | None = None
    proposable: Callable[[State, int, Any], None] | None = None
    fails: Callable[[State, int, Any], None] | None = None


def effect(
    name: str,
    arguments: type,
    possible: Callable[[State, int, Any], None],
    execute: Callable[[State, int, Any], Iterable[Mapping[str, Any]]],
    *,
    recuses: Callable[[Any], Iterable[str]] = lambda arguments: (),
    scope: Callable[[Any], str] | None = lambda arguments: "",
    proposable: Callable[[State, int, Any], None] | None = None,
    fails: Callable[[State, int, Any], None] | None = None,
) -> Mapping[str, EffectKind]:
    """A kind of effect, as a table of one: it takes a decision that has it."""
    kind = EffectKind(
        arguments=arguments,
        possible=possible,
        execute=execute,
        power=decision(name),
        recuses=recuses,
        scope=scope,
        proposable=proposable,
        fails=fails,
    )
    return {name: kind}


def joined(*tables: Mapping[str, Any]) -> Mapping[str, Any]:
    """One table of several. ValueError if two say what the same word means, or a power is not declared."""
    table: dict[str, Any] = {}
    for part in tables:
        for name, kind in part.items():
            if name in table:
                raise ValueError(f"{name} is declared twice")
            power(kind.power)
            table[name] = kind
    return table


def refuses(check: Callable[[], None]) -> str | None:
    """The sentence with which something is refused, None if it is not."""
    try:
        check()
    except Refusal as error:
        return error.sentence
    return None
