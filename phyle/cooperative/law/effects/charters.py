"""Effects on the law itself: Amend, Ratify, Denounce, Rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from phyle.cooperative.law.kinds import effect
from phyle.cooperative.law.members import schedule_tiers
from phyle.cooperative.law.phyles import charter_of, phyle
from phyle.cooperative.law.state import State
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
class Treaty:
    """A treaty by the SHA-256 of its text."""

    treaty: Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of the rules."""

    version: int


def _can_amend(state: State, at: int, amendment: Amendment) -> None:
    charter_of(state, amendment.charter)
    if phyle(state).charter != amendment.amends:
        raise Refused("The charter has changed since this amendment was written.")


def _amend(state: State, at: int, amendment: Amendment) -> Owed:
    state.put(replace(phyle(state), charter=amendment.charter))
    schedule_tiers(state, at)
    return [{"what": "amended", "charter": amendment.charter}]


def _can_ratify(state: State, at: int, text: Text) -> None:
    if phyle(state).ratified:
        raise Refused("The charter is ratified.")
    if phyle(state).charter != text.charter:
        raise Refused("This is not the charter in force.")


def _ratify(state: State, at: int, text: Text) -> Owed:
    state.put(replace(phyle(state), ratified=True))
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
    **effect("Ratify", Text, _can_ratify, _ratify),
    **effect("Denounce", Treaty, _cannot_denounce, _nothing),
    **effect("Rules", Version, _can_change_rules, _change_rules),
}
