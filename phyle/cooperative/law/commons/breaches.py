"""Breaches: who broke the terms of a work, by a ruling of the licensors, and has no licence for it until permitted."""

import re
from dataclasses import dataclass, replace
from typing import ClassVar

from phyle.cooperative.law.spelling import digest
from phyle.cooperative.law.state import State
from phyle.cooperative.law.values import Id

_SPACES = re.compile(r"[ \t\u00a0]+")
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A user broke the terms of a work; the slice's id is work/user, as `user_id` says. `use`: the use it came to light
    by. `since` and `permitted`: milliseconds, 0 until the licensors permit it again."""

    SLICE: ClassVar[str] = "breach"

    use: Id
    since: int
    permitted: int = 0


def folded(name: str) -> str:
    """A name as names are compared: without regard to capitals of ASCII and to runs of spaces."""
    return _SPACES.sub(" ", name).strip(" ").translate(_LOWER)


def user_id(by: str, name: str | None) -> str:
    """Who a user is from one declaration to the next: an entity by its name, a person as whoever declares."""
    return digest(["name", folded(name)] if name is not None else ["by", by])


def in_breach(state: State, work: str, user: str) -> bool:
    """Whether a user broke the terms of a work and has not been permitted since (PPL 1(g), 7(a))."""
    found = state.get(Breach, f"{work}/{user}")
    return found is not None and not found.permitted


def enter(state: State, work: str, user: str, use: Id, at: int) -> None:
    """The user is in breach from now on."""
    state.put(Breach(use=use, since=at), f"{work}/{user}")


def permit(state: State, work: str, user: str, at: int) -> None:
    """The licensors expressly permit the user to use the work again."""
    id = f"{work}/{user}"
    state.put(replace(state.require(Breach, id), permitted=at), id)
