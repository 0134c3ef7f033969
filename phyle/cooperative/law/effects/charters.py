"""Effects on the law itself: Amend, Ratify, Denounce, Rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from phyle.cooperative.law.kinds import effect
from phyle.cooperative.law.mandates import abolish
from phyle.cooperative.law.members import classless, recount
from phyle.cooperative.law.phyles import charter, charter_of, phyle
from phyle.cooperative.law.state import State
from phyle.cooperative.law.tiers import enact, offices
from phyle.cooperative.law.values import Hash
from phyle.errors import Refused

Owed = Iterable[Mapping[str, Any]]
NEWEST = 1
"""The newest version of the rules that this package knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A charter by the SHA-256 of its text, which is kept as a blob."""

    charter: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment(Text):
    """The new charter, and the one that it amends: an amendment of another is sent back."""

    amends: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratification:
    """The charter in force, after the founders' time; or a ledger that was begun again, by the origin of its epoch."""

    charter: Hash | None = None
    restart: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Treaty:
    """A treaty by the SHA-256 of its text."""

    treaty: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of the rules."""

    version: int


def _can_amend(state: State, at: int, amendment: Amendment) -> None:
    after = charter_of(state, amendment.charter)
    if phyle(state).charter != amendment.amends:
        raise Refused("The charter has changed since this amendment was written.")
    for name, number in classless(state, after).items():
        raise Refused(f"The new charter has no class {name}, to which {number} members belong.")


def _amend(state: State, at: int, amendment: Amendment) -> Owed:
    before = charter(state)
    enact(state, amendment.charter, at)
    abolish(state, offices(before) - offices(charter(state)), at)
    recount(state, before, at)
    return [{"what": "amended", "charter": amendment.charter}]


def _can_ratify(state: State, at: int, what: Ratification) -> None:
    here = phyle(state)
    if (what.charter is None) == (what.restart is None):
        raise Refused("Either a charter is ratified, or an epoch of the ledger.")
    if what.charter is not None:
        if here.ratified:
            raise Refused("The charter is ratified.")
        if here.charter != what.charter:
            raise Refused("This is not the charter in force.")
    elif not here.unconfirmed or here.origin != what.restart:
        raise Refused("There is no such epoch that waits to be confirmed.")


def _ratify(state: State, at: int, what: Ratification) -> Owed:
    here = phyle(state)
    state.put(replace(here, ratified=True) if what.charter is not None else replace(here, unconfirmed=False))
    return ()


def _cannot_denounce(state: State, at: int, treaty: Treaty) -> None:
    raise Refused("This phyle has no such treaty.")


def _nothing(state: State, at: int, arguments: Any) -> Owed:
    return ()


def _can_change_rules(state: State, at: int, version: Version) -> None:
    if not phyle(state).rules < version.version <= NEWEST:
        raise Refused(f"Version {version.version} of the rules is unknown here or no newer than the one in force.")


def _change_rules(state: State, at: int, version: Version) -> Owed:
    state.put(replace(phyle(state), rules=version.version))
    return ()


EFFECTS = {
    **effect("Amend", Amendment, _can_amend, _amend),
    **effect("Ratify", Ratification, _can_ratify, _ratify),
    **effect("Denounce", Treaty, _cannot_denounce, _nothing),
    **effect("Rules", Version, _can_change_rules, _change_rules),
}
