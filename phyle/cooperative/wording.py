"""Wording: what an effect would do and what became of a proposal, in sentences for people who read no JSON."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from phyle.cooperative.law.proposed import Effect, Option

Names = Mapping[str, str]
"""Member ids, and how the members are called."""


def effect(given: Effect, names: Names) -> str:
    """One effect as a sentence. A member whose name is not known is called by the beginning of their id."""
    arguments = given.arguments if isinstance(given.arguments, Mapping) else {}
    words = _WORDS.get(given.kind)
    return words(arguments, names) if words else f"{given.kind}."


def option(given: Option, names: Names) -> str:
    """An option with its effects; without any it leaves things as they are. A candidate is named by what follows."""
    says = " ".join(effect(each, names) for each in given.effects) or "Nothing changes."
    return says if given.label in _members(given) else f"{given.label}: {says}"


def _members(given: Option) -> set[str]:
    """Whom the effects of an option are about: in an election the label of an option is its candidate."""
    return {str(each.arguments.get("member")) for each in given.effects if isinstance(each.arguments, Mapping)}


def who(member: Any, names: Names) -> str:
    """How a member is called."""
    return names.get(str(member), f"member {str(member)[:6]}")


def day(at: int) -> str:
    """A time in milliseconds as people write it, in UTC."""
    return f"{datetime.fromtimestamp(at // 1000, UTC):%-d %B %Y, %H:%M} UTC"


_Words = Callable[[Mapping[str, Any], Names], str]
_FACES = {
    "name": "This phyle is called",
    "description": "This phyle describes itself as",
    "registrations": "Registration of accounts is",
    "limits": "The limits are",
}

_MODERATIONS = {
    "hide": "A post is hidden.",
    "suspend": "An account is suspended.",
    "block": "A server is blocked.",
    "confirm": "A moderation is confirmed.",
    "lift": "A moderation is lifted.",
}

_RULINGS = {
    "recognised": "A use of a work is recognised.",
    "refused": "A use of a work is refused.",
    "breach": "The user of a work broke its terms, and has no licence for it any more.",
    "permitted": "The user of a work may use it again.",
}

_WORDS: Mapping[str, _Words] = {
    "Resolve": lambda a, names: "The phyle resolves what the text says.",
    "Admit": lambda a, names: f"{who(a.get('member'), names)} becomes a member.",
    "Confirm": lambda a, names: f"{who(a.get('member'), names)} is past probation.",
    "Suspend": lambda a, names: f"{who(a.get('member'), names)} is suspended{_until(a)}.",
    "Reinstate": lambda a, names: f"{who(a.get('member'), names)} is a member again.",
    "Expel": lambda a, names: f"{who(a.get('member'), names)} is expelled.",
    "Appoint": lambda a, names: f"{who(a.get('member'), names)} holds the office {a.get('office')}.",
    "Recall": lambda a, names: f"{who(a.get('member'), names)} no longer holds the office {a.get('office')}.",
    "Amend": lambda a, names: f"The charter becomes the version {_short(a.get('charter'))}.",
    "Ratify": lambda a, names: "The charter is ratified.",
    "Denounce": lambda a, names: f"The treaty {_short(a.get('treaty'))} is denounced.",
    "Rules": lambda a, names: f"Version {a.get('version')} of the rules holds.",
    "PublicFace": lambda a, names: f"{_FACES.get(str(a.get('what')), 'It shows')}: {a.get('value')}.",
    "Moderate": lambda a, names: _MODERATIONS.get(str(a.get("action")), "Something is moderated."),
    "AcceptItem": lambda a, names: f"{a.get('item')} is taken into the commons.",
    "Grant": lambda a, names: (
        f"{_grantee(a, names)} gets the licence {a.get('licence')}{_until(a)}, on terms of its own."
    ),
    "Ruling": lambda a, names: _RULINGS.get(str(a.get("outcome")), "A use of a work is ruled on."),
    "Transfer": lambda a, names: (
        f"{a.get('amount')} {a.get('commodity')} go from the fund {a.get('fund')} to {a.get('to')}."
    ),
    "Rotate": lambda a, names: f"The phyle has a new {a.get('which')} key.",
    "Rebind": lambda a, names: f"The membership of {who(a.get('member'), names)} gets a new key.",
    "Rehost": lambda a, names: f"The phyle moves to {a.get('host')}.",
    "Annul": lambda a, names: f"The decision on proposal {_short(a.get('proposal'))} is annulled.",
    "Dissolve": lambda a, names: "The phyle is dissolved.",
}


def _grantee(arguments: Mapping[str, Any], names: Names) -> str:
    return who(arguments["to"], names) if arguments.get("to") else str(arguments.get("name"))


def _until(arguments: Mapping[str, Any]) -> str:
    until = arguments.get("until")
    return f" until {day(until)}" if isinstance(until, int) and until else ""


def _short(id: Any) -> str:
    return str(id)[:12]
